import type { Shape } from '../../schema-shape.ts';

/** https://github.com/vmware-tanzu/velero/tree/v1.18.2/config/crd */
export const DELETE_BACKUP_REQUEST: Record<string, Shape> = {
  spec: { backupName: 'string' },
  status: { errors: ['string'], phase: 'New|InProgress|Processed' },
};

export const DOWNLOAD_REQUEST: Record<string, Shape> = {
  spec: {
    target: {
      kind: 'BackupLog|BackupContents|BackupVolumeSnapshots|BackupItemOperations|BackupResourceList|BackupResults|RestoreLog|RestoreResults|RestoreResourceList|RestoreItemOperations|CSIBackupVolumeSnapshots|CSIBackupVolumeSnapshotContents|BackupVolumeInfos|RestoreVolumeInfo',
      name: 'string',
    },
  },
  status: { downloadURL: 'string', expiration: 'string', phase: 'New|Processed' },
};

export const SERVER_STATUS_REQUEST: Record<string, Shape> = {
  spec: 'any',
  status: {
    phase: 'New|Processed',
    plugins: [{ kind: 'string', name: 'string' }],
    processedTimestamp: 'string',
    serverVersion: 'string',
  },
};
