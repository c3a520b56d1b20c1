/** A topic, queue or function that a bucket notifies by itself. */
export type NotificationTargets = {
  kind: 'sns' | 'sqs' | 'lambda';
  arn: string;
  /** Such as s3:ObjectCreated:* */
  event: string;
  prefix: string;
  suffix: string;
};

export type LifecycleRule = {
  prefix: string;
  expireAfterDays?: number;
  expireNoncurrentAfterDays?: number;
  removeLoneDeleteMarkers: boolean;
};

export type ReplicationRule = {
  id: string;
  priority: number;
  prefix: string;
  destination: string;
  deleteMarkers: boolean;
  /** Whether Replication Time Control watches its 15 minutes. */
  timeControl: boolean;
  /** Needed for the event of a failed replication. */
  metrics: boolean;
  /** The key of the destination's region that encrypts copies of what KMS encrypts; without it, those are not copied. */
  replicaKmsKey?: string;
};

export type ReplicationConfiguration = { roleArn: string; rules: ReplicationRule[] };

export type BucketSettings = {
  name: string;
  region: string;
  versioned: boolean;
  objectLock: boolean;
  /** What a new version gets where the bucket has a default retention. */
  defaultRetention?: { mode: 'GOVERNANCE' | 'COMPLIANCE'; days: number };
  /** The customer's KMS key that encrypts new objects, where there is one. */
  kmsKeyArn?: string;
  /** Whether S3 derives a key for the bucket from that one. */
  bucketKey?: boolean;
  eventBridge: boolean;
  notifications: NotificationTargets[];
  replication?: ReplicationConfiguration;
  lifecycle: LifecycleRule[];
  tags: Record<string, string>;
};
