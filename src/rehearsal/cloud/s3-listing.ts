import { AwsError } from './aws-error.ts';
import { type Bucket, isBefore } from './s3-bucket.ts';
import type { ObjectVersion } from './s3-object.ts';
import type { Input } from './service.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const MAX_KEYS = 1000;
/** Sorts after every character that a key can have, to step over all keys below a common prefix. */
const AFTER_ALL = '\u{10ffff}';

/** S3 tells times to the second. */
export const toSecond = (milliseconds: number): Date => new Date(Math.floor(milliseconds / 1000) * 1000);

type Page = { keys: string[]; commonPrefixes: string[]; next?: string };

/** One page of keys, rolled up at the delimiter. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html */
function page(
  bucket: Bucket,
  { prefix, delimiter, from, limit }: { prefix: string; delimiter: string; from: string; limit: number },
  shows: (key: string) => boolean,
): Page {
  const found: Page = { keys: [], commonPrefixes: [] };
  let start = from;
  for (;;) {
    let jump: string | undefined;
    for (const key of bucket.keys(prefix, start)) {
      if (!shows(key)) continue;
      if (found.keys.length + found.commonPrefixes.length >= limit) return { ...found, next: key };
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (cut >= 0) {
        const common = key.slice(0, cut + delimiter.length);
        found.commonPrefixes.push(common);
        jump = common + AFTER_ALL;
        break;
      }
      found.keys.push(key);
    }
    if (jump === undefined) return found;
    start = jump;
  }
}

export function listObjects(bucket: Bucket, input: Input): unknown {
  const prefix: string = input.Prefix ?? '';
  const delimiter: string = input.Delimiter ?? '';
  const limit = Math.min(input.MaxKeys ?? MAX_KEYS, MAX_KEYS);
  const current = (key: string): ObjectVersion | undefined => {
    const latest = bucket.latest(key);
    return latest?.deleteMarker ? undefined : latest;
  };
  const found = page(bucket, { prefix, delimiter, from: firstKey(input), limit }, (key) => current(key) !== undefined);
  const contents = found.keys.map(current).flatMap((version) => (version === undefined ? [] : [new Listed(version)]));
  return {
    Name: bucket.name,
    Prefix: prefix,
    ...(delimiter === '' ? {} : { Delimiter: delimiter }),
    MaxKeys: limit,
    KeyCount: found.keys.length + found.commonPrefixes.length,
    IsTruncated: found.next !== undefined,
    ...(found.next === undefined ? {} : { NextContinuationToken: Buffer.from(found.next).toString('base64') }),
    // Members without elements are absent from the SDK's answer.
    ...(contents.length === 0 ? {} : { Contents: contents }),
    ...(found.commonPrefixes.length === 0
      ? {}
      : { CommonPrefixes: found.commonPrefixes.map((Prefix) => ({ Prefix })) }),
  };
}

function firstKey(input: Input): string {
  if (input.ContinuationToken !== undefined) return Buffer.from(input.ContinuationToken, 'base64').toString();
  return input.StartAfter === undefined ? '' : `${input.StartAfter}\0`;
}

/** A version as lists tell it; what is costly is worked out when somebody reads it. */
class Listed {
  readonly Key: string;
  readonly StorageClass = 'STANDARD';
  readonly #version: ObjectVersion;

  constructor(version: ObjectVersion) {
    this.Key = version.key;
    this.#version = version;
  }

  get LastModified(): Date {
    return toSecond(this.#version.lastModified);
  }

  get ETag(): string {
    return `"${this.#version.etag}"`;
  }

  get Size(): number {
    return this.#version.size;
  }
}

class ListedVersion extends Listed {
  readonly VersionId: string;
  readonly IsLatest: boolean;

  constructor(version: ObjectVersion, isLatest: boolean) {
    super(version);
    this.VersionId = version.versionId;
    this.IsLatest = isLatest;
  }
}

const afterMarker = (marker: string, delimiter: string): string =>
  delimiter !== '' && marker.endsWith(delimiter) ? marker + AFTER_ALL : `${marker}\0`;

function lastOf(found: Page): string {
  const [key = '', common = ''] = [found.keys.at(-1), found.commonPrefixes.at(-1)];
  return isBefore(common, key) ? key : common;
}

/** Pages end between keys here, while S3 may end one between two versions of a key: markers work the same. */
export function listObjectVersions(bucket: Bucket, input: Input): unknown {
  if (input.VersionIdMarker !== undefined && input.KeyMarker === undefined)
    throw new AwsError('InvalidArgument', 'A version-id marker cannot be specified without a key marker.');
  const prefix: string = input.Prefix ?? '';
  const limit = Math.min(input.MaxKeys ?? MAX_KEYS, MAX_KEYS);
  const delimiter: string = input.Delimiter ?? '';
  const from = input.KeyMarker === undefined ? '' : afterMarker(input.KeyMarker, delimiter);
  const found = page(bucket, { prefix, delimiter, from, limit }, () => true);
  const versions: unknown[] = [];
  const markers: unknown[] = [];
  for (const key of found.keys) {
    for (const [index, version] of bucket.versionsOf(key).entries()) {
      const { key: Key, versionId: VersionId, lastModified } = version;
      const IsLatest = index === 0;
      if (version.deleteMarker) markers.push({ Key, VersionId, IsLatest, LastModified: toSecond(lastModified) });
      else versions.push(new ListedVersion(version, IsLatest));
    }
  }
  return {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: limit,
    IsTruncated: found.next !== undefined,
    ...(found.next === undefined ? {} : { NextKeyMarker: lastOf(found), NextVersionIdMarker: 'null' }),
    ...(versions.length === 0 ? {} : { Versions: versions }),
    ...(markers.length === 0 ? {} : { DeleteMarkers: markers }),
    ...(found.commonPrefixes.length === 0
      ? {}
      : { CommonPrefixes: found.commonPrefixes.map((Prefix) => ({ Prefix })) }),
  };
}
