import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectVersion,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Listed, Listing } from '../../domain/sealing.ts';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';

/** One bucket: reading, listing, writing whole objects. */
export class Bucket {
  readonly #client: S3Client;
  readonly #name: string;

  constructor(wires: Wires, region: string, name: string) {
    this.#client = connect(wires, S3Client, region);
    this.#name = name;
  }

  /** Undefined when there is no such object. */
  async read(key: string): Promise<Uint8Array | undefined> {
    return (await this.readWithDigest(key))?.bytes;
  }

  /**
   * And whether its ETag is the MD5 digest of its bytes: not where a key of KMS encrypts it, nor where it was written in
   * parts, of which the ETag tells itself. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
   * And whether S3 keeps a checksum of all of it: by that the SDK has checked the bytes, or it throws.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
   */
  async readWithDigest(key: string): Promise<{ bytes: Uint8Array; digested: boolean; checked: boolean } | undefined> {
    try {
      const { Body, ServerSideEncryption, ETag, ChecksumType } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#name, Key: key, ChecksumMode: 'ENABLED' }),
      );
      const digested = !ServerSideEncryption?.startsWith('aws:kms') && ETag?.includes('-') === false;
      return Body && { bytes: await Body.transformToByteArray(), digested, checked: ChecksumType === 'FULL_OBJECT' };
    } catch (error) {
      if (isAwsError(error, 'NoSuchKey', 'NotFound')) return undefined;
      throw error;
    }
  }

  async readText(key: string): Promise<string | undefined> {
    const bytes = await this.read(key);
    return bytes && new TextDecoder().decode(bytes);
  }

  /** Undefined when there is no such object; throws what JSON.parse throws when it is not JSON. */
  async readJson(key: string): Promise<unknown> {
    const body = await this.readText(key);
    return body === undefined ? undefined : JSON.parse(body);
  }

  async write(key: string, body: string, contentType = 'application/json'): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#name, Key: key, Body: body, ContentType: contentType }),
    );
  }

  /** Hides the current version behind a delete marker; every version stays, and taking the marker away brings it back. */
  async hide(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#name, Key: key }));
  }

  /** The version of an object that is current now, and its size; undefined when there is none, or it was deleted. */
  async currentVersion(key: string): Promise<{ versionId: string; size: number } | undefined> {
    try {
      const head = await this.#client.send(new HeadObjectCommand({ Bucket: this.#name, Key: key }));
      return { versionId: head.VersionId ?? UNVERSIONED, size: head.ContentLength ?? 0 };
    } catch (error) {
      if (isAwsError(error, 'NoSuchKey', 'NotFound')) return undefined;
      throw error;
    }
  }

  /** Every key under a prefix, in order; those alone that come after a key, where one is given. */
  async keys(prefix: string, after?: string): Promise<string[]> {
    const keys: string[] = [];
    let from: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#name,
          Prefix: prefix,
          ...(after !== undefined && { StartAfter: after }),
          ...(from && { ContinuationToken: from }),
        }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      from = page.NextContinuationToken;
    } while (from !== undefined);
    return keys;
  }

  /** What lies under a prefix now, and what was deleted there. */
  async listing(prefix: string): Promise<Listing> {
    const listing: Listing = { objects: [], deleted: [], firsts: new Map() };
    let keyMarker: string | undefined;
    let versionMarker: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectVersionsCommand({
          Bucket: this.#name,
          Prefix: prefix,
          ...(keyMarker !== undefined && { KeyMarker: keyMarker }),
          ...(versionMarker !== undefined && { VersionIdMarker: versionMarker }),
        }),
      );
      for (const version of page.Versions ?? []) {
        if (version.Key === undefined) continue;
        // A key's versions come newest first.
        if (version.IsLatest === true) listing.objects.push(listed(version.Key, version));
        else listing.firsts.set(version.Key, listed(version.Key, version));
      }
      for (const { IsLatest, Key, LastModified } of page.DeleteMarkers ?? [])
        if (IsLatest === true && Key !== undefined)
          listing.deleted.push({ key: Key, lastModified: LastModified ?? new Date(0) });
      keyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
      versionMarker = page.IsTruncated ? page.NextVersionIdMarker : undefined;
    } while (keyMarker !== undefined);
    return listing;
  }
}

/** What S3 calls the version of an object that was written before its bucket was versioned. */
const UNVERSIONED = 'null';

const listed = (key: string, { VersionId, Size, ETag, LastModified }: ObjectVersion): Listed => ({
  key,
  versionId: VersionId ?? UNVERSIONED,
  size: Size ?? 0,
  etag: (ETag ?? '').replaceAll('"', ''),
  lastModified: LastModified ?? new Date(0),
});
