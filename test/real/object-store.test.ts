import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ObjectStore, startObjectStore, type Write } from './s3/object-store.ts';

const HARNESS = join(import.meta.dirname, 's3', 'object-store.ts');
const REGION = 'eu-west-1';
const STYLES: Record<string, S3ClientConfig> = {
  '<bucket>.s3.<region>': {},
  's3.<region>': { forcePathStyle: true },
  '<bucket>.s3.dualstack.<region>': { useDualstackEndpoint: true },
  's3.dualstack.<region>': { useDualstackEndpoint: true, forcePathStyle: true },
  's3-<region>': { endpoint: `https://s3-${REGION}.amazonaws.com`, forcePathStyle: true },
  '<bucket>.s3': { endpoint: 'https://s3.amazonaws.com' },
  s3: { endpoint: 'https://s3.amazonaws.com', forcePathStyle: true },
};

let store: ObjectStore;
let told: Write[] = [];
let buckets = 0;

beforeAll(async () => {
  store = await startObjectStore();
  store.onWrite((write) => void told.push(write));
});

afterAll(() => store.stop());

afterEach(() => {
  told = [];
});

async function newBucket(region = REGION): Promise<string> {
  const name = `bucket-${++buckets}`;
  await store.makeBucket(name, region);
  return name;
}

function throughProxy(style: S3ClientConfig = {}): S3Client {
  const { port, certificateAuthority } = store.proxy;
  const proxyEnv = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  return new S3Client({
    ...{ region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, ...style },
    requestHandler: { httpsAgent: new Agent({ keepAlive: true, ca: certificateAuthority, proxyEnv }) },
  });
}

/** As kopia and the SDK's uploaders do with what is large: 5 MiB is the least that a part may have. */
async function uploadInParts(client: S3Client, Bucket: string, Key: string, parts: Buffer[]): Promise<void> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { made: 'in-parts' } }),
  );
  const Parts = await Promise.all(
    parts.map(async (Body, index) => {
      const PartNumber = index + 1;
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      return { ETag, PartNumber };
    }),
  );
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}

const parts = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the rest')];
const summary = ({ operation, key, size, deleteMarker }: Write) => ({ operation, key, size, deleteMarker });

describe.each(Object.entries(STYLES))('a client that speaks to %s through the proxy', (_, style) => {
  it('writes, reads, lists, reads a range, uploads in parts, and deletes', async () => {
    const [client, Bucket] = [throughProxy(style), await newBucket()];
    const key = 'backups/a b+c/ü.txt';
    await client.send(new PutObjectCommand({ Bucket, Key: key, Body: 'some text', Metadata: { by: 'test' } }));
    const range = await client.send(new GetObjectCommand({ Bucket, Key: key, Range: 'bytes=5-7' }));
    expect(await range.Body?.transformToString()).toBe('tex');
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
    expect(head).toMatchObject({ ContentLength: 9, Metadata: { by: 'test' }, VersionId: told[0]?.versionId });

    await uploadInParts(client, Bucket, 'large', parts);
    const whole = await client.send(new GetObjectCommand({ Bucket, Key: 'large' }));
    expect(Buffer.concat(parts).equals((await whole.Body?.transformToByteArray()) ?? Buffer.of())).toBe(true);
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/large` }));
    const listed = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(['copy', 'large']);
    expect(listed.CommonPrefixes).toEqual([{ Prefix: 'backups/' }]);

    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    const Objects = [{ Key: 'copy' }, { Key: 'large' }];
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    await expect(client.send(new GetObjectCommand({ Bucket, Key: key }))).rejects.toThrow('does not exist');
    const size = Buffer.concat(parts).length;
    expect(told.map(summary)).toEqual([
      { operation: 'PutObject', key, size: 9, deleteMarker: false },
      { operation: 'CompleteMultipartUpload', key: 'large', size, deleteMarker: false },
      { operation: 'CopyObject', key: 'copy', size, deleteMarker: false },
      { operation: 'DeleteObject', key, size: 0, deleteMarker: true },
      { operation: 'DeleteObject', key: 'copy', size: 0, deleteMarker: true },
      { operation: 'DeleteObject', key: 'large', size: 0, deleteMarker: true },
    ]);
    expect(await store.list(Bucket)).toEqual([]);
    expect((await store.versions(Bucket)).map((version) => version.key)).toEqual([key, 'large', 'copy']);
  });
});

describe('the proxy', () => {
  it('takes bodies in chunks that have their checksum after them', async () => {
    const Bucket = await newBucket();
    const Body = Readable.from([Buffer.from('in '), Buffer.from('chunks')]);
    const put = new PutObjectCommand({ Bucket, Key: 'key', Body, ContentLength: 9, ChecksumAlgorithm: 'SHA256' });
    await throughProxy().send(put);
    expect((await store.get(Bucket, 'key')).toString()).toBe('in chunks');
    expect(told.map(({ size }) => size)).toEqual([9]);
  });

  it('leads to S3 and nowhere else', async () => {
    const statusOf = (path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const asked = request({ port: store.proxy.port, host: '127.0.0.1', method: 'CONNECT', path });
        asked.on('error', reject).on('connect', ({ statusCode = 0 }, socket) => {
          socket.destroy();
          resolve(statusCode);
        });
        asked.end();
      });
    expect(await statusOf('bucket.s3.eu-west-1.amazonaws.com:443')).toBe(200);
    for (const host of [
      'sts.amazonaws.com:443',
      's3.eu-west-1.amazonaws.com:80',
      's3-control.eu-west-1.amazonaws.com:443',
    ])
      expect(await statusOf(host)).toBe(502);
  });

  it('keeps nothing of what was broken off half-way', async () => {
    const Bucket = await newBucket();
    const headers = { host: `${Bucket}.s3.${REGION}.amazonaws.com`, 'content-length': 100 };
    const asked = request({ port: store.proxy.port, host: '127.0.0.1', method: 'PUT', path: '/key', headers });
    const over = new Promise((resolve) => asked.on('error', resolve));
    asked.write('half', () => asked.destroy(new Error('hung up')));
    await over;
    await store.put(Bucket, 'other', Buffer.from('whole'));
    expect((await store.list(Bucket)).map(({ key }) => key)).toEqual(['other']);
  });
});

describe('what is written', () => {
  it('is told, whoever wrote it', async () => {
    const Bucket = await newBucket();
    const attached = new S3Client({ region: REGION });
    store.attach(attached);
    await attached.send(new PutObjectCommand({ Bucket, Key: 'attached', Body: 'one' }));
    await throughProxy().send(new PutObjectCommand({ Bucket, Key: 'proxy', Body: 'two' }));
    await store.put(Bucket, 'own', Buffer.from('three'));
    await store.remove(Bucket, 'own');
    const writes = ['PutObject attached', 'PutObject proxy', 'PutObject own', 'DeleteObject own'];
    expect(told.map(({ operation, key }) => `${operation} ${key}`)).toEqual(writes);
    const { etag, versionId, key } = (await store.list(Bucket))[0] ?? {};
    expect(told[0]).toMatchObject({ bucket: Bucket, key, etag, versionId, size: 3, replica: false });
  });

  it('is listed in the order of writing, beyond a page', async () => {
    const bucket = await newBucket();
    const keys = Array.from({ length: 1005 }, (_, index) => `${(index * 7919) % 1009}`);
    const left = [...keys];
    while (left.length > 0) await Promise.all(left.splice(0, 20).map((key) => store.put(bucket, key, Buffer.of())));
    expect((await store.versions(bucket)).map(({ key }) => key)).toEqual(told.map(({ key }) => key));
    expect((await store.list(bucket)).map(({ key }) => key)).toEqual(keys.toSorted());
    const begin = keys.filter((key) => key.startsWith('100')).sort();
    expect((await store.list(bucket, '100')).map(({ key }) => key)).toEqual(begin);
  });
});

describe('what is refused', () => {
  it('is answered as S3 does, counted, and not done, until it is allowed again', async () => {
    const [client, Bucket] = [throughProxy(), await newBucket()];
    await store.put(Bucket, 'backups/a', Buffer.from('a'));
    const allow = store.refuse(({ bucket, key }) => bucket === Bucket && key.startsWith('backups/'));
    const before = store.refused();
    const refused = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    const put = () => client.send(new PutObjectCommand({ Bucket, Key: 'backups/b', Body: 'b' }));
    await expect(put()).rejects.toMatchObject(refused);
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'backups/a' }))).rejects.toMatchObject(refused);
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'backups/a' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    await client.send(new PutObjectCommand({ Bucket, Key: 'restores/a', Body: 'a' }));
    expect(store.refused() - before).toBe(3);
    allow();
    await put();
    expect((await store.list(Bucket)).map(({ key }) => key)).toEqual(['backups/a', 'backups/b', 'restores/a']);
    expect(store.refused() - before).toBe(3);
  });
});

describe('a replica', () => {
  it('is the same version with the same properties, and both say what they are', async () => {
    const [client, from, to] = [throughProxy(), await newBucket(), await newBucket('eu-central-1')];
    const described = { ContentType: 'application/json', Metadata: { by: 'test' }, Tagging: 'a=b' };
    const put = { Bucket: from, Key: 'key', Body: '{}', ChecksumAlgorithm: 'SHA256' } as const;
    await client.send(new PutObjectCommand({ ...put, ...described }));
    const look = async (Bucket: string) => {
      const { $metadata, ReplicationStatus, Body, ...rest } = await client.send(
        new GetObjectCommand({ Bucket, Key: 'key', ChecksumMode: 'ENABLED' }),
      );
      const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'key' }));
      return { status: ReplicationStatus, ...rest, TagSet, text: await Body?.transformToString() };
    };
    const original = await look(from);
    expect(original).toMatchObject({ ContentType: 'application/json', ChecksumSHA256: expect.any(String), text: '{}' });
    await store.replicate(from, to, { key: 'key' });
    expect(await look(to)).toEqual({ ...original, status: 'REPLICA' });
    expect(await look(from)).toEqual({ ...original, status: 'COMPLETED' });
    expect(told.at(-1)).toEqual({ ...told[0], bucket: to, replica: true });
  });

  it('of something made in parts keeps its ETag', async () => {
    const [from, to] = [await newBucket(), await newBucket()];
    await uploadInParts(throughProxy(), from, 'large', parts);
    await store.replicate(from, to, { key: 'large' });
    expect(await store.list(to)).toEqual(await store.list(from));
    expect(Buffer.concat(parts).equals(await store.get(to, 'large'))).toBe(true);
  });

  it('of an older version that comes later does not hide the newer one, and one that comes twice is one', async () => {
    const [from, to] = [await newBucket(), await newBucket()];
    for (const text of ['old', 'new']) await store.put(from, 'key', Buffer.from(text));
    const versions = await store.versions(from);
    for (const version of [...versions.toReversed(), ...versions]) await store.replicate(from, to, version);
    expect(await store.versions(to)).toEqual(versions);
    expect((await store.get(to, 'key')).toString()).toBe('new');
    expect(told.filter(({ replica }) => replica)).toHaveLength(2);
  });

  it('is not made of what is not there, nor of a delete marker that nobody named', async () => {
    const [from, to] = [await newBucket(), await newBucket()];
    await store.put(from, 'key', Buffer.from('text'));
    await store.remove(from, 'key');
    await expect(store.replicate(from, to, { key: 'key' })).rejects.toThrow('was not replicated');
    await expect(store.replicate(from, to, { key: 'other' })).rejects.toThrow('was not replicated');
    expect(await store.versions(to)).toEqual([]);
  });
});

describe('the end', () => {
  const gone = async (ids: string[]): Promise<boolean> => {
    for (let tries = 0; tries < 100; tries++) {
      if (!ids.some((id) => existsSync(`/proc/${id}`))) return true;
      await pause(100);
    }
    return false;
  };
  const childrenOf = (id: number | undefined): string[] =>
    readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean);

  it('leaves nothing behind when it is stopped', async () => {
    const before = childrenOf(process.pid);
    const other = await startObjectStore();
    const made = childrenOf(process.pid).filter((id) => !before.includes(id));
    expect(made).toHaveLength(1);
    await other.stop();
    expect(await gone(made)).toBe(true);
    await expect(fetch(other.endpoint)).rejects.toThrow('fetch failed');
  });

  it('leaves nothing behind when whoever started it is killed', async () => {
    const program = `
      import { startObjectStore } from ${JSON.stringify(HARNESS)};
      console.log((await startObjectStore()).endpoint);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = await new Promise<string>((resolve) =>
      child.stdout.once('data', (said) => resolve(`${said}`.trim())),
    );
    const made = childrenOf(child.pid);
    expect(made).toHaveLength(1);
    expect((await fetch(endpoint)).status).toBe(200);
    child.kill('SIGKILL');
    expect(await gone(made)).toBe(true);
    await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
  });
});
