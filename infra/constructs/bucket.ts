import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { BucketProps, CfnBucket, IBucket, LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** What every bucket of ours is: closed, encrypted, spoken to over TLS alone, kept when its stack goes. */
const CLOSED = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies BucketProps;

/** For how long deleted and overwritten objects can be had back, unless said otherwise. */
const REGRET_DAYS = 30;

/** Deleted and overwritten objects can be had back for some days; what an upload left half-done is tidied up. */
export const tidy = (days: number): LifecycleRule => ({
  id: 'tidy',
  noncurrentVersionExpiration: Duration.days(days),
  abortIncompleteMultipartUploadAfter: Duration.days(7),
  expiredObjectDeleteMarker: true,
});

/** A versioned bucket whose accesses are logged. */
export function closedBucket(scope: Construct, id: string, accessLogs: Bucket, props: BucketProps): Bucket {
  return new Bucket(scope, id, {
    ...CLOSED,
    versioned: true,
    lifecycleRules: [tidy(REGRET_DAYS)],
    // The CDK's own types disagree under exactOptionalPropertyTypes.
    serverAccessLogsBucket: accessLogs as IBucket,
    serverAccessLogsPrefix: `s3/${id.toLowerCase()}/`,
    ...props,
  });
}

/** Where a region's buckets, load balancers and network write who did what, for a quarter of a year. */
export function accessLogsBucket(scope: Construct): Bucket {
  return new Bucket(scope, 'AccessLogs', {
    ...CLOSED,
    lifecycleRules: [
      { id: 'tidy', expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
  });
}

/** Lets an AWS service of this account write its logs under a prefix. */
export function admitLogs(bucket: Bucket, service: string, prefix: string): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      actions: ['s3:PutObject'],
      principals: [new ServicePrincipal(service)],
      resources: [bucket.arnForObjects(`${prefix}/AWSLogs/${Aws.ACCOUNT_ID}/*`)],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
}

/**
 * Sends the bucket's events to the region's default bus. On the resource itself: the construct's own option would
 * bring a function of the CDK's, which no rehearsal could run.
 */
export function sendEvents(bucket: Bucket): CfnBucket {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration', { EventBridgeEnabled: true });
  return resource;
}
