import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnHealthCheck } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { EntryPoint } from '../src/plan/schema.ts';
import { dimensions } from './constructs/alarm.ts';
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts';
import { EventRule } from './constructs/event-rule.ts';
import { peopleTopicArn } from './constructs/people-topic.ts';
import { SIGNALS_REGION } from './names.ts';
import type { Given } from './stack.ts';
import { LifeboatStack } from './stack.ts';

/**
 * Ten seconds and three failures: the fastest that Route 53 offers without being nervous. It is paid for, and one tier's
 * checks are enough to begin a run; those of the others only have to agree.
 */
const FAST = { requestInterval: 10, failureThreshold: 3 };
const CALM = { requestInterval: 30, failureThreshold: 3 };

/** The port that an Ingress's load balancer is asked on. */
const HTTP_PORT = 80;

/**
 * What a checker asks. It can only call a load balancer by the load balancer's own name, and an Ingress with host rules
 * answers that name with 404 for ever: there, that somebody takes the connection must do.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
 */
const asked = ({ target, backends, health }: EntryPoint) =>
  target.kind === 'Service'
    ? { type: 'HTTP', port: backends[0]?.port ?? HTTP_PORT, resourcePath: health }
    : { type: 'TCP', port: HTTP_PORT };

/**
 * Route 53's eyes on the primary: in us-east-1, as the metrics of health checks exist only there. With the primary
 * in us-east-1 they die with it, and the probers are what is left.
 */
export class SignalsStack extends LifeboatStack {
  constructor(scope: Construct, given: Given) {
    super(scope, given, {
      stack: 'signals',
      region: SIGNALS_REGION,
      description: 'Lifeboat: health checks of the primary, and their alarms, told to the control region',
    });
    const alarmName = this.plan.entryPoints.map((entryPoint) => this.#watch(entryPoint));
    const topic = peopleTopicArn(this, 'signals');
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', { stack: this, reader: 'signals', topic }).arn;
    new EventRule(this, 'ToControl', {
      name: 'alarms-to-control',
      what: "Alarms of the primary's entry points, forwarded to the control region",
      pattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { alarmName },
      },
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
      target: { kind: 'bus', arn: this.names.busArn, deadLetters },
    });
  }

  /** Answers the name of the alarm. */
  #watch(entryPoint: EntryPoint): string {
    const alarmName = this.names.downAlarm(entryPoint.name);
    const check = new CfnHealthCheck(this, `HealthCheck-${entryPoint.name}`, {
      healthCheckConfig: {
        fullyQualifiedDomainName: entryPoint.primary,
        ...asked(entryPoint),
        ...(entryPoint.tier === this.plan.tiers[0]?.name ? FAST : CALM),
      },
      healthCheckTags: [{ key: 'Name', value: alarmName }],
    });
    new CfnAlarm(this, `Down-${entryPoint.name}`, {
      alarmName,
      alarmDescription: `${entryPoint.name} of the primary does not answer Route 53's health checkers`,
      namespace: 'AWS/Route53',
      metricName: 'HealthCheckStatus',
      dimensions: dimensions({ HealthCheckId: check.ref }),
      statistic: 'Minimum',
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      threshold: 1,
      comparisonOperator: 'LessThanThreshold',
      // No data is not an answer: the alarm goes to INSUFFICIENT_DATA, which is recorded as unknown.
      treatMissingData: 'missing',
    });
    return alarmName;
  }
}
