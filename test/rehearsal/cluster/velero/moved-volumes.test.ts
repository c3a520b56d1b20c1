import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../../src/rehearsal/cluster/cluster.ts';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { fileOf, MOVED, movedRig, phasesOf, writesOf } from './moved-rig.ts';
import { shapeOf } from './shape-of.ts';
import { filled, SOURCE, stuckPods, type VeleroRig, velero } from './velero-rig.ts';

const REAL = 'test/fixtures/velero-1.18.2-moved';
const NAME = 'moved-20261120230000';

/** The persistent volume of each claim. */
function volumesOf(cluster: Cluster): Map<string, string> {
  const found = new Map<string, string>();
  for (const { metadata, spec } of cluster.store.list('persistentvolumeclaims'))
    if (spec.volumeName) found.set(`${metadata.namespace}/${metadata.name}`, spec.volumeName);
  return found;
}

describe('a backup whose volumes go by snapshots that Velero moves', () => {
  let rig: VeleroRig;
  let backup: KubeObject;
  let phases: string[];
  let restored: KubeObject;
  let restoring: string[];
  beforeAll(async () => {
    rig = await movedRig();
    phases = phasesOf(rig.west, 'backups', 'b1');
    backup = await rig.backUp('b1', MOVED);
    await rig.pass(1);
    rig.copy();
    await rig.synced('b1');
    restoring = phasesOf(rig.east, 'restores', 'restore-b1');
    restored = await rig.restore('b1');
    await rig.pass(1);
  });

  it('waits for the data, and is then completed', () => {
    expect(backup.status).toMatchObject({ backupItemOperationsAttempted: 4, backupItemOperationsCompleted: 4 });
    expect(phases.slice(-4)).toEqual(['InProgress', 'WaitingForPluginOperations', 'Finalizing', 'Completed']);
  });

  it('comes back whole: each volume holds what it held when its snapshot was taken', () => {
    expect(restored.status).toMatchObject({ restoreItemOperationsAttempted: 4, restoreItemOperationsCompleted: 4 });
    expect(restoring).toEqual(['', 'InProgress', 'WaitingForPluginOperations', 'Finalizing', 'Completed']);
    expect(stuckPods(rig.east)).toEqual([]);
    const [west, east] = [volumesOf(rig.west), volumesOf(rig.east)];
    expect([...east.keys()].sort()).toEqual([...west.keys()].sort());
    for (const [claim, volume] of east) {
      const { filledAt: _filledAt, ...held } = rig.east.volumes.base(volume);
      expect(held).toEqual(rig.west.volumes.contentAt(west.get(claim) ?? '', held.lastWrite ?? 0));
    }
    expect(Object.values(filled(rig.east))).not.toContain(null);
  });

  it('leaves nothing behind of what moved the data, in either cluster', () => {
    for (const cluster of [rig.west, rig.east]) {
      const left = ['volumesnapshots.snapshot.storage.k8s.io', 'volumesnapshotcontents.snapshot.storage.k8s.io'];
      for (const resource of left) expect(cluster.store.list(resource)).toEqual([]);
      expect(cluster.store.list('persistentvolumeclaims', { namespace: 'velero' })).toEqual([]);
      const movers = cluster.store.list('pods', { namespace: 'velero', labelSelector: 'velero.io/exposer-pod-group' });
      expect(movers).toEqual([]);
      expect(cluster.store.list('persistentvolumes')).toHaveLength(4);
      expect(cluster.volumes.names()).toHaveLength(4);
    }
    const notes = rig.east.store.list('configmaps', { labelSelector: 'velero.io/resource-usage' });
    expect(notes).toEqual([]);
  });

  it('gives the restored volumes back to their claims, with the policy that they had', () => {
    for (const volume of rig.east.store.list('persistentvolumes')) {
      const { claimRef, persistentVolumeReclaimPolicy } = volume.spec;
      const { namespace, name } = claimRef;
      const claim = rig.east.store.get({ resource: 'persistentvolumeclaims', namespace, name });
      expect([volume.status.phase, persistentVolumeReclaimPolicy]).toEqual(['Bound', 'Delete']);
      expect(claim.spec.volumeName).toBe(volume.metadata.name);
      const label: string = claim.spec.selector.matchLabels['velero.io/dynamic-pv-restore'];
      expect(label).toMatch(new RegExp(`^${namespace}\\.${name}\\.[a-z0-9]{5}$`));
    }
  });

  it.each(['velero-backup.json', '-itemoperations.json.gz', '-volumeinfo.json.gz', '-volumesnapshots.json.gz'])(
    'writes %s with the fields and types that the real one wrote',
    (file) => {
      const path = `${REAL}/bucket/backups/${NAME}/${file.startsWith('-') ? NAME : ''}${file}`;
      const real = [...shapeOf(fileOf(readFileSync(path), file))].sort();
      const ours = rig.s3.get(SOURCE, `velero/backups/b1/${file.startsWith('-') ? 'b1' : ''}${file}`);
      const optional = /startTimestamp|labels|snapshotVolumes/;
      const shape = [...shapeOf(fileOf(ours?.bytes ?? new Uint8Array(), file))].sort();
      expect(shape.filter((line) => !optional.test(line))).toEqual(real.filter((line) => !optional.test(line)));
    },
  );

  it('writes its files in the order of the real one: the phase says Completed before the last tarball is there', () => {
    const real = readFileSync(`${REAL}/writes.tsv`, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, , key = ''] = line.split('\t');
        return key.startsWith('backups/') ? [key.replaceAll(NAME, 'b1').slice('backups/b1/'.length)] : [];
      });
    const ours = writesOf(rig, 'velero/backups/b1/').map((key) => key.replace('velero/backups/b1/', ''));
    // The six files after the first tarball come in the random order of Go's maps.
    expect([...ours.slice(0, 3), ...ours.slice(3, 9).sort(), ...ours.slice(9)]).toEqual([
      ...real.slice(0, 3),
      ...real.slice(3, 9).sort(),
      ...real.slice(9),
    ]);
  });

  it('has as many objects in the first tarball as the real one left there: none of the uploads', () => {
    const versions = [...(rig.s3.find(SOURCE)?.versionsOf('velero/backups/b1/b1.tar.gz') ?? [])];
    const kinds = versions.map(({ payload }) =>
      (payload as { items: { resource: string }[] }).items.filter(
        ({ resource }) => resource === 'datauploads.velero.io',
      ),
    );
    expect(kinds.map(({ length }) => length).sort()).toEqual([0, 4]);
  });
});

describe('the objects by which Velero moves a snapshot', () => {
  it('are as those of the real one', async () => {
    const rig = await movedRig();
    await rig.backUp('b1', MOVED);
    const [upload] = rig.west.store.list('datauploads.velero.io');
    const { uid } = velero(rig.west, 'backups', 'b1').metadata;
    expect(upload).toMatchObject({
      metadata: {
        generateName: 'b1-',
        labels: { 'velero.io/backup-name': 'b1', 'velero.io/backup-uid': uid },
        ownerReferences: [{ apiVersion: 'velero.io/v1', kind: 'Backup', name: 'b1', uid, controller: true }],
      },
      spec: {
        backupStorageLocation: 'default',
        csiSnapshot: { driver: 'ebs.csi.aws.com', snapshotClass: 'ebs', storageClass: 'gp3' },
        operationTimeout: '10m0s',
        snapshotType: 'CSI',
      },
      status: { phase: 'Completed', nodeOS: 'linux', snapshotID: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(upload.metadata.labels['velero.io/async-operation-id']).toMatch(/^du-.{60}$/);
    expect(upload.metadata.labels).not.toHaveProperty('velero.io/expose-on-going');
    expect(upload.metadata).not.toHaveProperty('finalizers');
  });
});
