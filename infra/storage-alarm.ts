import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { dimensions } from './constructs/alarm.ts';
import type { LifeboatStack } from './stack.ts';

const DAY_SECONDS = 86_400;
const GIGABYTE = 1e9;

/** Known to the alarm and to the dashboard. */
export const storageAlarmName = ({ names }: LifeboatStack): string => names.of('storage-limit');

/**
 * Tells people when the replica has outgrown the plan's limit: beside it, as S3 keeps its metrics in the bucket's own
 * region. It measures once a day, old versions included.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export function storageAlarm(stack: LifeboatStack, topic: string): void {
  const { replica, storageLimitGb } = stack.plan.stores.backups;
  new CfnAlarm(stack, 'StorageLimit', {
    alarmName: storageAlarmName(stack),
    alarmDescription: `Warning: the bucket ${replica} holds more than the plan's ${storageLimitGb} GB. What to do: docs/runbooks/alarms.md#storage-limit`,
    namespace: 'AWS/S3',
    metricName: 'BucketSizeBytes',
    dimensions: dimensions({ BucketName: replica, StorageType: 'StandardStorage' }),
    statistic: 'Average',
    period: DAY_SECONDS,
    evaluationPeriods: 1,
    threshold: storageLimitGb * GIGABYTE,
    comparisonOperator: 'GreaterThanThreshold',
    // A day's number comes a day late: until then what was known stands.
    treatMissingData: 'ignore',
    alarmActions: [topic],
  });
}
