import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { platform, statefulSet } from './rig-platform.ts';
import { SOURCE, VeleroRig, velero } from './velero-rig.ts';

const read = (rig: VeleroRig, end: string, name = 'b1'): KubeObject => {
  const object = rig.s3.get(SOURCE, `velero/backups/${name}/${end}`);
  if (object === undefined) throw new Error(`no ${end}`);
  return JSON.parse((end.endsWith('.gz') ? gunzipSync(object.bytes) : Buffer.from(object.bytes)).toString());
};

/** A rig whose west runs these objects besides the platform. */
async function rigWith(...more: KubeObject[]): Promise<VeleroRig> {
  const rig = new VeleroRig();
  seed(rig.west, [...platform(), ...more], { bytesOf: () => 80_000 });
  rig.installBoth();
  rig.start();
  await rig.pass(70);
  return rig;
}

/** Every PUT and DELETE of Velero in the source bucket, without the location's prefix. */
function writes(rig: VeleroRig): string[] {
  const seen: string[] = [];
  rig.world.observe(({ operation, resources, outcome }) => {
    if (outcome !== 'ok' || !['PutObject', 'DeleteObject'].includes(operation)) return;
    seen.push(`${operation === 'PutObject' ? 'PUT' : 'DELETE'} ${resources[0]?.split('/velero/')[1]}`);
  });
  return seen;
}

describe('a backup', () => {
  it('is written in the order that Velero 1.18.2 was seen to write', async () => {
    const rig = await rigWith();
    const seen = writes(rig);
    await rig.backUp('b1');
    const kinds = seen.map((write) =>
      write
        .replace(/kopia\/(\w+)\/(s|p|q|xn0_|_log_)[0-9a-f_-]+(s[0-9a-f]{16}147)?(-c1)?$/, 'kopia/$1/$2')
        .replace('backups/b1/', ''),
    );
    const policy = (ns: string) => [
      `PUT kopia/${ns}/s`,
      `PUT kopia/${ns}/q`,
      `PUT kopia/${ns}/xn0_`,
      `DELETE kopia/${ns}/s`,
    ];
    const upload = (ns: string) => [
      ...policy(ns),
      ...[
        `PUT kopia/${ns}/s`,
        `PUT kopia/${ns}/p`,
        `PUT kopia/${ns}/q`,
        `PUT kopia/${ns}/xn0_`,
        `DELETE kopia/${ns}/s`,
      ],
      `PUT kopia/${ns}/_log_`,
    ];
    const init = (ns: string) => [
      ...[`PUT kopia/${ns}/kopia.blobcfg`, `PUT kopia/${ns}/kopia.repository`],
      ...policy(ns),
      ...[`PUT kopia/${ns}/_log_`, `PUT kopia/${ns}/udmrepo.Repository`],
    ];
    const kopia = kinds.filter((write) => write.includes('kopia'));
    expect(kopia).toEqual([
      ...[...init('shop'), ...upload('shop')],
      ...[...init('queue'), ...upload('queue'), ...upload('queue'), ...upload('queue')],
    ]);
    const files = kinds.slice(kopia.length);
    expect(files.slice(0, 3)).toEqual(['PUT b1-logs.gz', 'PUT velero-backup.json', 'PUT b1.tar.gz']);
    expect(files.slice(3, 9).sort()).toEqual(
      [
        'itemoperations.json',
        'podvolumebackups.json',
        'resource-list.json',
        'results',
        'volumeinfo.json',
        'volumesnapshots.json',
      ].map((file) => `PUT b1-${file}.gz`),
    );
    expect(files.slice(9)).toEqual(['PUT velero-backup.json']);
  });

  it('says Finalizing until its last write, which says Completed', async () => {
    const rig = await VeleroRig.backedUp();
    const versions = rig.s3.find(SOURCE)?.versionsOf('velero/backups/b1/velero-backup.json') ?? [];
    const phases = versions.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).status.phase);
    expect(phases).toEqual(['Completed', 'Finalizing']);
    expect(read(rig, 'velero-backup.json')).toMatchObject({
      kind: 'Backup',
      spec: { ttl: '24h0m0s', storageLocation: 'default', itemOperationTimeout: '4h0m0s' },
      status: { formatVersion: '1.1.0', version: 1, progress: { totalItems: 36, itemsBackedUp: 36 } },
    });
  });

  it('takes about five seconds a volume, one after another', async () => {
    const rig = await VeleroRig.backedUp();
    const { startTimestamp, completionTimestamp } = velero(rig.west, 'backups', 'b1').status;
    const seconds = (Date.parse(completionTimestamp) - Date.parse(startTimestamp)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(20);
    expect(seconds).toBeLessThan(26);
  });

  it('lists what it holds, with what belongs to it outside the namespaces', async () => {
    const rig = await VeleroRig.backedUp();
    const list = read(rig, 'b1-resource-list.json.gz');
    expect(list['v1/Namespace']).toEqual(['queue', 'shop']);
    expect(list['apiextensions.k8s.io/v1/CustomResourceDefinition']).toEqual(['widgets.example.com']);
    expect(list['rbac.authorization.k8s.io/v1/ClusterRole']).toEqual(['builder']);
    expect(list['v1/PersistentVolume']).toHaveLength(4);
    expect(list['storage.k8s.io/v1/StorageClass']).toBeUndefined();
  });

  it('without any filter takes no object outside namespaces but related ones; asked for all, it takes all', async () => {
    const rig = await rigWith();
    await rig.backUp('b1', {
      includedNamespaces: ['*'],
      excludedNamespaces: ['velero'],
      defaultVolumesToFsBackup: false,
    });
    expect(read(rig, 'b1-resource-list.json.gz')['storage.k8s.io/v1/StorageClass']).toBeUndefined();
    await rig.backUp('b2', {
      includedNamespaces: ['shop'],
      includedClusterScopedResources: ['*'],
      defaultVolumesToFsBackup: false,
    });
    expect(read(rig, 'b2-resource-list.json.gz', 'b2')['storage.k8s.io/v1/StorageClass']).toEqual(['gp3']);
  });

  it('holds configuration alone where its resources are named', async () => {
    const rig = await rigWith();
    const backup = await rig.backUp('b1', {
      includedResources: ['configmaps', 'secrets', 'services'],
      snapshotVolumes: false,
    });
    expect(backup.status.phase).toBe('Completed');
    const list = read(rig, 'b1-resource-list.json.gz');
    expect(Object.keys(list)).toEqual(['v1/ConfigMap', 'v1/Secret', 'v1/Service']);
    expect(read(rig, 'b1-volumeinfo.json.gz')).toEqual([]);
  });

  it('tells of a claim that no container mounts by a warning alone, and has nothing of its data', async () => {
    const unused = statefulSet('shop', 'unused', 1);
    delete unused.spec.template.spec.containers[0].volumeMounts;
    const rig = await rigWith(unused);
    const backup = await rig.backUp('b1');
    expect(backup.status).toMatchObject({ phase: 'Completed', warnings: 1 });
    const info = read(rig, 'b1-volumeinfo.json.gz').find(({ pvcName }: KubeObject) => pvcName === 'data-unused-0');
    expect(info).toMatchObject({
      skipped: true,
      skippedReason: expect.stringContaining('not mounted by any container'),
    });
  });

  it('skips a volume that opted out by annotation', async () => {
    const out = statefulSet('shop', 'out', 1);
    out.spec.template.metadata.annotations = { 'backup.velero.io/backup-volumes-excludes': 'data' };
    const rig = await rigWith(out);
    const backup = await rig.backUp('b1');
    expect(backup.status.phase).toBe('Completed');
    const info = read(rig, 'b1-volumeinfo.json.gz').find(({ pvcName }: KubeObject) => pvcName === 'data-out-0');
    expect(info).toMatchObject({
      skipped: true,
      skippedReason: expect.stringContaining('opted out due to annotation'),
    });
  });

  it('takes only volumes that opted in, where that is the rule, and says that the others had opted out', async () => {
    const chosen = statefulSet('shop', 'chosen', 1);
    chosen.spec.template.metadata.annotations = { 'backup.velero.io/backup-volumes': 'data' };
    const rig = await rigWith(chosen);
    await rig.backUp('b1', { defaultVolumesToFsBackup: false });
    const info: KubeObject[] = read(rig, 'b1-volumeinfo.json.gz');
    expect(info.filter(({ skipped }) => !skipped).map(({ pvcName }) => pvcName)).toEqual(['data-chosen-0']);
    const reasons = info.filter(({ skipped }) => skipped).map(({ skippedReason }) => skippedReason);
    expect(reasons).toEqual(Array(4).fill(expect.stringContaining('opted out due to annotation')));
  });

  it('is PartiallyFailed when the data of a volume is gone from its node', async () => {
    const rig = await rigWith();
    const claim = rig.west.store.get({ resource: 'persistentvolumeclaims', namespace: 'shop', name: 'data-cache-0' });
    rig.west.volumes.delete(claim.spec.volumeName);
    const backup = await rig.backUp('b1');
    expect(backup.status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  });

  it('is PartiallyFailed when a namespace that it names is not there', async () => {
    const rig = await rigWith();
    const backup = await rig.backUp('b1', { includedNamespaces: ['shop', 'nowhere'] });
    expect(backup.status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    expect(read(rig, 'b1-results.gz').errors.velero[0]).toContain('fail to get the namespace nowhere');
  });

  it('runs hooks in containers that are there, and counts the others as errors', async () => {
    const rig = await rigWith();
    const hook = (container: string, onError: string) => ({
      name: container,
      labelSelector: { matchLabels: { app: 'web' } },
      pre: [{ exec: { container, command: ['/bin/sync'], onError } }],
    });
    const good = await rig.backUp('b1', { hooks: { resources: [hook('web', 'Fail')] } });
    expect(good.status).toMatchObject({ phase: 'Completed', hookStatus: { hooksAttempted: 2, hooksFailed: 0 } });
    const bad = await rig.backUp('b2', { hooks: { resources: [hook('sidecar', 'Fail')] } });
    expect(bad.status).toMatchObject({ phase: 'PartiallyFailed', hookStatus: { hooksAttempted: 2, hooksFailed: 2 } });
    expect(read(rig, 'b2-resource-list.json.gz', 'b2')['v1/Pod'].some((name: string) => name.includes('web'))).toBe(
      false,
    );
  });

  it('fails when the server is killed meanwhile, with kopia’s blobs in the bucket and nothing under its name', async () => {
    const rig = await rigWith();
    rig.west.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { namespace: 'velero', name: 'b1' },
      spec: { includedNamespaces: ['shop', 'queue'], defaultVolumesToFsBackup: true },
    });
    await rig.pass(10);
    const server = rig.west.store.list('pods', { namespace: 'velero', labelSelector: 'deploy=velero' })[0];
    rig.west.crashPod('velero', server.metadata.name);
    await rig.pass(60);
    expect(velero(rig.west, 'backups', 'b1').status).toMatchObject({
      phase: 'Failed',
      failureReason: 'found a backup with status "InProgress" during the server starting, mark it as "Failed"',
    });
    expect(rig.keys('velero/backups/b1/')).toEqual([]);
    expect(rig.keys('velero/kopia/shop/').length).toBeGreaterThan(0);
  });

  it('runs one at a time, the next in its queue', async () => {
    const rig = await rigWith();
    for (const name of ['b1', 'b2', 'b3'])
      rig.west.store.create({
        apiVersion: 'velero.io/v1',
        kind: 'Backup',
        metadata: { namespace: 'velero', name },
        spec: { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true },
      });
    await rig.pass(3);
    const phases = () => ['b1', 'b2', 'b3'].map((name) => velero(rig.west, 'backups', name).status.phase);
    expect(phases()).toEqual(['InProgress', 'Queued', 'Queued']);
    expect(velero(rig.west, 'backups', 'b3').status.queuePosition).toBe(2);
    await rig.pass(60);
    expect(phases()).toEqual(['Completed', 'Completed', 'Completed']);
  });

  it('writes only what is new of a volume the second time', async () => {
    const rig = await VeleroRig.backedUp();
    await rig.pass(60);
    await rig.backUp('b2');
    const [first, second] = ['b1', 'b2'].map((name) => read(rig, `${name}-volumeinfo.json.gz`, name)[0].pvbInfo);
    expect(first.incrementalSize).toBe(first.size);
    expect(second.incrementalSize).toBeLessThan(second.size / 4);
  });
});
