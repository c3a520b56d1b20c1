import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { accessLogsBucket, closedBucket } from './constructs/bucket.ts';
import { pascalCase } from './constructs/pascal-case.ts';
import type { TableName } from './names.ts';
import type { LifeboatStack } from './stack.ts';

/** How long a report cannot be deleted. An administrator may lift it (governance), and is seen doing so. */
const REPORTS_KEPT = Duration.days(365);

/** What the control region remembers: runs, signals, recovery points, what was captured of the primary, reports. */
export function controlStores(stack: LifeboatStack): void {
  table(stack, 'runs', { partition: 'id', sort: 'item' });
  table(stack, 'signals', { partition: 'site', sort: 'observer' });
  table(stack, 'catalogue', { partition: 'kind', sort: 'name' });
  const logs = accessLogsBucket(stack);
  closedBucket(stack, 'Captured', logs, { bucketName: stack.names.capturedBucket });
  closedBucket(stack, 'Reports', logs, {
    bucketName: stack.names.reportsBucket,
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.governance(REPORTS_KEPT),
  });
}

function table(stack: LifeboatStack, name: TableName, key: { partition: string; sort: string }): void {
  new Table(stack, pascalCase(name), {
    tableName: stack.names.of(name),
    partitionKey: { name: key.partition, type: AttributeType.STRING },
    sortKey: { name: key.sort, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
