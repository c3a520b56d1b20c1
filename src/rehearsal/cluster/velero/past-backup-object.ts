import type { Random } from '../../kernel/random.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import type { ArchivedItem } from './backup/archive.ts';
import { goDuration, printGoDuration } from './go-duration.ts';
import type { Log } from './log.ts';

export type Ended = {
  spec: KubeObject;
  items: ArchivedItem[];
  log: Log;
  cluster: ControlPlane;
  uid: string;
  location: string;
  moment: number;
  ended: number;
  /** How many volumes' snapshots were moved. */
  moved: number;
};

/** The Backup as it was when it was done. */
export function finished(draft: KubeObject, at: Ended): KubeObject {
  const { spec, items, log } = at;
  const ttl = goDuration(spec.ttl ?? '0s') || goDuration('720h');
  const total = items.length;
  const version = at.cluster.host.version;
  return {
    ...draft,
    metadata: {
      ...draft.metadata,
      namespace: 'velero',
      uid: at.uid,
      creationTimestamp: stamp(at.moment),
      labels: { ...draft.metadata.labels, 'velero.io/storage-location': at.location },
      annotations: {
        ...draft.metadata.annotations,
        'velero.io/resource-timeout': '10m0s',
        'velero.io/source-cluster-k8s-gitversion': version,
        'velero.io/source-cluster-k8s-major-version': '1',
        'velero.io/source-cluster-k8s-minor-version': version.split('.')[1] ?? '',
      },
    },
    spec: {
      metadata: {},
      hooks: {},
      volumeGroupSnapshotLabelKey: 'velero.io/volume-group',
      csiSnapshotTimeout: '10m0s',
      itemOperationTimeout: '4h0m0s',
      snapshotMoveData: false,
      ...spec,
      ttl: printGoDuration(ttl),
      storageLocation: at.location,
    },
    status: {
      version: 1,
      formatVersion: '1.1.0',
      expiration: stamp(at.moment + ttl),
      phase: 'Completed',
      startTimestamp: stamp(at.moment),
      completionTimestamp: stamp(at.ended),
      progress: { totalItems: total, itemsBackedUp: total },
      ...(at.moved > 0 && { backupItemOperationsAttempted: at.moved, backupItemOperationsCompleted: at.moved }),
      hookStatus: {},
      ...(log.warnings.count > 0 && { warnings: log.warnings.count }),
    },
  };
}

export const stamp = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

export function uidOf(random: Random): string {
  const digits = random.hex(32);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}
