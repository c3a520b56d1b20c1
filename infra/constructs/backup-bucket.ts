import { Duration } from 'aws-cdk-lib';
import type { Bucket, BucketProps } from 'aws-cdk-lib/aws-s3';
import { BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { LifeboatStack } from '../stack.ts';
import { backupKey } from './backup-key.ts';
import { closedBucket, tidy } from './bucket.ts';

const DAY_SECONDS = 86_400;

/**
 * A lock holds every object of its bucket for equally long: with a longer one, the most frequent backups would be paid
 * for as long as the one that is kept longest.
 */
const LONGEST_LOCK_DAYS = 30;

/**
 * A backup is known by its own seal, which leans on seals of the day before it, and Velero may be late to delete what
 * has expired.
 */
const SEALS_OUTLIVE_DAYS = 7;

/**
 * One of the two buckets of the backups. Nobody can delete what lies in it before its time, nor overwrite it: Velero
 * and kopia write new versions and leave delete markers, which a lock never forbids. An administrator may lift the lock
 * (governance), and is seen doing so; no role of ours may. Both buckets need it, or nothing replicates.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
 */
export function backupBucket(stack: LifeboatStack, id: string, accessLogs: Bucket, bucketName: string): Bucket {
  const keptDays = longestKeptDays(stack);
  const lockedDays = Math.min(keptDays, LONGEST_LOCK_DAYS);
  return closedBucket(stack, id, accessLogs, {
    bucketName,
    ...encryption(stack),
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(lockedDays)),
    lifecycleRules: [
      // A version is replaced after it was written, so that its lock has ended when its time is over.
      tidy(lockedDays),
      // Velero deletes its backups itself when they expire; nobody deletes seals.
      { id: 'seals', prefix: 'lifeboat/seals/', expiration: Duration.days(keptDays + SEALS_OUTLIVE_DAYS) },
    ],
  });
}

/** With a key of its own for the bucket, derived from ours: kopia's many blobs would each ask KMS otherwise. */
function encryption(stack: LifeboatStack): Partial<BucketProps> {
  if (stack.plan.stores.backups.encryption !== 'kms') return {};
  return { encryption: BucketEncryption.KMS, encryptionKey: backupKey(stack), bucketKeyEnabled: true };
}

const longestKeptDays = ({ plan }: LifeboatStack): number =>
  Math.ceil(Math.max(...plan.stores.backups.schedules.map(({ keep }) => keep)) / DAY_SECONDS);
