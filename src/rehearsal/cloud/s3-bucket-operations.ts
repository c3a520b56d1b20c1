import { AwsError } from './aws-error.ts';
import type { Bucket } from './s3-bucket.ts';
import { listObjects, listObjectVersions } from './s3-listing.ts';
import type { ObjectStore } from './s3-store.ts';
import type { Input, Operation, Permission, Place } from './service.ts';

const bucketArn = (input: Input): string => `arn:aws:s3:::${input.Bucket}`;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export function bucketOperations(s3: ObjectStore): Record<string, Operation> {
  const read = (
    action: string,
    answer: (bucket: Bucket, input: Input) => unknown,
    context?: (input: Input) => Permission['context'],
  ): Operation => ({
    permissions: (input) => {
      const filled = context?.(input);
      return [{ action, resource: bucketArn(input), ...(filled === undefined ? {} : { context: filled }) }];
    },
    answer: (input, at) => answer(s3.bucketAt(input.Bucket, at.region), input),
  });
  return {
    ListObjectsV2: read('s3:ListBucket', listObjects, listContext),
    ListObjectVersions: read('s3:ListBucketVersions', listObjectVersions, listContext),
    HeadBucket: {
      permissions: (input) => [{ action: 's3:ListBucket', resource: bucketArn(input) }],
      answer: (input, at) => ({ BucketRegion: bucketOfHead(s3, input, at).region }),
    },
    GetBucketLocation: read('s3:GetBucketLocation', (bucket) =>
      bucket.region === 'us-east-1' ? {} : { LocationConstraint: bucket.region },
    ),
    GetBucketVersioning: read('s3:GetBucketVersioning', (bucket) =>
      bucket.settings.versioned ? { Status: 'Enabled' } : {},
    ),
    GetBucketTagging: read('s3:GetBucketTagging', (bucket) => ({
      TagSet: Object.entries(bucket.settings.tags).map(([Key, Value]) => ({ Key, Value })),
    })),
    GetBucketReplication: read('s3:GetReplicationConfiguration', replication),
    GetObjectLockConfiguration: read('s3:GetBucketObjectLockConfiguration', objectLock),
    ListBuckets: {
      permissions: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
      answer: () => ({ Buckets: s3.buckets().map((bucket) => ({ Name: bucket.name, BucketRegion: bucket.region })) }),
    },
  };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const listContext = (input: Input): Record<string, string> => ({
  's3:prefix': input.Prefix ?? '',
  ...(input.Delimiter === undefined ? {} : { 's3:delimiter': input.Delimiter }),
  ...(input.MaxKeys === undefined ? {} : { 's3:max-keys': String(input.MaxKeys) }),
});

function replication(bucket: Bucket): unknown {
  const configuration = bucket.settings.replication;
  if (configuration === undefined)
    throw new AwsError('ReplicationConfigurationNotFoundError', 'The replication configuration was not found', 404);
  return {
    ReplicationConfiguration: {
      Role: configuration.roleArn,
      Rules: configuration.rules.map((rule) => ({
        ID: rule.id,
        Priority: rule.priority,
        Status: 'Enabled',
        Filter: { Prefix: rule.prefix },
        Destination: { Bucket: `arn:aws:s3:::${rule.destination}` },
        DeleteMarkerReplication: { Status: rule.deleteMarkers ? 'Enabled' : 'Disabled' },
      })),
    },
  };
}

function objectLock(bucket: Bucket): unknown {
  const { objectLock: enabled, defaultRetention } = bucket.settings;
  if (!enabled)
    throw new AwsError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      404,
    );
  const Rule = defaultRetention && { DefaultRetention: { Mode: defaultRetention.mode, Days: defaultRetention.days } };
  return { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...(Rule === undefined ? {} : { Rule }) } };
}

/**
 * An answer to HEAD has no body to name an error in: the SDK knows every 404 as NotFound, a missing bucket's too.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export function bucketOfHead(s3: ObjectStore, input: Input, at: Place): Bucket {
  if (s3.find(input.Bucket) === undefined) throw new AwsError('NotFound', 'NotFound', 404);
  return s3.bucketAt(input.Bucket, at.region);
}
