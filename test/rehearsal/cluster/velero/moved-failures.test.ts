import { describe, expect, it } from '@jest/globals';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { SNAPSHOT_DEFINITIONS } from '../../../../src/rehearsal/cluster/snapshots/definitions.ts';
import { NotSimulated } from '../../../../src/rehearsal/kernel/not-simulated.ts';
import { fileOf, MOVED, movedRig, snapshotClass } from './moved-rig.ts';
import { filled, REPLICA, results, SOURCE, stuckPods, type VeleroRig, velero } from './velero-rig.ts';

const TARBALL = 'velero/backups/b1/b1.tar.gz';

const backupResults = (rig: VeleroRig, name = 'b1') =>
  fileOf(rig.s3.get(SOURCE, `velero/backups/${name}/${name}-results.gz`)?.bytes ?? new Uint8Array(), '.gz');

const errorsOf = (rig: VeleroRig): string[] =>
  Object.values<string[]>(backupResults(rig).errors.namespaces ?? {}).flat();

async function restored(prepare: (rig: VeleroRig) => void, leaveOut: (key: string) => boolean = () => false) {
  const rig = await movedRig();
  await rig.backUp('b1', MOVED);
  rig.copy(leaveOut);
  prepare(rig);
  await rig.synced('b1');
  const restore = await rig.restore('b1');
  await rig.pass(120);
  return { rig, restore };
}

/** As the real one did with its bucket, but for the first and the last of these, which follow from its source. */
describe('a restore of moved volumes', () => {
  it('fails in part at once with every pod running and every volume empty, when its tarball is the first one', async () => {
    const { rig, restore } = await restored((at) => {
      const first = [...(at.s3.find(SOURCE)?.versionsOf(TARBALL) ?? [])].sort(
        (a, b) => a.lastModified - b.lastModified,
      )[0];
      if (first === undefined) throw new Error('there is no tarball');
      at.s3.put(REPLICA, TARBALL, first.bytes, { size: first.size, payload: first.payload });
    });
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 4 });
    expect(restore.status).not.toHaveProperty('restoreItemOperationsAttempted');
    expect(rig.east.store.list('datadownloads.velero.io')).toEqual([]);
    expect(stuckPods(rig.east)).toEqual([]);
    expect(Object.values(filled(rig.east))).toEqual([null, null, null, null]);
    expect(results(rig).errors.namespaces.shop).toEqual([
      expect.stringContaining('fail get DataUploadResult for restore: restore-b1: no DataUpload result cm found'),
    ]);
  });

  it('fails in part when a data pack is missing, and that pod waits for ever', async () => {
    let packs = 0;
    const { rig, restore } = await restored(
      () => {},
      (key) => /\/kopia\/shop\/p/.test(key) && packs++ === 0,
    );
    expect(restore.status).toMatchObject({
      phase: 'PartiallyFailed',
      errors: 1,
      restoreItemOperationsAttempted: 4,
      restoreItemOperationsCompleted: 3,
      restoreItemOperationsFailed: 1,
    });
    expect(stuckPods(rig.east)).toEqual(['cache-0']);
    const [failed] = rig.east.store.list('datadownloads.velero.io').filter(({ status }) => status.phase === 'Failed');
    expect(failed.status.message).toContain(
      'data path restore failed: Failed to run data path service for DataDownload',
    );
    expect(failed.status.message).toContain('BLOB not found');
    expect(rig.east.store.list('persistentvolumeclaims', { namespace: 'velero' })).toEqual([]);
  });

  it('needs no list of volumes to know which are to be provisioned anew', async () => {
    const { rig, restore } = await restored(
      () => {},
      (key) => key.endsWith('-volumeinfo.json.gz'),
    );
    expect(restore.status.phase).toBe('Completed');
    expect(Object.values(filled(rig.east))).not.toContain(null);
  });

  it('is completed with every volume empty, where the server has not the feature', async () => {
    const rig = await movedRig({ east: { features: '' } });
    await rig.backUp('b1', MOVED);
    rig.copy();
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    await rig.pass(120);
    expect(restore.status.phase).toBe('Completed');
    expect(stuckPods(rig.east)).toEqual([]);
    expect(Object.values(filled(rig.east))).toEqual([null, null, null, null]);
  });
});

describe('a backup that is to move snapshots', () => {
  it('fails in part without a snapshot class, and leaves claims and pods out', async () => {
    const rig = await movedRig({ classes: [] });
    const backup = await rig.backUp('b1', MOVED);
    expect(backup.status).toMatchObject({ phase: 'PartiallyFailed', errors: 4 });
    expect(backup.status).not.toHaveProperty('backupItemOperationsAttempted');
    expect(errorsOf(rig)[0]).toContain('failed to get VolumeSnapshotClass for provisioner ebs.csi.aws.com');
    const list = fileOf(
      rig.s3.get(SOURCE, 'velero/backups/b1/b1-resource-list.json.gz')?.bytes ?? new Uint8Array(),
      '.gz',
    );
    expect(list).not.toHaveProperty('v1/PersistentVolumeClaim');
    expect(list['v1/Pod'].every((pod: string) => pod.startsWith('shop/web-'))).toBe(true);
  });

  it('fails in part where nobody has installed the snapshot controller, after its time for a snapshot', async () => {
    const rig = await movedRig({
      addOn: false,
      prepare: ({ west }) => seed(west, [...SNAPSHOT_DEFINITIONS, snapshotClass()]),
    });
    const backup = await rig.backUp('b1', { ...MOVED, csiSnapshotTimeout: '1m0s' });
    expect(backup.status).toMatchObject({ phase: 'PartiallyFailed', errors: 4 });
    expect(errorsOf(rig)[0]).toContain('context deadline exceeded');
    expect(rig.west.store.list('volumesnapshots.snapshot.storage.k8s.io')).toEqual([]);
  });

  it('fails in part where the kinds of snapshots are not defined', async () => {
    const rig = await movedRig({ addOn: false });
    const backup = await rig.backUp('b1', MOVED);
    expect(backup.status).toMatchObject({ phase: 'PartiallyFailed', errors: 4 });
    expect(errorsOf(rig)[0]).toContain('no matches for snapshot.storage.k8s.io/v1');
  });

  it('is completed with warnings and no volumes, where the server has not the feature', async () => {
    const rig = await movedRig({ features: '' });
    const backup = await rig.backUp('b1', MOVED);
    expect(backup.status).toMatchObject({ phase: 'Completed', warnings: 4 });
    const info = fileOf(
      rig.s3.get(SOURCE, 'velero/backups/b1/b1-volumeinfo.json.gz')?.bytes ?? new Uint8Array(),
      '.gz',
    );
    expect(info.map(({ skipped }: { skipped: boolean }) => skipped)).toEqual([true, true, true, true]);
  });

  it('has a volume go by its file system where the pod asks for it', async () => {
    const rig = await movedRig({
      prepare: ({ west }) => {
        const annotations = { 'backup.velero.io/backup-volumes': 'data' };
        const ref = { resource: 'pods', namespace: 'shop', name: 'cache-0' };
        west.store.patch(ref, (pod) => ({ ...pod, metadata: { ...pod.metadata, annotations } }));
      },
    });
    const backup = await rig.backUp('b1', MOVED);
    expect(backup.status).toMatchObject({ phase: 'Completed', backupItemOperationsCompleted: 3 });
    const info = fileOf(
      rig.s3.get(SOURCE, 'velero/backups/b1/b1-volumeinfo.json.gz')?.bytes ?? new Uint8Array(),
      '.gz',
    );
    const methods = info.map(({ pvcName, backupMethod }: Record<string, string>) => `${pvcName} ${backupMethod}`);
    expect(methods.sort()).toEqual([
      'data-cache-0 PodVolumeBackup',
      'data-rabbit-0 CSISnapshot',
      'data-rabbit-1 CSISnapshot',
      'data-rabbit-2 CSISnapshot',
    ]);
    rig.copy();
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    expect(restore.status).toMatchObject({ phase: 'Completed', restoreItemOperationsCompleted: 3 });
    expect(Object.values(filled(rig.east))).not.toContain(null);
  });

  it('is not simulated where its snapshots would stay where they are', async () => {
    const rig = await movedRig();
    await expect(rig.backUp('b1', { ...MOVED, snapshotMoveData: false })).rejects.toThrow(NotSimulated);
  });

  it('is deleted with the snapshots of its data, and its uploads', async () => {
    const rig = await movedRig();
    await rig.backUp('b1', MOVED);
    rig.west.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'DeleteBackupRequest',
      metadata: { namespace: 'velero', name: 'gone' },
      spec: { backupName: 'b1' },
    });
    await rig.until(() => velero(rig.west, 'backups', 'b1') === undefined);
    await rig.pass(60);
    expect(rig.west.store.list('datauploads.velero.io')).toEqual([]);
    expect(rig.keys('velero/backups/b1/')).toEqual([]);
    rig.copy();
    expect(rig.transcript.some(({ deleted }) => deleted === 'b1')).toBe(true);
  });
});
