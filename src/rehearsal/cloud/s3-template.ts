import { AwsError } from './aws-error.ts';
import { notificationTargets } from './s3-events.ts';
import { lifecycleRules } from './s3-lifecycle.ts';
import { replicationConfiguration } from './s3-replication.ts';
import type { BucketSettings } from './s3-settings.ts';
import type { Input, ResourcePlace } from './service.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export function bucketSettings(properties: Input, at: ResourcePlace): BucketSettings {
  const name: string = properties.BucketName ?? `${at.stack}-${at.logicalId}`.toLowerCase().slice(0, 63);
  const versioned = properties.VersioningConfiguration?.Status === 'Enabled' || properties.ObjectLockEnabled === true;
  const replication = replicationConfiguration(properties.ReplicationConfiguration);
  if (replication !== undefined && !versioned)
    throw new AwsError(
      'InvalidRequest',
      `Versioning must be 'Enabled' on the bucket to apply a replication configuration (${name})`,
    );
  const retention = properties.ObjectLockConfiguration?.Rule?.DefaultRetention;
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
  if (retention !== undefined && properties.ObjectLockEnabled !== true)
    throw new AwsError('InvalidRequest', `Object Lock is not enabled on the bucket (${name})`);
  const byDefault = properties.BucketEncryption?.ServerSideEncryptionConfiguration?.[0];
  const encryption = byDefault?.ServerSideEncryptionByDefault;
  const eventBridge = properties.NotificationConfiguration?.EventBridgeConfiguration;
  return {
    name,
    region: at.region,
    versioned,
    objectLock: properties.ObjectLockEnabled === true,
    eventBridge: eventBridge !== undefined && String(eventBridge.EventBridgeEnabled ?? true) !== 'false',
    notifications: notificationTargets(properties.NotificationConfiguration),
    lifecycle: lifecycleRules(properties.LifecycleConfiguration),
    tags: Object.fromEntries((properties.Tags ?? []).map((tag: Input) => [tag.Key, tag.Value])),
    ...(replication === undefined ? {} : { replication }),
    ...(retention === undefined ? {} : { defaultRetention: { mode: retention.Mode, days: days(retention) } }),
    ...(encryption?.KMSMasterKeyID === undefined
      ? {}
      : { kmsKeyArn: encryption.KMSMasterKeyID, bucketKey: String(byDefault.BucketKeyEnabled ?? false) === 'true' }),
  };
}

const days = (retention: Input): number =>
  retention.Days === undefined ? 365 * Number(retention.Years) : Number(retention.Days);
