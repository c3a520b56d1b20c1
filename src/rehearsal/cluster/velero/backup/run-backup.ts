import { NotSimulated } from '../../../kernel/not-simulated.ts';
import type { KubeObject } from '../../host.ts';
import { goDuration } from '../go-duration.ts';
import { progressOf } from '../item-operations.ts';
import { Log } from '../log.ts';
import { countsOf } from '../operations-follower.ts';
import type { Server } from '../server.ts';
import { type BackupFiles, METADATA } from './files.ts';
import { finalizeBackup } from './finalize-backup.ts';
import { operationError } from './operations.ts';
import { ItemTaker } from './take-items.ts';
import { upload } from './upload.ts';
import { volumeInfo } from './volume-info.ts';

const EXISTS = 'backup already exists in object storage';

/**
 * Runs a backup whose moment is now: objects are read first, then volumes one after another, and what was found is
 * written at the end. Moving data may go on after that: then the backup waits for it, and others may run.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/backup_controller.go (runBackup)
 */
export async function runBackup(server: Server, backup: KubeObject): Promise<void> {
  const { name, namespace, uid } = backup.metadata;
  const location = server.find('BackupStorageLocation', backup.spec.storageLocation);
  if (location === undefined) return;
  const store = server.objectStore(location);
  let running = backup;
  try {
    if (await store.exists(`backups/${name}/${METADATA}`)) throw new Error(EXISTS);
    const log = new Log(`backup=${namespace}/${name}`, () => server.cluster.now);
    const { files, hooks, operations } = await takeItems(server, backup, location, log);
    const total = files.archive.items.length;
    const waiting = operations.open ? 'WaitingForPluginOperations' : 'Finalizing';
    const phase = log.errors.count > 0 ? `${waiting}PartiallyFailed` : waiting;
    const attempted = operations.operations.length;
    const status = {
      progress: { totalItems: total, itemsBackedUp: total },
      hookStatus: hooks,
      ...(log.warnings.count > 0 && { warnings: log.warnings.count }),
      ...(log.errors.count > 0 && { errors: log.errors.count }),
      ...(attempted > 0 && { backupItemOperationsAttempted: attempted }),
      ...countsOf('Backup', operations.completed, operations.failed),
    };
    running = { ...(server.store.byUid(uid) ?? backup), status: { ...running.status, ...status, phase } };
    await upload(store, running, files, server.cluster.random);
    const updated = server.setStatus(backup, { ...status, phase });
    if (updated !== undefined && !operations.open) await finalizeBackup(server, updated);
  } catch (error) {
    if (error instanceof NotSimulated) throw error;
    fail(server, backup, (error as Error).message);
  }
}

function fail(server: Server, backup: KubeObject, failureReason: string): void {
  server.setStatus(backup, { phase: 'Failed', failureReason, completionTimestamp: server.store.timestamp() });
  server.cluster.host.record('velero', { backup: backup.metadata.name, phase: 'Failed', why: failureReason });
}

async function takeItems(server: Server, backup: KubeObject, location: KubeObject, log: Log) {
  const taker = new ItemTaker(server, backup, location, log);
  const taken = await taker.takeAll();
  const { skipped } = taker.volumes;
  log.info('Waiting for completion of PVB');
  const podVolumeBackups = taker.volumes.finish();
  log.info(`Summary for skipped PVs: ${JSON.stringify(skipped.summary())}`);
  log.info(`Backed up a total of ${taken.length} items`);
  const timeout = goDuration(backup.spec.itemOperationTimeout);
  const moves = { kind: 'DataUpload', timeout, tell: operationError } as const;
  const operations = progressOf(server, taker.snapshots.operations, moves);
  for (const error of operations.errors) log.error(error);
  const info = volumeInfo(
    server,
    { spec: backup.spec, items: taken, skipped, operations: operations.operations },
    podVolumeBackups,
    log,
  );
  const files: BackupFiles = {
    archive: { items: taken },
    podVolumeBackups,
    volumeInfo: () => info,
    itemOperations: operations.operations,
    results: { errors: log.errors.result, warnings: log.warnings.result },
    log: () => log.text(),
  };
  return { files, hooks: taker.hookStatus, operations };
}
