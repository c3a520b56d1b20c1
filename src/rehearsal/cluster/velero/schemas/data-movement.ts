import type { Shape } from '../../schema-shape.ts';

/** https://github.com/vmware-tanzu/velero/tree/v1.18.2/config/crd */
export const DATA_UPLOAD: Record<string, Shape> = {
  spec: {
    backupStorageLocation: 'string',
    cancel: 'boolean',
    csiSnapshot: { driver: 'string', snapshotClass: 'string', storageClass: 'string', volumeSnapshot: 'string' },
    dataMoverConfig: { '*': 'string' },
    datamover: 'string',
    operationTimeout: 'string',
    snapshotType: 'string',
    sourceNamespace: 'string',
    sourcePVC: 'string',
  },
  status: {
    acceptedByNode: 'string',
    acceptedTimestamp: 'string',
    completionTimestamp: 'string',
    dataMoverResult: { '*': 'string' },
    incrementalBytes: 'integer',
    message: 'string',
    node: 'string',
    nodeOS: 'auto|linux|windows',
    path: 'string',
    phase: 'New|Accepted|Prepared|InProgress|Canceling|Canceled|Completed|Failed',
    progress: { bytesDone: 'integer', totalBytes: 'integer' },
    snapshotID: 'string',
    startTimestamp: 'string',
  },
};

export const DATA_DOWNLOAD: Record<string, Shape> = {
  spec: {
    backupStorageLocation: 'string',
    cancel: 'boolean',
    dataMoverConfig: { '*': 'string' },
    datamover: 'string',
    nodeOS: 'auto|linux|windows',
    operationTimeout: 'string',
    snapshotID: 'string',
    snapshotSize: 'integer',
    sourceNamespace: 'string',
    targetVolume: { namespace: 'string', pv: 'string', pvc: 'string' },
  },
  status: {
    acceptedByNode: 'string',
    acceptedTimestamp: 'string',
    completionTimestamp: 'string',
    message: 'string',
    node: 'string',
    phase: 'New|Accepted|Prepared|InProgress|Canceling|Canceled|Completed|Failed',
    progress: { bytesDone: 'integer', totalBytes: 'integer' },
    startTimestamp: 'string',
  },
};
