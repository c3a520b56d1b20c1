import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { backupLocation } from '../../src/domain/velero-locations.ts';
import type { KubeObject } from '../../src/gateways/kubernetes/cluster-api.ts';
import { bringVelero } from '../../src/operations/bring-velero.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { DISK, get, isRunning, once, startTrial, type Trial, until } from './nodes/trial.ts';
import { workload } from './parity/objects.ts';
import { type ObjectStore, startObjectStore } from './s3/object-store.ts';

const PLAN = planOf(readFileSync('lifeboat.yaml', 'utf8'));
const ACCOUNT = '111122223333';
/** A database is told to write everything down before its volume is read. */
const HOOK = { 'pre.hook.backup.velero.io/command': '["/bin/flush"]' };
const FILES = { 'notes.txt': Buffer.from('first'), 'deep/er/blob': Buffer.alloc(300_000, 'bytes'), empty: Buffer.of() };

const mounts = readFileSync('/proc/mounts', 'utf8');
let store: ObjectStore;
let west: Trial;
let east: Trial;

beforeAll(async () => {
  store = await startObjectStore();
  const { primary, standby } = PLAN.sites;
  await store.makeBucket(PLAN.stores.backups.bucket, primary.region);
  await store.makeBucket(PLAN.stores.backups.replica, standby.region);
  [west, east] = await Promise.all([
    startTrial('west', primary.region, store.proxy),
    startTrial('east', standby.region, store.proxy),
  ]);
  // A server first looks into a bucket a minute after it has started: both start now.
  await Promise.all([
    bringVelero(west.place.api, PLAN, 'primary', ACCOUNT),
    bringVelero(east.place.api, PLAN, 'standby', ACCOUNT),
  ]);
});

afterAll(async () => {
  await Promise.all([west, east].map((trial) => trial.stop()));
  await store.stop();
  expect(readFileSync('/proc/mounts', 'utf8')).toBe(mounts);
});

function planOf(text: string): Plan {
  const parsed = parsePlan(text, 'lifeboat.yaml');
  if ('problems' in parsed) throw new Error('there is no plan');
  return parsed.plan;
}

const hasEnded = ({ status }: KubeObject): boolean =>
  ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'].includes(status?.phase);

/** What the volume of a claim holds, by path. */
function contents({ nodes }: Trial, disk: KubeObject | undefined): Record<string, string> {
  const home = nodes.directoryOf(disk?.spec.volumeName);
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path.slice(home.length + 1), readFileSync(path, 'base64')]));
}

const inBase64 = Object.fromEntries(Object.entries(FILES).map(([path, bytes]) => [path, bytes.toString('base64')]));

const ask = ({ place }: Trial, kind: string, name: string, spec: object): Promise<unknown> =>
  place.api.create({ apiVersion: 'velero.io/v1', kind, metadata: { name, namespace: 'velero' }, spec } as KubeObject);

async function bringDatabase({ place }: Trial): Promise<void> {
  const containers = [{ name: 'db', image: 'db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
  await place.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bank' } });
  const spec = {
    serviceName: 'db',
    template: { metadata: { labels: { app: 'db' }, annotations: HOOK }, spec: { containers } },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: DISK }],
  };
  await place.api.create(workload('StatefulSet', 'db', { ...place, namespace: 'bank' }, spec));
}

it('serves in both clusters, with the location that a deployed one has', async () => {
  const sites = [['primary', west] as const, ['standby', east] as const];
  for (const [site, { place }] of sites) {
    await until(async () => (await bringVelero(place.api, PLAN, site, ACCOUNT)).kind === 'serves' || undefined);
    await place.api.apply(backupLocation(PLAN, site) as KubeObject);
  }
  const isThere = ({ status }: KubeObject): boolean => status?.phase === 'Available';
  for (const [, trial] of sites) await once(trial, 'BackupStorageLocation', 'default', isThere, 'velero');
});

it('backs up a volume’s files into the bucket', async () => {
  await bringDatabase(west);
  await once(west, 'Pod', 'db-0', isRunning, 'bank');
  const disk = await get(west, 'PersistentVolumeClaim', 'data-db-0', 'bank');
  for (const [path, bytes] of Object.entries(FILES)) {
    const file = join(west.nodes.directoryOf(disk?.spec.volumeName), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  await ask(west, 'Backup', 'b1', { includedNamespaces: ['bank'] });
  const backup = await once(west, 'Backup', 'b1', hasEnded, 'velero');
  expect(backup.status).toMatchObject({ phase: 'Completed', hookStatus: { hooksAttempted: 1 } });
  expect(backup.status.hookStatus.hooksFailed).toBeUndefined();
  const keys = (await store.list(PLAN.stores.backups.bucket)).map(({ key }) => key);
  expect(keys).toContain('velero/backups/b1/b1-podvolumebackups.json.gz');
  expect(keys.filter((key) => key.startsWith('velero/kopia/bank/p')).length).toBeGreaterThan(0);
});

it('brings them back in the other cluster, byte for byte', async () => {
  const { bucket, replica } = PLAN.stores.backups;
  for (const { key } of await store.list(bucket)) await store.replicate(bucket, replica, { key });
  await until(() => get(east, 'Backup', 'b1', 'velero'));
  await ask(east, 'Restore', 'r1', { backupName: 'b1' });
  const isFilling = ({ status }: KubeObject): boolean => status?.initContainerStatuses?.[0].state.running !== undefined;
  const filling = await once(east, 'Pod', 'db-0', isFilling, 'bank');
  expect(filling.status).toMatchObject({ phase: 'Pending', initContainerStatuses: [{ name: 'restore-wait' }] });
  expect((await once(east, 'Restore', 'r1', hasEnded, 'velero')).status).toMatchObject({ phase: 'Completed' });
  await once(east, 'Pod', 'db-0', isRunning, 'bank');
  expect(contents(east, await get(east, 'PersistentVolumeClaim', 'data-db-0', 'bank'))).toEqual(inBase64);
});
