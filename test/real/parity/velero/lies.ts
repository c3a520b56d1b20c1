import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { type VeleroRig, velero } from '../../../rehearsal/cluster/velero/velero-rig.ts';
import { WEST_BUCKET } from './platform.ts';

const MINUTE_MS = 60_000;

/** A twin in which Velero would be kinder than it is. */
export type Lie = (rig: VeleroRig) => void;

/** What came after a backup was synced is found all the same: whatever lacks its volumes is forgotten, and synced anew. */
export const syncLooksAgainEachMinute: Lie = ({ east, kernel }) => {
  kernel.every(MINUTE_MS, () => {
    const volumes = east.store.list('podvolumebackups.velero.io');
    for (const { metadata } of east.store.list('backups.velero.io'))
      if (!volumes.some((each) => each.metadata.labels['velero.io/backup-name'] === metadata.name))
        east.store.remove({ resource: 'backups.velero.io', namespace: 'velero', name: metadata.name });
  });
};

/** Whatever data is missing when a restore begins is there when it is read. */
export const aMissingPackRestoresFine: Lie = ({ east, s3 }) => {
  onPhase(east, 'InProgress', () => {
    const location = velero(east, 'backupstoragelocations', 'default');
    for (const object of s3.list(WEST_BUCKET))
      if (/\/kopia\/[^/]+\/p/.test(object.key)) s3.find(location.spec.objectStorage.bucket)?.add(object.replica());
  });
};

/** Each restore puts into the volumes what the backup holds, whoever has written to them. */
export const volumesRefreshOnASecondRestore: Lie = ({ east, west }) => {
  onPhase(east, 'Completed', () => {
    for (const claim of east.store.list('persistentvolumeclaims')) {
      const { namespace, name } = claim.metadata;
      const original = west.store.get({ resource: 'persistentvolumeclaims', namespace, name });
      east.volumes.fill(claim.spec.volumeName, west.volumes.snapshot(original.spec.volumeName));
    }
  });
};

function onPhase(east: VeleroRig['east'], phase: string, act: () => void): void {
  east.store.watch('restores.velero.io', ({ object, old }: { object: KubeObject; old?: KubeObject }) => {
    if (object.status?.phase === phase && old?.status?.phase !== phase) act();
  });
}
