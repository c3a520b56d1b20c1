import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type ObjectStore, startObjectStore } from './s3/object-store.ts';
import { copyAll, startReplicator } from './s3/replicator.ts';

let store: ObjectStore;
let buckets = 0;
let from = '';
let to = '';

beforeAll(async () => {
  store = await startObjectStore();
});

afterAll(() => store.stop());

beforeEach(async () => {
  [from, to] = [`west-${++buckets}`, `east-${buckets}`];
  await store.makeBucket(from, 'eu-west-1');
  await store.makeBucket(to, 'eu-central-1');
});

async function put(...keys: string[]): Promise<void> {
  for (const key of keys) await store.put(from, key, Buffer.from(`of ${key}`));
}

const keysOf = async (bucket: string): Promise<string[]> => (await store.versions(bucket)).map(({ key }) => key);

/** The keys in the order in which copies come from now on. */
function arrivals(): string[] {
  const keys: string[] = [];
  store.onWrite(({ bucket, key }) => {
    if (bucket === to) keys.push(key);
  });
  return keys;
}

async function removeForGood(key: string, VersionId: string | undefined): Promise<void> {
  const client = new S3Client({ region: 'eu-west-1' });
  store.attach(client);
  await client.send(new DeleteObjectCommand({ Bucket: from, Key: key, VersionId }));
}

it('copies each version with its id, in the order of writing', async () => {
  const replicator = startReplicator({ store, from, to });
  const arrived = arrivals();
  await put('b', 'a', 'b', 'c');
  await replicator.settled();
  expect(arrived).toEqual(['b', 'a', 'b', 'c']);
  expect(await store.versions(to)).toEqual(await store.versions(from));
  expect(replicator.waiting()).toEqual([]);
});

it('copies what has its prefix, and only what is written after its start', async () => {
  await put('velero/before');
  const replicator = startReplicator({ store, from, to, prefix: 'velero/' });
  await put('velero/after', 'lifeboat/seal');
  await replicator.settled();
  expect(await keysOf(to)).toEqual(['velero/after']);
});

it('holds back what it is told to, settles without it, and copies it when it is released', async () => {
  const replicator = startReplicator({ store, from, to });
  const release = replicator.hold((key) => key.endsWith('-podvolumebackups.json.gz'));
  const releaseKopia = replicator.hold((key) => key.startsWith('kopia/'));
  await put('kopia/p1', 'backups/b/b-podvolumebackups.json.gz', 'backups/b/velero-backup.json');
  await replicator.settled();
  expect(await keysOf(to)).toEqual(['backups/b/velero-backup.json']);
  expect(replicator.waiting().map(({ key }) => key)).toEqual(['kopia/p1', 'backups/b/b-podvolumebackups.json.gz']);
  release();
  await replicator.settled();
  expect(replicator.waiting().map(({ key }) => key)).toEqual(['kopia/p1']);
  releaseKopia();
  await replicator.settled();
  expect(await keysOf(to)).toEqual(await keysOf(from));
});

it('copies in the order that it is given', async () => {
  const replicator = startReplicator({ store, from, to, order: (writes) => writes.toReversed() });
  const arrived = arrivals();
  const release = replicator.hold(() => true);
  await put('a', 'b', 'c');
  release();
  await replicator.settled();
  expect(arrived).toEqual(['c', 'b', 'a']);
});

it('waits before each copy when it is paced', async () => {
  const replicator = startReplicator({ store, from, to, delayMs: 100 });
  await put('a', 'b');
  const hidden = replicator.hold((key) => key === 'b');
  expect(replicator.waiting().map(({ key }) => key)).toContain('b');
  await replicator.settled();
  expect(await keysOf(to)).toEqual(['a']);
  hidden();
  await replicator.settled();
  expect(await keysOf(to)).toEqual(['a', 'b']);
});

it('has nothing to copy of what was removed for good meanwhile', async () => {
  const replicator = startReplicator({ store, from, to });
  const release = replicator.hold(() => true);
  await put('a', 'b');
  await removeForGood('a', (await store.list(from, 'a'))[0]?.versionId);
  release();
  await replicator.settled();
  expect(await keysOf(to)).toEqual(['b']);
});

it.each([
  { deleteMarkers: false, current: ['key'] },
  { deleteMarkers: true, current: [] },
])('replicates delete markers when its rule does: $deleteMarkers', async ({ deleteMarkers, current }) => {
  const replicator = startReplicator({ store, from, to, deleteMarkers });
  await put('key');
  await store.remove(from, 'key');
  await replicator.settled();
  expect((await store.list(to)).map(({ key }) => key)).toEqual(current);
  expect(await keysOf(to)).toEqual(['key']);
});

it('does not copy copies back', async () => {
  const there = startReplicator({ store, from, to });
  const back = startReplicator({ store, from: to, to: from });
  await put('west');
  await store.put(to, 'east', Buffer.from('east'));
  await Promise.all([there.settled(), back.settled()]);
  expect(await keysOf(from)).toEqual(['west', 'east']);
  expect(await store.versions(to)).toEqual(await store.versions(from));
});

it('copies nothing more once it is stopped', async () => {
  const replicator = startReplicator({ store, from, to });
  const release = replicator.hold((key) => key === 'b');
  await put('a', 'b');
  await replicator.settled();
  replicator.stop();
  release();
  await put('c');
  await replicator.settled();
  expect(await keysOf(to)).toEqual(['a']);
  expect(replicator.waiting().map(({ key }) => key)).toEqual(['b']);
});

it('says so when a copy fails', async () => {
  const replicator = startReplicator({ store, from: 'nowhere', to });
  const failing = startReplicator({ store, from, to: 'nowhere' });
  await put('a');
  await replicator.settled();
  await expect(failing.settled()).rejects.toThrow('was not replicated');
});

it('copies a bucket once, and leaves out what it is told to', async () => {
  await put('a', 'p1', 'a', 'p2');
  await copyAll(store, from, to, { without: (key) => key === 'p1' });
  expect(await keysOf(to)).toEqual(['a', 'a', 'p2']);
  expect((await store.versions(to)).map(({ versionId }) => versionId)).toEqual(
    (await store.versions(from)).filter(({ key }) => key !== 'p1').map(({ versionId }) => versionId),
  );
});
