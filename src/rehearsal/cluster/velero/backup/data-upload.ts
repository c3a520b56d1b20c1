import type { KubeObject } from '../../host.ts';
import type { Operation } from '../item-operations.ts';
import { labelValue } from '../label-value.ts';

type Given = {
  /** Velero's own. */
  namespace: string;
  backup: KubeObject;
  claim: KubeObject;
  /** The snapshot's name, its class and its driver. */
  snapshot: { name: string; snapshotClass: string | undefined; driver: string };
};

export const uploadOperationId = (backup: KubeObject, claim: KubeObject): string =>
  labelValue(`du-${backup.metadata.uid}.${claim.metadata.uid}`);

/** The order to move a snapshot's data. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/backup/actions/csi/pvc_action.go (newDataUpload) */
export function dataUpload({ namespace, backup, claim, snapshot }: Given): KubeObject {
  const { name, uid } = backup.metadata;
  const { datamover, storageLocation, csiSnapshotTimeout, uploaderConfig } = backup.spec;
  const parallel = uploaderConfig?.parallelFilesUpload;
  return {
    apiVersion: 'velero.io/v2alpha1',
    kind: 'DataUpload',
    metadata: {
      namespace,
      generateName: `${name}-`,
      ownerReferences: [{ apiVersion: 'velero.io/v1', kind: 'Backup', name, uid, controller: true }],
      labels: {
        'velero.io/backup-name': labelValue(name),
        'velero.io/backup-uid': uid,
        'velero.io/pvc-uid': claim.metadata.uid,
        'velero.io/async-operation-id': uploadOperationId(backup, claim),
      },
    },
    spec: {
      snapshotType: 'CSI',
      csiSnapshot: {
        volumeSnapshot: snapshot.name,
        storageClass: claim.spec.storageClassName,
        ...(snapshot.snapshotClass && { snapshotClass: snapshot.snapshotClass }),
        driver: snapshot.driver,
      },
      sourcePVC: claim.metadata.name,
      ...(datamover && { datamover }),
      backupStorageLocation: storageLocation,
      sourceNamespace: claim.metadata.namespace,
      ...(parallel > 0 && { dataMoverConfig: { ParallelFilesUpload: String(parallel) } }),
      operationTimeout: csiSnapshotTimeout,
    },
  };
}

/** The claim as it goes into the backup: it names its snapshot and its upload. */
export function movedClaim(claim: KubeObject, backupName: string, upload: KubeObject): KubeObject {
  const snapshot = upload.spec.csiSnapshot.volumeSnapshot;
  const { metadata } = claim;
  return {
    ...claim,
    metadata: {
      ...metadata,
      annotations: {
        ...metadata.annotations,
        'velero.io/volume-snapshot-name': snapshot,
        'backup.velero.io/must-include-additional-items': 'true',
        'velero.io/data-upload-name': `${upload.metadata.namespace}/${upload.metadata.name}`,
      },
      labels: {
        ...metadata.labels,
        'velero.io/volume-snapshot-name': snapshot,
        'velero.io/backup-name': backupName,
      },
    },
  };
}

export function uploadOperation(backup: KubeObject, claim: KubeObject, upload: KubeObject, created: string): Operation {
  const { namespace, name } = claim.metadata;
  const item = { Group: 'velero.io', Resource: 'datauploads', Namespace: upload.metadata.namespace };
  return {
    spec: {
      backupName: backup.metadata.name,
      backupUID: backup.metadata.uid,
      backupItemAction: 'velero.io/csi-pvc-backupper',
      resourceIdentifier: { Group: '', Resource: 'persistentvolumeclaims', Namespace: namespace, Name: name },
      operationID: uploadOperationId(backup, claim),
      postOperationItems: [{ ...item, Name: upload.metadata.name }],
    },
    status: { phase: 'New', created },
  };
}
