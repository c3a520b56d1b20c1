import type { KubeObject } from '../../host.ts';
import type { Store } from '../../store.ts';
import type { Operation } from '../item-operations.ts';
import type { Log } from '../log.ts';
import { refuse } from '../refuse.ts';
import type { Server } from '../server.ts';
import type { ArchivedItem } from './archive.ts';
import { claimOf, NO_SNAPSHOT, type SkippedVolumes } from './volumes.ts';

/** What a backup took, and why it did not take the rest. */
type Taken = { spec: KubeObject; items: ArchivedItem[]; skipped: SkippedVolumes; operations?: Operation[] };

/** What is to be done about a volume that no backup of files has; true when it has been seen to. */
type Snapshotted = (volume: KubeObject) => boolean;

/** What is known of a backup's volumes; one that a native snapshot would have to be taken of is refused. */
export function volumeInfo(server: Server, taken: Taken, podVolumeBackups: KubeObject[], log: Log): KubeObject[] {
  const csi = server.options.features.includes('EnableCSI');
  const native = server.list('VolumeSnapshotLocation').length > 0;
  const known = volumeInfoOf(server.store, taken, podVolumeBackups, ({ metadata, spec }) => {
    if (csi && spec.csi !== undefined) return true;
    if (taken.spec.snapshotMoveData) {
      log.warn("VolumeSnapshotter plugin doesn't support data movement.", {
        resource: 'persistentvolumes',
        namespace: '',
        name: metadata.name,
      });
    }
    if (native) refuse(server.cluster.host, `a native snapshot of the volume ${metadata.name}`);
    return false;
  });
  const moved = (taken.operations ?? []).flatMap(({ spec }) => {
    const upload = server.find('DataUpload', spec.postOperationItems[0]?.Name ?? '');
    return upload === undefined ? [] : movedInfo(taken.items, spec, upload);
  });
  return [...known, ...moved];
}

/** A volume whose snapshot's data is being moved. */
export function movedInfo(items: ArchivedItem[], operation: KubeObject, { spec, status }: KubeObject): KubeObject[] {
  const { Namespace, Name } = operation.resourceIdentifier;
  const volume = items.find(
    ({ resource, object }) =>
      resource === 'persistentvolumes' &&
      object.spec.claimRef?.namespace === Namespace &&
      object.spec.claimRef?.name === Name,
  )?.object;
  if (volume === undefined) return [];
  const { startTimestamp, phase = '' } = status ?? {};
  return [
    {
      ...claimInfo(volume),
      backupMethod: 'CSISnapshot',
      snapshotDataMoved: true,
      preserveLocalSnapshot: false,
      skipped: false,
      ...(startTimestamp && { startTimestamp }),
      csiSnapshotInfo: {
        snapshotHandle: 'unknown',
        size: 0,
        driver: spec.csiSnapshot.driver,
        vscName: 'unknown',
        operationID: 'unknown',
        ReadyToUse: null,
      },
      snapshotDataMovementInfo: {
        dataMover: spec.datamover || 'velero',
        uploaderType: 'kopia',
        snapshotHandle: '',
        operationID: operation.operationID,
        size: 0,
        Phase: phase,
      },
      ...pvInfo(volume),
    },
  ];
}

/** The same, once the uploads have ended. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/backup/backup.go (updateVolumeInfos) */
export function updatedByUpload(known: KubeObject[], uploads: KubeObject[]): KubeObject[] {
  return known.map((info) => {
    const upload = uploads.find(
      ({ spec }) => spec.sourcePVC === info.pvcName && spec.sourceNamespace === info.pvcNamespace,
    );
    if (upload === undefined || info.snapshotDataMovementInfo === undefined) return info;
    const { phase, completionTimestamp, snapshotID = '', progress, incrementalBytes } = upload.status ?? {};
    return {
      ...info,
      ...(completionTimestamp && { completionTimestamp }),
      result: phase === 'Completed' ? 'succeeded' : 'failed',
      snapshotDataMovementInfo: {
        ...info.snapshotDataMovementInfo,
        retainedSnapshot: upload.spec.csiSnapshot.volumeSnapshot,
        snapshotHandle: snapshotID,
        size: progress?.totalBytes ?? 0,
        ...(incrementalBytes && { incrementalSize: incrementalBytes }),
        Phase: phase,
      },
    };
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
  snapshotted: Snapshotted = () => false,
): KubeObject[] {
  const volumes = new Map<string, KubeObject>();
  for (const { resource, name, object } of items) if (resource === 'persistentvolumes') volumes.set(name, object);
  const pods = new Map<string, KubeObject>();
  for (const { resource, object } of items) if (resource === 'pods') pods.set(object.metadata.uid, object);
  const backedUp = podVolumeBackups.map((object) => backedUpInfo(store, object, pods, volumes));
  const known = new Set(backedUp.map(({ pvName }) => pvName));
  for (const [pv, volume] of volumes) {
    if (known.has(pv) || skipped.withoutSnapshot(pv)) continue;
    if (spec.snapshotVolumes !== false && snapshotted(volume)) continue;
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
