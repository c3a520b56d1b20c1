import { describe, expect, it } from '@jest/globals';
import {
  type PointVolume,
  podVolumeBackups,
  pointVolumes,
  resourceList,
  type VeleroBackup,
  type VolumeInfo,
  veleroBackup,
  volumeInfos,
} from '../../src/domain/backup-files.ts';
import { backupJson, CONFIGURATION, CRITICAL, MOVED, type RealBackup, zipped } from './real-backup.ts';

const volumesOf = (real: RealBackup) => pointVolumes(volumeInfos.parse(zipped(real, 'volumeinfo')), undefined);

describe('the real files of Velero 1.18.2', () => {
  it('tell what was backed up, when, and until when it is kept', () => {
    expect(veleroBackup.parse(backupJson(CRITICAL))).toEqual({
      metadata: {
        name: CRITICAL.name,
        labels: { 'velero.io/schedule-name': 'critical-15m', 'velero.io/storage-location': 'default' },
      },
      spec: {
        includedNamespaces: ['knative-lambda', 'rabbitmq-system'],
        ttl: '24h0m0s',
        defaultVolumesToFsBackup: true,
      },
      status: {
        phase: 'Completed',
        progress: { itemsBackedUp: 85 },
        startTimestamp: '2026-11-20T22:18:04Z',
        completionTimestamp: '2026-11-20T22:18:25Z',
        expiration: '2026-11-21T22:18:04Z',
        backupItemOperationsAttempted: 0,
        errors: 0,
      },
    });
  });

  it('tell a backup that is not done yet, as each write left it', () => {
    const phases = (['first', 'second', 'last'] as const).map(
      (write) => veleroBackup.parse(backupJson(MOVED, write)).status,
    );
    expect(phases).toMatchObject([
      { phase: 'WaitingForPluginOperations', backupItemOperationsAttempted: 4 },
      { phase: 'Finalizing', backupItemOperationsAttempted: 4 },
      { phase: 'Completed', backupItemOperationsAttempted: 4 },
    ]);
  });

  it('tell the volumes of file-system backups, with their bytes', () => {
    expect(volumesOf(CRITICAL)).toEqual([
      expect.objectContaining({ namespace: 'rabbitmq-system', name: 'data-rabbitmq-0', portable: true, bytes: 88_984 }),
      expect.objectContaining({ namespace: 'rabbitmq-system', name: 'data-rabbitmq-1', portable: true, bytes: 89_104 }),
      expect.objectContaining({
        namespace: 'rabbitmq-system',
        name: 'data-rabbitmq-2',
        portable: true,
        bytes: 102_942,
      }),
      expect.objectContaining({
        namespace: 'knative-lambda',
        name: 'data-build-cache-0',
        portable: true,
        bytes: 73_728,
      }),
    ]);
    expect(podVolumeBackups.parse(zipped(CRITICAL, 'podvolumebackups'))).toHaveLength(4);
  });

  it('tell the volumes of moved snapshots, which no list of PodVolumeBackups names', () => {
    const volumes = volumesOf(MOVED);
    expect(volumes).toHaveLength(4);
    for (const { portable, bytes, reason } of volumes) {
      expect({ portable, reason }).toEqual({ portable: true, reason: 'CSISnapshot' });
      expect(bytes).toBeGreaterThan(70_000);
    }
    expect(podVolumeBackups.parse(zipped(MOVED, 'podvolumebackups'))).toEqual([]);
  });

  it('tell that a backup of configuration has no volumes', () => {
    expect(volumesOf(CONFIGURATION)).toEqual([]);
    expect(podVolumeBackups.parse(zipped(CONFIGURATION, 'podvolumebackups'))).toEqual([]);
  });

  it('list every object by kind', () => {
    const list = resourceList.parse(zipped(CRITICAL, 'resource-list'));
    expect(list['apps/v1/StatefulSet']).toEqual(['knative-lambda/build-cache', 'rabbitmq-system/rabbitmq']);
    expect(list['v1/PersistentVolumeClaim']).toHaveLength(4);
  });
});

describe('a volume', () => {
  const info = (change: Partial<VolumeInfo>): VolumeInfo => ({
    pvcName: 'data',
    pvcNamespace: 'orders',
    pvName: 'pv-1',
    backupMethod: '',
    snapshotDataMoved: false,
    skipped: false,
    skippedReason: '',
    result: 'succeeded',
    ...change,
  });
  const kept = { snapshotHandle: 'abc', size: 10 };
  const backup = (spec: Partial<VeleroBackup['spec']>): VeleroBackup =>
    veleroBackup.parse({ ...(backupJson(CRITICAL) as object), spec });
  const byFiles = backup({ defaultVolumesToFsBackup: true });
  function pointVolume(of: VolumeInfo, from = byFiles): PointVolume {
    const [volume] = pointVolumes([of], from);
    if (volume === undefined) throw new Error('no volume');
    return volume;
  }

  it.each<[string, Partial<VolumeInfo>, boolean]>([
    ['backed up from the file system can be had elsewhere', { backupMethod: 'PodVolumeBackup', pvbInfo: kept }, true],
    [
      'whose snapshot was moved can be had elsewhere',
      { backupMethod: 'CSISnapshot', snapshotDataMoved: true, snapshotDataMovementInfo: kept },
      true,
    ],
    ['whose snapshot was not moved stays in its region', { backupMethod: 'CSISnapshot' }, false],
    ["with the cloud's own snapshot stays in its region", { backupMethod: 'NativeSnapshot' }, false],
    [
      'without a snapshot of its own is nowhere',
      { backupMethod: 'PodVolumeBackup', pvbInfo: { ...kept, snapshotHandle: '' } },
      false,
    ],
    ['whose backup failed is nowhere', { backupMethod: 'PodVolumeBackup', pvbInfo: kept, result: 'failed' }, false],
    ['of no known method is nowhere', {}, false],
  ])('%s', (_, change, portable) => {
    const found = pointVolume(info(change));
    expect({ portable: found.portable, optedOut: found.optedOut }).toEqual({ portable, optedOut: false });
    expect(found.bytes).toBe(portable ? 10 : 0);
  });

  it.each([
    ['opted out due to annotation in pod orders-0', true],
    ["matched action is 'skip' in chosen resource policies", true],
    ['volume is not satisfy the criteria for VolumePolicy or the legacy snapshot way', false],
    ['declared in pod orders-0 but not mounted by any container', false],
    ['', false],
  ])('skipped because "%s" was left out on purpose: %s', (skippedReason, optedOut) => {
    expect(pointVolume(info({ skipped: true, skippedReason }))).toMatchObject({ portable: false, optedOut });
  });

  it.each<[string, Partial<VeleroBackup['spec']>]>([
    ['files are not the default', { defaultVolumesToFsBackup: false }],
    ['nothing is the default', {}],
    ['a policy chooses', { defaultVolumesToFsBackup: true, resourcePolicy: { kind: 'configmap', name: 'chosen' } }],
  ])('is not left out by what Velero says of every volume that it does not read, where %s', (_, spec) => {
    const skippedReason = 'podvolume: opted out due to annotation in pod orders-0;';
    const skipped = info({ skipped: true, skippedReason });
    expect(pointVolume(skipped)).toMatchObject({ optedOut: true });
    expect(pointVolume(skipped, backup(spec))).toMatchObject({ portable: false, optedOut: false });
    const byPolicy = info({ skipped: true, skippedReason: "matched action is 'skip' in chosen resource policies" });
    expect(pointVolume(byPolicy, backup(spec))).toMatchObject({ optedOut: true });
  });

  it('without a claim goes by the name of its disk', () => {
    expect(pointVolume(info({ pvcName: '', pvcNamespace: '' })).name).toBe('pv-1');
  });
});
