import { Aws } from 'aws-cdk-lib';
import { CfnEventBus, CfnEventBusPolicy } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Plan } from '../src/plan/schema.ts';
import type { RuleTarget } from './constructs/event-rule.ts';
import { EventRule } from './constructs/event-rule.ts';
import { SIGNALS_REGION } from './names.ts';
import type { LifeboatStack } from './stack.ts';

/** Where events of the bus go. */
export type BusTargets = { recordSignal: RuleTarget; failover: RuleTarget; judge: RuleTarget };

/** Of all that is copied to the standby, its seals alone: what they name is looked for when they are judged. */
export const sealArrived = ({ stores }: Plan): Record<string, unknown> => ({
  source: ['aws.s3'],
  'detail-type': ['Object Created'],
  detail: { bucket: { name: [stores.backups.replica] }, object: { key: [{ prefix: 'lifeboat/seals/' }] } },
});

/** Roles that tell the bus something, without the plan's prefix. */
const TELLERS = [
  'rule-alarms-to-control',
  'rule-seals-to-control',
  'probe-sites',
  'probe-sites-witness',
  'forward-replication-trouble',
];

/** What the observers tell Lifeboat: every word is recorded, and a word that something is down starts a failover. */
export class ControlBus extends Construct {
  readonly #stack: LifeboatStack;
  readonly #bus: string;

  constructor(stack: LifeboatStack, targets: BusTargets) {
    super(stack, 'Bus');
    this.#stack = stack;
    const bus = new CfnEventBus(this, 'Resource', { name: stack.names.bus, description: 'What the observers tell' });
    this.#bus = bus.ref;
    this.#admitTellers(bus);
    const alarmName = stack.plan.entryPoints.map((entryPoint) => stack.names.downAlarm(entryPoint.name));
    if (alarmName.length > 0) this.#alarms(alarmName, targets);
    new EventRule(stack, 'StartOnProbe', {
      name: 'start-on-probe',
      what: "A prober's verdict starts a failover, which first confirms it",
      bus: this.#bus,
      pattern: { source: ['lifeboat.prober'], 'detail-type': ['Site Looks Down'] },
      target: targets.failover,
    });
    this.#judging(targets.judge);
  }

  /** Within an account a role's own policy is enough to put events; this says whose are expected. */
  #admitTellers(bus: CfnEventBus): void {
    const { names } = this.#stack;
    new CfnEventBusPolicy(this, 'Policy', {
      eventBusName: this.#bus,
      statementId: 'observers',
      statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${Aws.ACCOUNT_ID}:root` },
        Action: 'events:PutEvents',
        Resource: bus.attrArn,
        // As a condition, since a principal must exist and these belong to stacks that come later.
        Condition: { ArnEquals: { 'aws:PrincipalArn': TELLERS.map((role) => names.roleArn(role)) } },
      },
    });
  }

  #judging(target: RuleTarget): void {
    new EventRule(this.#stack, 'JudgeSealed', {
      name: 'judge-sealed',
      what: 'A seal has arrived in the standby, and its recovery point is judged',
      bus: this.#bus,
      pattern: sealArrived(this.#stack.plan),
      target,
    });
    new EventRule(this.#stack, 'JudgeTroubled', {
      name: 'judge-troubled',
      what: 'S3 could not copy an object in time, and the recovery points that lack it are judged',
      bus: this.#bus,
      pattern: { source: ['lifeboat.replication'], 'detail-type': ['Replication Trouble'] },
      target,
    });
  }

  #alarms(alarmName: string[], { recordSignal, failover }: BusTargets): void {
    const ofPrimary = {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      region: [SIGNALS_REGION],
    };
    new EventRule(this.#stack, 'RecordAlarms', {
      name: 'record-alarms',
      what: 'Every change of an alarm of the primary is a signal',
      bus: this.#bus,
      pattern: { ...ofPrimary, detail: { alarmName } },
      target: recordSignal,
    });
    new EventRule(this.#stack, 'StartOnAlarm', {
      name: 'start-on-alarm',
      what: 'An alarm of the primary starts a failover, which first confirms it',
      bus: this.#bus,
      pattern: { ...ofPrimary, detail: { alarmName, state: { value: ['ALARM'] } } },
      target: failover,
    });
  }
}
