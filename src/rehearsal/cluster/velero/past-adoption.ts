import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { placeOf } from './kopia/repository.ts';
import type { Past } from './past-backups.ts';
import { knowledgeOf } from './velero.ts';

/**
 * Makes a cluster know these backups, as if they had been made here or synced long ago, by a location of that name.
 * Its schedules' last run is noted, where it has them, and the location is taken to have been available.
 */
export function adoptPastBackups(cluster: ControlPlane, { backups, latest }: Past, location: string): void {
  const { store } = cluster;
  const place = store.get({ resource: 'backupstoragelocations.velero.io', namespace: 'velero', name: location });
  if (place !== undefined) settle(cluster, latest, place);
  for (const { backup, podVolumeBackups } of backups) {
    const { uid: _uid, ...metadata } = backup.metadata;
    const labels = { ...metadata.labels, 'velero.io/storage-location': location };
    const spec = { ...backup.spec, storageLocation: location };
    const created = store.create({ ...backup, metadata: { ...metadata, labels }, spec });
    for (const part of podVolumeBackups) adoptVolume(cluster, part, created, location);
    const schedule = store.get({
      resource: 'schedules.velero.io',
      namespace: 'velero',
      name: labels['velero.io/schedule-name'],
    });
    if (schedule !== undefined)
      store.setStatus(schedule, { phase: 'Enabled', lastBackup: backup.status.startTimestamp });
  }
}

/** The location has long been found available, and kopia's caches are warm: its next snapshot writes only what is new. */
function settle(cluster: ControlPlane, latest: Past['latest'], place: KubeObject): void {
  const { bucket, prefix = '' } = place.spec.objectStorage;
  for (const [namespace, manifests] of latest)
    knowledgeOf(cluster).set(placeOf(bucket, prefix === '' ? '' : `${prefix}/`, namespace), new Map(manifests));
  const now = cluster.store.timestamp();
  cluster.store.setStatus(place, { phase: 'Available', lastSyncedTime: now, lastValidationTime: now });
}

function adoptVolume({ store }: ControlPlane, part: KubeObject, backup: KubeObject, location: string): void {
  const { uid } = backup.metadata;
  store.create({
    ...part,
    metadata: {
      ...part.metadata,
      labels: { ...part.metadata.labels, 'velero.io/backup-uid': uid },
      ownerReferences: part.metadata.ownerReferences.map((owner: KubeObject) => ({ ...owner, uid })),
    },
    spec: { ...part.spec, backupStorageLocation: location },
  });
}
