import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';
import type { Grant } from './role.ts';
import { LifeboatRole } from './role.ts';

type RuleSpec = {
  name: string;
  what: string;
  /** The default bus of the region, unless named. */
  bus?: string;
  pattern: Record<string, unknown>;
  target: RuleTarget;
};

export type RuleTarget = { kind: 'function' | keyof typeof ACTIONS; arn: string; deadLetters: string };

/** What a rule's role may do to its target. A function admits the rule by its own policy, and needs none. */
const ACTIONS = { machine: 'states:StartExecution', bus: 'events:PutEvents' } as const;

/** Delivered within an hour or kept: whoever starts then confirms anew, so that a late event does no harm. */
const RETRY = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 185 };

/** An EventBridge rule with one target. */
export class EventRule extends Construct {
  constructor(stack: LifeboatStack, id: string, spec: RuleSpec) {
    super(stack, id);
    const { target } = spec;
    const roleArn =
      target.kind === 'function' ? undefined : this.#role(stack, spec.name, target.arn, ACTIONS[target.kind]);
    const rule = new CfnRule(this, 'Resource', {
      name: stack.names.of(spec.name),
      description: spec.what,
      eventPattern: spec.pattern,
      state: 'ENABLED',
      ...(spec.bus && { eventBusName: spec.bus }),
      targets: [
        {
          id: 'target',
          arn: target.arn,
          retryPolicy: RETRY,
          deadLetterConfig: { arn: target.deadLetters },
          ...(roleArn && { roleArn }),
        },
      ],
    });
    if (target.kind === 'function') this.#admit(rule.attrArn, target.arn);
  }

  #role(stack: LifeboatStack, rule: string, target: string, action: string): string {
    const start: Grant = { actions: [action], on: [target] };
    return new LifeboatRole(this, 'Role', stack, { name: `rule-${rule}`, for: 'events.amazonaws.com', grants: [start] })
      .arn;
  }

  #admit(rule: string, functionArn: string): void {
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: rule,
    });
  }
}
