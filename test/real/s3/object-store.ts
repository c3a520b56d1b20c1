import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Wires } from '../../../src/gateways/wires.ts';
import { attachTo } from '../../second-opinion/aws/moto.ts';
import { startMoto } from '../../second-opinion/aws/start-moto.ts';
import { makeAuthority } from './authority.ts';
import { type Door, openDoor } from './door.ts';
import { bytesOf, everyVersion } from './look.ts';
import { makeBucket } from './make-bucket.ts';
import { replicate } from './replicate.ts';
import type { Asked } from './request.ts';
import type { StoredObject, Write } from './write.ts';

export type { Write } from './write.ts';

/** S3 by others: moto's server, behind a door at which each write is heard and any request can be refused. */
export type ObjectStore = {
  /** Where it listens: path-style, or with S3's own hosts in the Host header. */
  endpoint: string;
  /** An HTTP proxy on 127.0.0.1 for CONNECT to S3's hosts, and the PEM of the authority that signed what it shows. */
  proxy: { port: number; certificateAuthority: string };
  /** For clients of the SDK in this process. */
  attach: Wires['attach'];
  /** With versions. */
  makeBucket(name: string, region: string): Promise<void>;
  /** Those that are current, by key. Looking (`list`, `versions`, `get`) is never refused. */
  list(bucket: string, prefix?: string): Promise<StoredObject[]>;
  /** Every version but delete markers, in the order of writing; a replica has its original's place. */
  versions(bucket: string, prefix?: string): Promise<StoredObject[]>;
  get(bucket: string, key: string, versionId?: string): Promise<Buffer>;
  put(bucket: string, key: string, body: Buffer): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Copies a version, or a delete marker that is named, as S3's replication does; the newest object by default. */
  replicate(from: string, to: string, object: { key: string; versionId?: string }): Promise<void>;
  /** Tells of each write once it was answered, whoever made it, replication too. */
  onWrite(listener: (write: Write) => void): void;
  /** Answers 403 to these requests until the function that it gives back is called. */
  refuse(asks: (request: Asked) => boolean): () => void;
  /** How many requests were refused. */
  refused(): number;
  stop(): Promise<void>;
};

/** moto's server ends with this process, in whichever way that ends; all else is within this process. */
export async function startObjectStore(): Promise<ObjectStore> {
  const authority = await makeAuthority();
  const moto = await startMoto();
  const listeners: ((write: Write) => void)[] = [];
  const places = new Map<string, number>();
  const tell = (write: Write): void => {
    if (!places.has(write.versionId)) places.set(write.versionId, places.size);
    for (const listener of listeners) listener(write);
  };
  const { refuses, ...refusing } = refusals();
  const door = await openDoor({ authority, moto: moto.url, refuses, tell });
  return {
    ...reached(door, authority.certificate),
    ...refusing,
    ...looking(moto.url, ({ versionId }) => places.get(versionId) ?? -1),
    makeBucket: (name, region) => makeBucket(clientAt(moto.url, region), name, region),
    replicate: async (from, to, object) => {
      const write = await replicate(moto.url, from, to, object);
      if (write !== undefined) tell(write);
    },
    onWrite: (listener) => void listeners.push(listener),
    stop: async () => {
      await door.close();
      await moto.stop();
    },
  };
}

function clientAt(url: URL, region = 'us-east-1'): S3Client {
  const client = new S3Client({ region });
  attachTo(url, client);
  return client;
}

function reached(
  { url }: Door,
  certificateAuthority: string,
): Pick<ObjectStore, 'endpoint' | 'proxy' | 'attach' | 'put' | 'remove'> {
  const client = clientAt(url);
  return {
    endpoint: url.origin,
    proxy: { port: Number(url.port), certificateAuthority },
    attach: (other) => attachTo(url, other),
    put: async (Bucket, Key, Body) => void (await client.send(new PutObjectCommand({ Bucket, Key, Body }))),
    remove: async (Bucket, Key) => void (await client.send(new DeleteObjectCommand({ Bucket, Key }))),
  };
}

/** Not through the door: so whatever is refused, the harness sees. */
function looking(moto: URL, place: (version: StoredObject) => number): Pick<ObjectStore, 'list' | 'versions' | 'get'> {
  const client = clientAt(moto);
  return {
    list: async (bucket, prefix) => (await everyVersion(client, bucket, prefix)).current,
    versions: async (bucket, prefix) =>
      (await everyVersion(client, bucket, prefix)).all.sort((a, b) => place(a) - place(b)),
    get: (bucket, key, versionId) => bytesOf(client, bucket, key, versionId),
  };
}

function refusals(): Pick<ObjectStore, 'refuse' | 'refused'> & { refuses(asked: Asked): boolean } {
  const all = new Set<(asked: Asked) => boolean>();
  let refused = 0;
  return {
    refuse: (asks) => {
      all.add(asks);
      return () => void all.delete(asks);
    },
    refused: () => refused,
    refuses: (asked) => {
      const denied = [...all].some((asks) => asks(asked));
      if (denied) refused++;
      return denied;
    },
  };
}
