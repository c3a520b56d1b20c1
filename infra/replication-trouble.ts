import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { FunctionsGiven } from './constructs/lambda-function.ts';
import { LambdaFunction } from './constructs/lambda-function.ts';
import { Grants } from './grants.ts';

/** Replication that fails or is late: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html */
const EVENTS = ['s3:Replication:OperationFailedReplication', 's3:Replication:OperationMissedThreshold'];

/**
 * Forwards trouble with replication to the control region. S3 tells of it beside the source alone, and never by
 * EventBridge. People hear of it by the alarm on what it leads to, rather than once for each object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
export class ReplicationTrouble extends Construct {
  constructor(given: FunctionsGiven, bucket: CfnBucket) {
    super(given.stack, 'ReplicationTrouble');
    const { names, plan } = given.stack;
    const forward = new LambdaFunction(given, {
      name: 'forward-replication-trouble',
      environment: { CONTROL_BUS: names.bus },
      grants: [new Grants(names).tellBus()],
      memoryMiB: 256,
      timeoutSeconds: 55,
      asynchronous: true,
    });
    // The bucket's name is given rather than asked for: the bucket waits for this permission.
    const permission = new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: forward.arn,
      principal: 's3.amazonaws.com',
      sourceAccount: names.account,
      sourceArn: names.bucketArn(plan.stores.backups.bucket),
    });
    const tell = EVENTS.map((event) => ({ Event: event, Function: forward.arn }));
    bucket.addPropertyOverride('NotificationConfiguration.LambdaConfigurations', tell);
    // S3 tries the function when it is configured, and refuses one that does not let it in yet.
    bucket.node.addDependency(permission);
  }
}
