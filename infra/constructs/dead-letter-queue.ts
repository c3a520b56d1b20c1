import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';
import { acknowledge } from './acknowledge.ts';
import { faultAlarm } from './alarm.ts';

type DeadLetters = { stack: LifeboatStack; reader: string; topic: string };

/** Keeps what could not be delivered to `reader`, and tells people that there is some. */
export class DeadLetterQueue extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { stack, reader, topic }: DeadLetters) {
    super(scope, id);
    const queueName = stack.names.of(`${reader}-dead`);
    const queue = new Queue(this, 'Queue', {
      queueName,
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    });
    this.arn = queue.queueArn;
    queue.addToResourcePolicy(rulesMaySend(queue.queueArn));
    acknowledge(queue, 'SQS3', 'It is a dead-letter queue; SQS sees none that leads to it, as rules and functions do.');
    faultAlarm(this, 'Alarm', {
      name: queueName,
      what: `Something meant for ${reader} was not delivered. It is kept in the queue ${queueName} for 14 days.`,
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queueName },
      statistic: 'Maximum',
      topic,
    });
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function rulesMaySend(queueArn: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['sqs:SendMessage'],
    principals: [new ServicePrincipal('events.amazonaws.com')],
    resources: [queueArn],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
}
