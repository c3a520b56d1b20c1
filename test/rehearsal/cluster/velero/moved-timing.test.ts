import { describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../../src/rehearsal/cluster/cluster.ts';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { fileOf, MOVED, movedRig, writesOf } from './moved-rig.ts';
import { filled, SOURCE, type VeleroRig, velero } from './velero-rig.ts';

const GIB = 2 ** 30;

/** Orders a backup, without waiting for it. */
const order = ({ west }: VeleroRig, name: string, spec: KubeObject = {}): void => {
  west.store.create({
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: { namespace: 'velero', name },
    spec: { includedNamespaces: ['shop', 'queue'], ttl: '24h0m0s', ...MOVED, ...spec },
  });
};

const phase = ({ west }: VeleroRig, name: string): string => velero(west, 'backups', name)?.status?.phase;

const uploads = ({ west }: VeleroRig): KubeObject[] => west.store.list('datauploads.velero.io');

/** The pods of a kind of Velero's are deleted, and come again. */
function restart(cluster: Cluster, labelSelector: string): void {
  for (const pod of cluster.store.list('pods', { namespace: 'velero', labelSelector }))
    cluster.store.remove(cluster.store.refOf(pod), { gracePeriodSeconds: 0 });
}

/** Volumes that take minutes to move. */
const large = ({ west }: VeleroRig): void => {
  for (const pv of west.volumes.names()) west.volumes.fill(pv, { ...west.volumes.snapshot(pv), bytes: 8 * GIB });
};

/** How many uploads each node moves at once, at most, as their status tells. */
function mostAtOnce(rig: VeleroRig): () => number {
  let most = 0;
  rig.west.store.watch('datauploads.velero.io', () => {
    const running = uploads(rig).filter(({ status }) => status?.phase === 'InProgress');
    const counts = Map.groupBy(running, ({ status }) => status.node);
    most = Math.max(most, ...[...counts.values()].map(({ length }) => length));
  });
  return () => most;
}

describe('the data of snapshots', () => {
  it('is moved one volume at a time by each node', async () => {
    const rig = await movedRig();
    large(rig);
    const most = mostAtOnce(rig);
    await rig.backUp('b1', MOVED);
    expect(uploads(rig).map(({ status }) => status.phase)).toEqual([
      'Completed',
      'Completed',
      'Completed',
      'Completed',
    ]);
    expect(most()).toBe(1);
  });

  it('is moved of as many volumes at a time as the agents are told', async () => {
    const rig = await movedRig({
      flags: ['--node-agent-configmap=agents'],
      prepare: ({ west }) => {
        const data = { 'config.json': '{"loadConcurrency": {"globalConfig": 3}}' };
        west.store.create({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { namespace: 'velero', name: 'agents' },
          data,
        });
      },
    });
    large(rig);
    const most = mostAtOnce(rig);
    await rig.backUp('b1', MOVED);
    expect(most()).toBeGreaterThan(1);
  });

  it('goes on while the server is gone, and the backup is completed by the next', async () => {
    const rig = await movedRig();
    large(rig);
    order(rig, 'b1');
    await rig.until(() => phase(rig, 'b1') === 'WaitingForPluginOperations');
    restart(rig.west, 'deploy=velero');
    await rig.until(() => phase(rig, 'b1') === 'Completed');
    await rig.pass(1);
    expect(velero(rig.west, 'backups', 'b1').status.backupItemOperationsCompleted).toBe(4);
    expect(writesOf(rig, 'velero/backups/b1/').at(-1)).toBe('velero/backups/b1/b1.tar.gz');
  });

  it('is cancelled when the server goes before the backup has dealt with its items', async () => {
    const rig = await movedRig();
    order(rig, 'b1');
    await rig.until(() => uploads(rig).length === 1);
    restart(rig.west, 'deploy=velero');
    await rig.until(() => phase(rig, 'b1') === 'Failed');
    await rig.until(() => uploads(rig).every(({ status }) => status.phase === 'Canceled'));
    expect(rig.keys('velero/backups/b1/')).toEqual([]);
  });

  it('goes on while the agents are gone, and is taken up by the next ones', async () => {
    const rig = await movedRig();
    large(rig);
    order(rig, 'b1');
    await rig.until(() => uploads(rig).filter(({ status }) => status?.phase === 'InProgress').length === 2);
    await rig.until(() => phase(rig, 'b1') === 'WaitingForPluginOperations');
    restart(rig.west, 'role=node-agent');
    await rig.until(() => ['Completed', 'PartiallyFailed'].includes(phase(rig, 'b1')), 20_000);
    const resumed = uploads(rig).filter(({ status }) => status.phase === 'Completed');
    expect(resumed.length).toBeGreaterThanOrEqual(2);
  });

  it('is cancelled when its operation takes too long, and the backup fails in part', async () => {
    const rig = await movedRig();
    large(rig);
    const backup = await rig.backUp('b1', { ...MOVED, itemOperationTimeout: '1m0s' });
    expect(backup.status.phase).toBe('PartiallyFailed');
    expect(backup.status.backupItemOperationsFailed).toBeGreaterThan(0);
    const file = 'velero/backups/b1/b1-itemoperations.json.gz';
    const operations = fileOf(rig.s3.get(SOURCE, file)?.bytes ?? new Uint8Array(), file);
    expect(operations.map(({ status }: KubeObject) => status.error)).toContain('Asynchronous action timed out');
    expect(uploads(rig).some(({ spec }) => spec.cancel)).toBe(true);
  });

  it('is given up when its volume is not there in time', async () => {
    const rig = await movedRig({ prepare: ({ west }) => slow(west) });
    const backup = await rig.backUp('b1', { ...MOVED, includedNamespaces: ['shop'] });
    expect(backup.status.phase).toBe('PartiallyFailed');
    expect(uploads(rig).map(({ status }) => [status.phase, status.message])).toEqual([
      ['Failed', expect.stringMatching(/timeout on preparing data upload|not ready until timeout/)],
    ]);
  });

  it('lets another backup run while it is moved', async () => {
    const rig = await movedRig();
    large(rig);
    order(rig, 'b1');
    await rig.until(() => phase(rig, 'b1') === 'WaitingForPluginOperations');
    order(rig, 'b2', { snapshotMoveData: false, snapshotVolumes: false });
    await rig.until(() => phase(rig, 'b2') === 'Completed');
    expect(phase(rig, 'b1')).toBe('WaitingForPluginOperations');
    await rig.until(() => phase(rig, 'b1') === 'Completed');
  });

  it('keeps its backup from being deleted', async () => {
    const rig = await movedRig();
    large(rig);
    order(rig, 'b1');
    await rig.until(() => phase(rig, 'b1') === 'WaitingForPluginOperations');
    rig.west.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'DeleteBackupRequest',
      metadata: { namespace: 'velero', name: 'gone' },
      spec: { backupName: 'b1' },
    });
    await rig.pass(5);
    expect(velero(rig.west, 'deletebackuprequests', 'gone').status.errors).toEqual(['backup is still in progress']);
  });

  it('goes only as far as it changed since the backup before', async () => {
    const rig = await movedRig();
    await rig.backUp('b1', MOVED);
    await rig.backUp('b2', MOVED);
    const bytes = (name: string): number =>
      uploads(rig)
        .filter(({ metadata }) => metadata.labels['velero.io/backup-name'] === name)
        .reduce((sum, { status }) => sum + status.incrementalBytes, 0);
    expect(bytes('b2')).toBeLessThan(bytes('b1') / 4);
  });
});

describe('a restore of moved volumes', () => {
  it('goes on while the server is gone', async () => {
    const rig = await movedRig();
    large(rig);
    await rig.backUp('b1', MOVED);
    rig.copy();
    await rig.synced('b1');
    const restored = rig.restore('b1');
    const find = () => velero(rig.east, 'restores', 'restore-b1');
    void restored;
    await rig.until(() => find()?.status?.phase === 'WaitingForPluginOperations');
    restart(rig.east, 'deploy=velero');
    await rig.until(() => find()?.status?.phase === 'Completed', 20_000);
    expect(Object.values(filled(rig.east))).not.toContain(null);
  });

  it('puts claims into other classes as it is told', async () => {
    const rig = await movedRig({
      prepare: ({ east }) => {
        const slow = east.store.get({ resource: 'storageclasses.storage.k8s.io', name: 'gp3' });
        east.store.create({ ...slow, metadata: { name: 'io2' } });
        east.store.create({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            namespace: 'velero',
            name: 'classes',
            labels: { 'velero.io/plugin-config': '', 'velero.io/change-storage-class': 'RestoreItemAction' },
          },
          data: { gp3: 'io2' },
        });
      },
    });
    await rig.backUp('b1', MOVED);
    rig.copy();
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    expect(restore.status.phase).toBe('Completed');
    for (const volume of rig.east.store.list('persistentvolumes')) expect(volume.spec.storageClassName).toBe('io2');
    expect(Object.values(filled(rig.east))).not.toContain(null);
  });
});

/** EBS never finishes a snapshot. */
function slow(west: Cluster): void {
  const { latencies } = west.host;
  latencies.slowBy((name) => (name === 'volume.snapshotReady' ? 1000 : 1));
}
