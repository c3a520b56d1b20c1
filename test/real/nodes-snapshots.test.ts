import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/gateways/kubernetes/cluster-api.ts';
import { DISK, get, once, startTrial, type Trial, until } from './nodes/trial.ts';
import { claim, pod } from './parity/objects.ts';

/** Nobody goes to S3 here. */
const PROXY = { port: 9, certificateAuthority: '' };
const apiVersion = 'snapshot.storage.k8s.io/v1';
const SOURCE = { storageClassName: 'eager', accessModes: DISK.accessModes, resources: DISK.resources };

let west: Trial;

beforeAll(async () => {
  west = await startTrial('west', 'us-west-2', PROXY, true);
  const { api } = west.place;
  const driver = 'ebs.csi.eks.amazonaws.com';
  const kind = 'VolumeSnapshotClass';
  await api.create({ apiVersion, kind, metadata: { name: 'gone' }, driver, deletionPolicy: 'Delete' } as KubeObject);
  await api.create({ apiVersion, kind, metadata: { name: 'kept' }, driver, deletionPolicy: 'Retain' } as KubeObject);
  const other = { driver: 'of.another.maker', deletionPolicy: 'Delete' };
  await api.create({ apiVersion, kind, metadata: { name: 'foreign' }, ...other } as KubeObject);
  await api.create(claim('data', west.place, SOURCE));
  await bound('data');
  await write('data', 'then');
});

afterAll(() => west.stop());

const isBound = ({ status }: KubeObject): boolean => status?.phase === 'Bound';
const isReady = ({ status }: KubeObject): boolean => status?.readyToUse === true;
const bound = (name: string): Promise<KubeObject> => once(west, 'PersistentVolumeClaim', name, isBound);
const note = async (name: string): Promise<string> =>
  join(west.nodes.directoryOf((await bound(name)).spec.volumeName), 'note.txt');

async function write(name: string, text: string): Promise<void> {
  writeFileSync(await note(name), text);
}

async function take(name: string, volumeSnapshotClassName: string, source: object): Promise<KubeObject> {
  const metadata = { name, namespace: 'shop' };
  await west.place.api.create({
    ...{ apiVersion, kind: 'VolumeSnapshot', metadata },
    spec: { volumeSnapshotClassName, source },
  } as KubeObject);
  return once(west, 'VolumeSnapshot', name, isReady);
}

async function contentOf({ status }: KubeObject): Promise<KubeObject> {
  const found = await get(west, 'VolumeSnapshotContent', status.boundVolumeSnapshotContentName);
  if (found === undefined) throw new Error('there is no content');
  return found;
}

const copyOf = ({ status }: KubeObject): string => join(west.nodes.home, 'snapshots', status.snapshotHandle);

const remove = (kind: string, name: string): Promise<unknown> =>
  west.place.api.delete({ apiVersion, kind, name, ...(kind === 'VolumeSnapshot' && { namespace: 'shop' }) });

const isGone = (kind: string, name: string): Promise<true> =>
  until(async () => (await get(west, kind, name)) === undefined || undefined);

it('gives a new volume what the old one held when its snapshot was taken', async () => {
  const taken = await take('moment', 'gone', { persistentVolumeClaimName: 'data' });
  expect(taken.status).toMatchObject({ readyToUse: true, restoreSize: `${2 ** 30}` });
  await write('data', 'now');
  const dataSource = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'moment' };
  await west.place.api.create(claim('copy', west.place, { ...SOURCE, dataSource }));
  expect(readFileSync(await note('copy'), 'utf8')).toBe('then');
  expect(readFileSync(await note('data'), 'utf8')).toBe('now');
});

it('forgets what was copied with its snapshot, when the class says so', async () => {
  const content = await contentOf(await take('short', 'gone', { persistentVolumeClaimName: 'data' }));
  expect(existsSync(copyOf(content))).toBe(true);
  await remove('VolumeSnapshot', 'short');
  await isGone('VolumeSnapshot', 'short');
  expect(await get(west, 'VolumeSnapshotContent', content.metadata?.name ?? '')).toBeUndefined();
  expect(existsSync(copyOf(content))).toBe(false);
});

it('keeps it for whoever names it, when the class says so', async () => {
  const content = await contentOf(await take('lasting', 'kept', { persistentVolumeClaimName: 'data' }));
  await remove('VolumeSnapshot', 'lasting');
  await isGone('VolumeSnapshot', 'lasting');
  await remove('VolumeSnapshotContent', content.metadata?.name ?? '');
  await isGone('VolumeSnapshotContent', content.metadata?.name ?? '');
  expect(existsSync(copyOf(content))).toBe(true);
  const { driver } = content.spec;
  await west.place.api.create({
    ...{ apiVersion, kind: 'VolumeSnapshotContent', metadata: { name: 'again' } },
    spec: {
      ...{ driver, deletionPolicy: 'Delete', source: { snapshotHandle: content.status.snapshotHandle } },
      volumeSnapshotRef: { namespace: 'shop', name: 'again' },
    },
  } as KubeObject);
  await take('again', 'kept', { volumeSnapshotContentName: 'again' });
  await remove('VolumeSnapshot', 'again');
  await isGone('VolumeSnapshotContent', 'again');
  expect(existsSync(copyOf(content))).toBe(false);
});

it('gives a claim with a selector a node and no volume, and a snapshot of another driver’s class nothing', async () => {
  const { api } = west.place;
  const source = { persistentVolumeClaimName: 'data' };
  const spec = { volumeSnapshotClassName: 'foreign', source };
  await api.create({
    apiVersion,
    kind: 'VolumeSnapshot',
    metadata: { name: 'foreign', namespace: 'shop' },
    spec,
  } as KubeObject);
  await api.create(claim('chosen', west.place, { ...DISK, selector: { matchLabels: { for: 'chosen' } } }));
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'chosen' } }];
  await api.create(pod('chosen', west.place, { volumes }));
  const hasNode = ({ metadata }: KubeObject) =>
    metadata?.annotations?.['volume.kubernetes.io/selected-node'] !== undefined;
  await once(west, 'PersistentVolumeClaim', 'chosen', hasNode);
  await take('later', 'gone', source);
  expect((await get(west, 'PersistentVolumeClaim', 'chosen'))?.status.phase).toBe('Pending');
  expect((await get(west, 'VolumeSnapshot', 'foreign'))?.status).toBeUndefined();
});
