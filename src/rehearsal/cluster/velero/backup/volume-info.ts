import type { KubeObject } from '../../host.ts';
import type { Store } from '../../store.ts';
import { refuse } from '../refuse.ts';
import type { Server } from '../server.ts';
import type { ArchivedItem } from './archive.ts';
import { claimOf, NO_SNAPSHOT, type SkippedVolumes } from './volumes.ts';

/** What a backup took, and why it did not take the rest. */
type Taken = { spec: KubeObject; items: ArchivedItem[]; skipped: SkippedVolumes };

/** What is known of a backup's volumes; a volume that a snapshot would have to be taken of is refused. */
export function volumeInfo(server: Server, taken: Taken, podVolumeBackups: KubeObject[]): KubeObject[] {
  const csi = server.options.features.includes('EnableCSI');
  const native = server.list('VolumeSnapshotLocation').length > 0;
  return volumeInfoOf(server.store, taken, podVolumeBackups, (pv) => {
    if (csi || native) refuse(server.cluster.host, `a ${csi ? 'CSI' : 'native'} snapshot of the volume ${pv}`);
  });
}

/**
 * `-volumeinfo.json.gz`: of each persistent volume, whether and how its data was backed up.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/internal/volume/volumes_information.go
 */
export function volumeInfoOf(
  store: Store,
  { spec, items, skipped }: Taken,
  podVolumeBackups: KubeObject[],
  snapshotWanted: (pv: string) => void = () => {},
): KubeObject[] {
  const volumes = new Map<string, KubeObject>();
  for (const { resource, name, object } of items) if (resource === 'persistentvolumes') volumes.set(name, object);
  const pods = new Map<string, KubeObject>();
  for (const { resource, object } of items) if (resource === 'pods') pods.set(object.metadata.uid, object);
  const backedUp = podVolumeBackups.map((object) => backedUpInfo(store, object, pods, volumes));
  const known = new Set(backedUp.map(({ pvName }) => pvName));
  for (const [pv] of volumes) {
    if (known.has(pv) || skipped.withoutSnapshot(pv)) continue;
    if (spec.snapshotVolumes !== false) snapshotWanted(pv);
    const reason = spec.snapshotVolumes === false ? NO_SNAPSHOT : 'no applicable volumesnapshotter found';
    skipped.skip(pv, 'volumeSnapshot', reason);
  }
  const skippedInfo = skipped.summary().flatMap(([pv, reason]) => {
    const volume = volumes.get(pv);
    if (volume === undefined) return [];
    return [{ ...claimInfo(volume), ...PLAIN, skipped: true, skippedReason: reason, ...pvInfo(volume) }];
  });
  return [...skippedInfo, ...backedUp];
}

const PLAIN = { snapshotDataMoved: false, preserveLocalSnapshot: false };

const claimInfo = ({ metadata, spec }: KubeObject): KubeObject => ({
  pvcName: spec.claimRef?.name ?? '',
  pvcNamespace: spec.claimRef?.namespace ?? '',
  pvName: metadata.name,
});

const pvInfo = ({ metadata, spec }: KubeObject): KubeObject => ({
  pvInfo: { reclaimPolicy: spec.persistentVolumeReclaimPolicy ?? 'Delete', labels: metadata.labels ?? null },
});

function backedUpInfo(
  store: Store,
  { spec, status }: KubeObject,
  pods: Map<string, KubeObject>,
  volumes: Map<string, KubeObject>,
): KubeObject {
  const pod = pods.get(spec.pod.uid);
  const claim = pod === undefined ? undefined : claimOf(pod, spec.volume);
  const { namespace } = spec.pod;
  const bound = claim && store.get({ resource: 'persistentvolumeclaims', namespace, name: claim })?.spec.volumeName;
  const volume = bound === undefined ? undefined : volumes.get(bound);
  const { snapshotID = '', progress, incrementalBytes, phase, startTimestamp, completionTimestamp } = status ?? {};
  return {
    ...(volume === undefined ? {} : claimInfo(volume)),
    backupMethod: 'PodVolumeBackup',
    ...PLAIN,
    skipped: false,
    ...(startTimestamp && { startTimestamp }),
    ...(completionTimestamp && { completionTimestamp }),
    result: phase === 'Completed' ? 'succeeded' : 'failed',
    pvbInfo: {
      snapshotHandle: snapshotID,
      size: progress?.totalBytes ?? 0,
      ...(incrementalBytes && { incrementalSize: incrementalBytes }),
      uploaderType: 'kopia',
      volumeName: spec.volume,
      podName: spec.pod.name,
      podNamespace: namespace,
      nodeName: spec.node,
      Phase: phase ?? '',
    },
    ...(volume === undefined ? {} : pvInfo(volume)),
  };
}
