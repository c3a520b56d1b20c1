import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';
import { useBackupKey } from './backup-key.ts';
import { LifeboatRole } from './role.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html: the only value there is. */
const MINUTES = 15;

/**
 * Copies every object to the other site's bucket. Both sites have this rule: after a failover the standby is the one
 * that writes, and no bucket can be configured then. A copy is not copied back, so the two rules do not chase each
 * other. A destination must exist first, so a first deployment leaves the rules out (`-c replication=off`).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough1.html
 */
export function replicate(stack: LifeboatStack, bucket: Bucket, site: Site): void {
  const { backups } = stack.plan.stores;
  if (stack.node.tryGetContext('replication') === 'off' || backups.endpoint !== undefined) return;
  const [own, other] = site === 'primary' ? [backups.bucket, backups.replica] : [backups.replica, backups.bucket];
  const destination = stack.names.bucketArn(other);
  const to = site === 'primary' ? 'standby' : 'primary';
  const role = replicationRole(stack, stack.names.bucketArn(own), destination, [site, to]);
  const kms = backups.encryption === 'kms';
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.replicationConfiguration = {
    role: role.arn,
    rules: [
      {
        id: 'all',
        status: 'Enabled',
        priority: 1,
        filter: { prefix: '' },
        // A marker in the standby only hides what half-arrived; in the primary it would hide what is whole.
        deleteMarkerReplication: { status: site === 'primary' ? 'Enabled' : 'Disabled' },
        // With two-way replication, on both sides: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-for-metadata-changes.html
        sourceSelectionCriteria: {
          replicaModifications: { status: 'Enabled' },
          // Left out, nothing that a key of ours encrypts is copied.
          ...(kms && { sseKmsEncryptedObjects: { status: 'Enabled' } }),
        },
        destination: {
          bucket: destination,
          ...(kms && { encryptionConfiguration: { replicaKmsKeyId: stack.names.backupKeyArn(to) } }),
          replicationTime: { status: 'Enabled', time: { minutes: MINUTES } },
          metrics: { status: 'Enabled', eventThreshold: { minutes: MINUTES } },
        },
      },
    ],
  };
}

type Site = 'primary' | 'standby';

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html; what KMS asks for, and
 * that the bucket's own key is read before it is used:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
function replicationRole(
  stack: LifeboatStack,
  source: string,
  destination: string,
  [from, to]: [Site, Site],
): LifeboatRole {
  const because = 'Replication copies every object of the bucket.';
  return new LifeboatRole(new Construct(stack, 'Replication'), 'Role', stack, {
    name: `replicate-to-${to}`,
    for: 's3.amazonaws.com',
    grants: [
      { actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], on: [source] },
      {
        actions: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
        on: [`${source}/*`],
        because,
      },
      // What is locked is copied with its lock: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
      { actions: ['s3:GetObjectRetention', 's3:GetObjectLegalHold'], on: [`${source}/*`], because },
      {
        actions: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
        on: [`${destination}/*`],
        because,
      },
      ...useBackupKey(stack, from, 'Decrypt'),
      ...useBackupKey(stack, to, 'Encrypt', 'Decrypt'),
    ],
  });
}
