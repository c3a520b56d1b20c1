import { Aws } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';

/**
 * Where the plan's people are told of runs and of faults. An alarm reaches only a topic of its own region, so each
 * region with alarms has one, and each address confirms once per region. No key of ours encrypts it, as alarms would
 * then need that key: what it carries are names of alarms and runs, which leave as plain e-mail in any case.
 */
export class PeopleTopic extends Construct {
  readonly arn: string;

  constructor(stack: LifeboatStack, name: string) {
    super(stack, 'People');
    const topic = new Topic(this, 'Topic', { topicName: stack.names.of(name) });
    this.arn = topic.topicArn;
    const policyDocument = new PolicyDocument({ statements: [alarmsMayTell(this.arn)] });
    new TopicPolicy(this, 'Policy', { topics: [topic], policyDocument, enforceSSL: true });
    for (const [index, address] of stack.plan.people.email.entries())
      new CfnSubscription(this, `Email${index}`, { topicArn: this.arn, protocol: 'email', endpoint: address });
  }
}

/** A topic with a policy of its own no longer lets the account's services in by default. */
function alarmsMayTell(topicArn: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['sns:Publish'],
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    resources: [topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
}

/** The topic for a stack's alarms: the control region's, where the stack is in that region, or one of its own. */
export function peopleTopicArn(stack: LifeboatStack, stackName: string): string {
  const { names } = stack;
  return stack.region === names.controlRegion ? names.topicArn : new PeopleTopic(stack, `people-${stackName}`).arn;
}
