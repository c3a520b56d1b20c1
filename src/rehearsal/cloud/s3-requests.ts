import { AwsError } from './aws-error.ts';
import type { Bucket } from './s3-bucket.ts';
import type { Retention } from './s3-object.ts';
import type { Input } from './service.ts';

export type Deletion = { key: string; versionId?: string; bypassGovernance: boolean };

const DAY_MS = 86_400_000;

export function required(input: Input, member: string): string {
  const value: unknown = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidRequest', `${member} must not be empty`);
}

export const deletion = (input: Input): Deletion => ({
  key: required(input, 'Key'),
  bypassGovernance: input.BypassGovernanceRetention === true,
  ...(input.VersionId === undefined ? {} : { versionId: input.VersionId }),
});

/** `bucket/key` or `bucket/key?versionId=…`, URL-encoded. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function copySource(input: Input): Input {
  const [path = '', query] = required(input, 'CopySource').replace(/^\//, '').split('?versionId=');
  const slash = path.indexOf('/');
  return {
    Bucket: decodeURIComponent(path.slice(0, slash)),
    Key: decodeURIComponent(path.slice(slash + 1)),
    ...(query === undefined ? {} : { VersionId: query }),
  };
}

/** An explicit retention, or the bucket's default. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export function retentionOf(bucket: Bucket, input: Input, now: number): Retention | undefined {
  const { objectLock, defaultRetention } = bucket.settings;
  if (input.ObjectLockMode !== undefined) {
    if (!objectLock) throw new AwsError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
    if (input.ObjectLockRetainUntilDate === undefined)
      throw new AwsError(
        'InvalidArgument',
        'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      );
    const until = input.ObjectLockRetainUntilDate.getTime();
    if (until <= now) throw new AwsError('InvalidArgument', 'The retain until date must be in the future!');
    return { mode: input.ObjectLockMode, until };
  }
  if (defaultRetention === undefined) return undefined;
  return { mode: defaultRetention.mode, until: now + defaultRetention.days * DAY_MS };
}
