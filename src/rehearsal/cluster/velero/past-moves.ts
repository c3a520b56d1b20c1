import type { Random } from '../../kernel/random.ts';
import type { KubeObject } from '../host.ts';
import { SNAPSHOT_CLASSES } from '../snapshots/definitions.ts';
import type { Store } from '../store.ts';
import { type ArchivedItem, itemOf } from './backup/archive.ts';
import { dataUpload, movedClaim, uploadOperation } from './backup/data-upload.ts';
import { podVolumes } from './backup/volumes.ts';
import type { Operation } from './item-operations.ts';
import { stamp, uidOf } from './past-backup-object.ts';

/** A volume's data as it was moved. */
type Snapshot = { id: string; bytes: number; incrementalBytes: number };

type Given = {
  store: Store;
  random: Random;
  backup: KubeObject;
  items: ArchivedItem[];
  /** When the first was moved, and how long each took. */
  from: number;
  each: number;
  snapshot(namespace: string, source: string, pv: string, at: number): Snapshot;
};

/** What the tarball holds in the end, and the operations that brought it about. */
export type PastMoves = { items: ArchivedItem[]; operations: Operation[]; uploads: KubeObject[] };

/** The claims of a backup whose volumes go by snapshots. */
export function movableClaims(store: Store, spec: KubeObject, items: ArchivedItem[]): ArchivedItem[] {
  if (spec.snapshotMoveData !== true || spec.snapshotVolumes === false) return [];
  const byFiles = new Set(
    items.flatMap(({ resource, namespace, object }) => {
      if (resource !== 'pods') return [];
      const { chosen } = podVolumes(object, spec.defaultVolumesToFsBackup === true);
      const volumes: KubeObject[] = object.spec.volumes ?? [];
      return volumes.flatMap(({ name, persistentVolumeClaim }) =>
        persistentVolumeClaim && chosen.includes(name) ? [`${namespace}/${persistentVolumeClaim.claimName}`] : [],
      );
    }),
  );
  return items.filter(({ resource, namespace, name, object }) => {
    if (resource !== 'persistentvolumeclaims' || byFiles.has(`${namespace}/${name}`)) return false;
    const volume = store.get({ resource: 'persistentvolumes', name: object.spec.volumeName ?? '' });
    return volume?.spec.csi !== undefined;
  });
}

/** The movements of a settled past: all of them ended well. */
export function pastMoves(given: Given, claims: ArchivedItem[]): PastMoves {
  const moved = new Map<ArchivedItem, ArchivedItem>();
  const operations: Operation[] = [];
  const uploads: KubeObject[] = [];
  claims.forEach((item, index) => {
    const at = given.from + index * given.each;
    const upload = pastUpload(given, item.object, at);
    const { startTimestamp, completionTimestamp, progress } = upload.status;
    const operation = uploadOperation(given.backup, item.object, upload, startTimestamp);
    const { totalBytes } = progress;
    operations.push({
      spec: operation.spec,
      status: {
        phase: 'Completed',
        ...(totalBytes > 0 && { nCompleted: totalBytes, nTotal: totalBytes }),
        operationUnits: 'Bytes',
        description: 'Completed',
        created: startTimestamp,
        started: startTimestamp,
        updated: completionTimestamp,
      },
    });
    uploads.push(upload);
    moved.set(item, itemOf(item.resource, movedClaim(item.object, given.backup.metadata.name, upload)));
  });
  const ended = uploads.map((upload) => itemOf('datauploads.velero.io', upload));
  return { items: [...given.items.map((item) => moved.get(item) ?? item), ...ended], operations, uploads };
}

function pastUpload({ store, random, backup, snapshot, each }: Given, claim: KubeObject, at: number): KubeObject {
  const { namespace, name } = claim.metadata;
  const pv: string = claim.spec.volumeName;
  const { driver } = store.get({ resource: 'persistentvolumes', name: pv })?.spec.csi ?? {};
  const order = dataUpload({
    namespace: 'velero',
    backup,
    claim,
    snapshot: {
      name: `velero-${name}-${random.hex(5)}`,
      snapshotClass: store.list(SNAPSHOT_CLASSES).find((each) => each.driver === driver)?.metadata.name,
      driver,
    },
  });
  const { id, bytes, incrementalBytes } = snapshot(namespace, `${namespace}/${name}`, pv, at);
  const uid = uidOf(random);
  const started = stamp(at);
  return {
    ...order,
    metadata: {
      ...order.metadata,
      name: `${backup.metadata.name}-${random.hex(5)}`,
      uid,
      creationTimestamp: started,
    },
    status: {
      phase: 'Completed',
      acceptedTimestamp: started,
      startTimestamp: started,
      completionTimestamp: stamp(at + each),
      nodeOS: 'linux',
      path: `/${uid}`,
      progress: bytes > 0 ? { totalBytes: bytes, bytesDone: bytes } : {},
      snapshotID: id,
      ...(incrementalBytes > 0 && { incrementalBytes }),
    },
  };
}
