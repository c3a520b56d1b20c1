import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Wires } from '../wires.ts';
import { connect, isAwsError } from './client.ts';

/** The current version of an object. */
export type StoredObject = { key: string; versionId: string; size: number; etag: string; lastModified: Date };

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
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#name, Key: key }));
      return await Body?.transformToByteArray();
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

  /** Every key under a prefix, in order. */
  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let from: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#name, Prefix: prefix, ...(from && { ContinuationToken: from }) }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      from = page.NextContinuationToken;
    } while (from !== undefined);
    return keys;
  }

  /** The current version of every object under a prefix, by key. Deleted ones are not in it. */
  async currentVersions(prefix: string): Promise<Map<string, StoredObject>> {
    const current = new Map<string, StoredObject>();
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
        if (version.IsLatest !== true || version.Key === undefined) continue;
        current.set(version.Key, {
          key: version.Key,
          versionId: version.VersionId ?? 'null',
          size: version.Size ?? 0,
          etag: (version.ETag ?? '').replaceAll('"', ''),
          lastModified: version.LastModified ?? new Date(0),
        });
      }
      keyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
      versionMarker = page.IsTruncated ? page.NextVersionIdMarker : undefined;
    } while (keyMarker !== undefined);
    return current;
  }
}
