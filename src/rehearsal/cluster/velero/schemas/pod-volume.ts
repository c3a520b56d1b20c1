import { OBJECT_REFERENCE, type Shape } from '../../schema-shape.ts';

/** https://github.com/vmware-tanzu/velero/tree/v1.18.2/config/crd */
export const POD_VOLUME_BACKUP: Record<string, Shape> = {
  spec: {
    backupStorageLocation: 'string',
    cancel: 'boolean',
    node: 'string',
    pod: OBJECT_REFERENCE,
    repoIdentifier: 'string',
    tags: { '*': 'string' },
    uploaderSettings: { '*': 'string' },
    uploaderType: 'kopia|restic|',
    volume: 'string',
  },
  status: {
    acceptedTimestamp: 'string',
    completionTimestamp: 'string',
    incrementalBytes: 'integer',
    message: 'string',
    path: 'string',
    phase: 'New|Accepted|Prepared|InProgress|Canceling|Canceled|Completed|Failed',
    progress: { bytesDone: 'integer', totalBytes: 'integer' },
    snapshotID: 'string',
    startTimestamp: 'string',
  },
};

export const POD_VOLUME_RESTORE: Record<string, Shape> = {
  spec: {
    backupStorageLocation: 'string',
    cancel: 'boolean',
    pod: OBJECT_REFERENCE,
    repoIdentifier: 'string',
    snapshotID: 'string',
    snapshotSize: 'integer',
    sourceNamespace: 'string',
    uploaderSettings: { '*': 'string' },
    uploaderType: 'kopia|restic|',
    volume: 'string',
  },
  status: {
    acceptedTimestamp: 'string',
    completionTimestamp: 'string',
    message: 'string',
    node: 'string',
    phase: 'New|Accepted|Prepared|InProgress|Canceling|Canceled|Completed|Failed',
    progress: { bytesDone: 'integer', totalBytes: 'integer' },
    startTimestamp: 'string',
  },
};

export const BACKUP_REPOSITORY: Record<string, Shape> = {
  spec: {
    backupStorageLocation: 'string',
    maintenanceFrequency: 'string',
    repositoryConfig: { '*': 'string' },
    repositoryType: 'kopia|restic|',
    resticIdentifier: 'string',
    volumeNamespace: 'string',
  },
  status: {
    lastMaintenanceTime: 'string',
    message: 'string',
    phase: 'New|Ready|NotReady',
    recentMaintenance: [
      { completeTimestamp: 'string', message: 'string', result: 'Succeeded|Failed', startTimestamp: 'string' },
    ],
  },
};
