import type { KubeObject } from '../../host.ts';
import type { Followed } from '../operations-follower.ts';
import type { Server } from '../server.ts';
import { METADATA, metadata } from './files.ts';
import { finalizeBackup } from './finalize-backup.ts';

export const operationError = (error: string): string =>
  `${error === '' ? '' : `${error}, `}plugin: velero.io/csi-pvc-backupper`;

/** https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/backup_operations_controller.go */
export const backupOperations = (server: Server): Followed => ({
  kind: 'Backup',
  movement: 'DataUpload',
  locationOf: ({ spec }) => server.find('BackupStorageLocation', spec.storageLocation),
  file: (name) => `backups/${name}/${name}-itemoperations.json.gz`,
  tell: operationError,
  publish: (backup: KubeObject) => [[`backups/${backup.metadata.name}/${METADATA}`, metadata(backup)]],
  endsAt: (location) => {
    if (location === undefined) return { phase: 'PartiallyFailed', error: 'backup storage location not found' };
    return location.spec.accessMode === 'ReadOnly'
      ? { phase: 'PartiallyFailed', error: 'BSL is read-only' }
      : undefined;
  },
  finalize: (backup) => finalizeBackup(server, backup),
});
