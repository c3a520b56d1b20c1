import { Kms } from './kms.ts';
import type { Bucket } from './s3-bucket.ts';
import type { Permission } from './service.ts';
import type { World } from './world.ts';

/** The world's KMS, where it has one. */
function kmsOf(world: World): Kms | undefined {
  const kms = world.services.get('kms');
  return kms instanceof Kms ? kms : undefined;
}

/**
 * What S3 asks KMS for in a caller's name, of an object in a bucket that a customer's key encrypts: GenerateDataKey to
 * write, Decrypt to read. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function keyPermission(world: World, bucket: Bucket, key: string, action: string): Permission[] {
  const { kmsKeyArn } = bucket.settings;
  return kmsKeyArn === undefined ? [] : permissionOn(world, kmsKeyArn, bucket, key, action);
}

/**
 * What replication asks for: to decrypt the original and to encrypt the copy, and to read the bucket's own key before it
 * is used, where the destination has one; and to write what no customer's key encrypts where one does by default.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
export function replicationKeyPermissions(
  world: World,
  source: Bucket,
  destination: Bucket,
  key: string,
  replicaKey: string | undefined,
): Permission[] {
  const plain = source.settings.kmsKeyArn === undefined;
  if (plain) return keyPermission(world, destination, key, 'kms:GenerateDataKey');
  const on = (action: string): Permission[] =>
    replicaKey === undefined ? [] : permissionOn(world, replicaKey, destination, key, action);
  return [
    ...keyPermission(world, source, key, 'kms:Decrypt'),
    ...on('kms:Encrypt'),
    ...(destination.settings.bucketKey ? on('kms:Decrypt') : []),
  ];
}

/** Whether a key is there to encrypt copies with. What names none is found out by replication alone. */
export const canEncrypt = (world: World, keyArn: string, region: string): boolean =>
  kmsOf(world)?.encrypts(keyArn, region) ?? true;

/** With a bucket key the encryption context is the bucket's ARN: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
function permissionOn(world: World, keyArn: string, bucket: Bucket, key: string, action: string): Permission[] {
  const arn = bucket.settings.bucketKey ? bucket.arn : `${bucket.arn}/${key}`;
  const through = kmsOf(world)?.permissionThrough('s3', action, keyArn, bucket.region, { 'aws:s3:arn': arn });
  return through ?? [{ action, resource: keyArn }];
}
