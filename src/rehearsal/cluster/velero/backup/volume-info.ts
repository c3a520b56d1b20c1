import { NotSimulated } from '../../../kernel/not-simulated.ts';
import type { KubeObject } from '../../host.ts';
import type { Store } from '../../store.ts';
import type { Server } from '../server.ts';
import type { ArchivedItem } from './archive.ts';
import { claimOf, type SkippedVolumes } from './volumes.ts';

/** What is known of a backup's volumes; a volume that a native snapshot would have to be taken of is refused. */
export function volumeInfo(
  server: Server,
  items: ArchivedItem[],
  podVolumeBackups: KubeObject[],
  skipped: SkippedVolumes,
): KubeObject[] {
  const native = server.list('VolumeSnapshotLocation').length > 0;
  return volumeInfoOf(server.store, items, podVolumeBackups, skipped, (pv) => {
    if (!native) return;
    const missing = new NotSimulated(`a native snapshot of the volume ${pv}`);
    server.cluster.host.kernel.fail(missing);
    throw missing;
  });
}

/**
 * `-volumeinfo.json.gz`: of each persistent volume, whether and how its data was backed up.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/internal/volume/volumes_information.go
 */
export function volumeInfoOf(
  store: Store,
  items: ArchivedItem[],
  podVolumeBackups: KubeObject[],
  skipped: SkippedVolumes,
  untouched: (pv: string) => void = () => {},
): KubeObject[] {
  const volumes = new Map<string, KubeObject>();
  for (const { resource, name, object } of items) if (resource === 'persistentvolumes') volumes.set(name, object);
  const pods = new Map<string, KubeObject>();
  for (const { resource, object } of items) if (resource === 'pods') pods.set(object.metadata.uid, object);
  const backedUp = podVolumeBackups.map((object) => backedUpInfo(store, object, pods, volumes));
  const known = new Set([...backedUp.map(({ pvName }) => pvName), ...skipped.summary().map(([pv]) => pv)]);
  for (const [pv] of volumes) {
    if (known.has(pv)) continue;
    untouched(pv);
    skipped.skip(pv, 'volumeSnapshot', 'no applicable volumesnapshotter found');
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
