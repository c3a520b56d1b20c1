import type { Bucket } from './s3-bucket.ts';
import type { ObjectDetails, ObjectVersion } from './s3-object.ts';
import type { Deletion } from './s3-requests.ts';
import type { Caller } from './service.ts';
import type { World } from './world.ts';

export type NewVersion = Omit<ObjectDetails, 'versionId' | 'lastModified'> & { lastModified?: number };

/** What operations do their work on. */
export type ObjectStore = {
  readonly world: World;
  readonly now: number;
  buckets(): Bucket[];
  find(name: string): Bucket | undefined;
  /** The bucket as an endpoint of that region sees it. */
  bucketAt(name: string, region: string): Bucket;
  write(bucket: Bucket, details: NewVersion, reason: string, caller: Caller): ObjectVersion;
  delete(bucket: Bucket, deletion: Deletion, caller: Caller): unknown;
};
