import { Construct } from 'constructs';
import { faultAlarm } from './constructs/alarm.ts';
import type { LifeboatStack } from './stack.ts';

/** Known to the alarm and to the dashboard. */
export const replicationFailedName = ({ names }: LifeboatStack, bucket: string): string =>
  names.of(`replication-failed-${bucket}`);

/**
 * Tells people when objects of an application's bucket were given up: S3 does not try them again, and counts them no
 * longer to what the copy is behind by. It tells of them beside the original alone.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export class ReplicationFailedAlarms extends Construct {
  constructor(stack: LifeboatStack, topic: string) {
    super(stack, 'ReplicationFailed');
    for (const { name, replica, rule } of stack.plan.stores.buckets)
      faultAlarm(this, name, {
        name: replicationFailedName(stack, name),
        what: `Critical: objects of the bucket ${name} were not copied to ${replica}, and never will be by themselves. What to do: docs/runbooks/alarms.md#replication-failed`,
        namespace: 'AWS/S3',
        metric: 'OperationsFailedReplication',
        dimensions: { SourceBucket: name, DestinationBucket: replica, RuleId: rule },
        topic,
      });
  }
}
