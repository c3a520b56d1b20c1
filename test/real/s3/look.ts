import { GetObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StoredObject } from './write.ts';

type Versions = { all: StoredObject[]; current: StoredObject[] };

/** Of all pages, by key, of one key the newest first; delete markers are left out, and what they hide is not current. */
export async function everyVersion(client: S3Client, Bucket: string, Prefix = ''): Promise<Versions> {
  const versions: Versions = { all: [], current: [] };
  for (let after = {}; ; ) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...after }));
    for (const { Key: key = '', VersionId: versionId = '', Size: size = 0, ETag = '', ...rest } of page.Versions ??
      []) {
      const { LastModified: lastModified = new Date(0), IsLatest } = rest;
      const version = { key, versionId, size, etag: ETag.replaceAll('"', ''), lastModified };
      versions.all.push(version);
      if (IsLatest) versions.current.push(version);
    }
    if (!page.IsTruncated) return versions;
    after = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

export async function bytesOf(client: S3Client, Bucket: string, Key: string, VersionId?: string): Promise<Buffer> {
  const version = VersionId === undefined ? {} : { VersionId };
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...version }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
