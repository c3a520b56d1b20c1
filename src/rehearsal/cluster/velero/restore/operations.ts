import type { Followed } from '../operations-follower.ts';
import type { Server } from '../server.ts';

export const operationsFile = (name: string): string => `restores/${name}/restore-${name}-itemoperations.json.gz`;

/** https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/restore_operations_controller.go */
export const restoreOperations = (server: Server): Followed => ({
  kind: 'Restore',
  movement: 'DataDownload',
  locationOf: ({ spec }) => {
    const backup = server.find('Backup', spec.backupName);
    return backup && server.find('BackupStorageLocation', backup.spec.storageLocation);
  },
  file: operationsFile,
  tell: (error) => error,
  publish: () => [],
  endsAt: (location) =>
    location === undefined ? { phase: 'FinalizingPartiallyFailed', error: 'backup info is unavailable' } : undefined,
  // The new phase is what the finalizer waits for.
  finalize: () => Promise.resolve(),
});
