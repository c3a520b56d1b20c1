import { NotSimulated } from '../../../kernel/not-simulated.ts';
import type { KubeObject } from '../../host.ts';
import { Log } from '../log.ts';
import type { Server } from '../server.ts';
import type { ArchivedItem } from './archive.ts';
import { collect } from './collect.ts';
import { type BackupFiles, METADATA, metadata } from './files.ts';
import { runHooks } from './hooks.ts';
import { PodVolumeBackups } from './pod-volume-backups.ts';
import { resourceFilter } from './resource-filter.ts';
import { upload } from './upload.ts';
import { volumeInfo } from './volume-info.ts';

const EXISTS = 'backup already exists in object storage';

/**
 * Runs a backup whose moment is now: objects are read first, then volumes one after another, and what was found is
 * written at the end. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/backup_controller.go (runBackup)
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
    const { files, hooks } = await takeItems(server, backup, location, log);
    const total = files.archive.items.length;
    const phase = log.errors.count > 0 ? 'FinalizingPartiallyFailed' : 'Finalizing';
    const status = {
      progress: { totalItems: total, itemsBackedUp: total },
      hookStatus: hooks,
      ...(log.warnings.count > 0 && { warnings: log.warnings.count }),
      ...(log.errors.count > 0 && { errors: log.errors.count }),
    };
    running = { ...(server.store.byUid(uid) ?? backup), status: { ...running.status, ...status, phase } };
    await upload(store, running, files, server.cluster.random);
    const updated = server.setStatus(backup, { ...status, phase });
    if (updated !== undefined) await finalizeBackup(server, updated);
  } catch (error) {
    if (error instanceof NotSimulated) throw error;
    fail(server, backup, (error as Error).message);
  }
}

function fail(server: Server, backup: KubeObject, failureReason: string): void {
  server.setStatus(backup, { phase: 'Failed', failureReason, completionTimestamp: server.store.timestamp() });
  server.cluster.host.record('velero', { backup: backup.metadata.name, phase: 'Failed', why: failureReason });
}

/** The last write makes the backup one that other clusters see. */
export async function finalizeBackup(server: Server, backup: KubeObject): Promise<void> {
  const location = server.find('BackupStorageLocation', backup.spec.storageLocation);
  if (location === undefined) return;
  const { name } = backup.metadata;
  const phase = backup.status.phase === 'Finalizing' ? 'Completed' : 'PartiallyFailed';
  const completionTimestamp = server.store.timestamp();
  const final = { ...backup, status: { ...backup.status, phase, completionTimestamp } };
  try {
    await server.objectStore(location).put(`backups/${name}/${METADATA}`, metadata(final));
  } catch (error) {
    // The CR says so all the same; the bucket keeps "Finalizing" for ever. https://github.com/vmware-tanzu/velero/issues/6422
    server.cluster.host.record('velero', { backup: name, notFinal: (error as Error).message });
  }
  server.setStatus(backup, { phase, completionTimestamp });
  server.cluster.host.record('velero', { backup: name, phase });
}

async function takeItems(
  server: Server,
  backup: KubeObject,
  location: KubeObject,
  log: Log,
): Promise<{ files: BackupFiles; hooks: KubeObject }> {
  const { store } = server;
  const items = collect(store, backup.spec, resourceFilter(backup.spec, store.resources), log);
  log.info(`Collected ${items.length} items matching the backup spec from the Kubernetes API`);
  server.setStatus(backup, { progress: { totalItems: items.length } });
  const volumes = new PodVolumeBackups(server, backup, location, log);
  const hooks = { hooksAttempted: 0, hooksFailed: 0 };
  const taken: ArchivedItem[] = [];
  let untimed = 0;
  for (const item of items) {
    untimed++;
    if (item.resource !== 'pods') taken.push(item);
    else if (!volumes.concern(item.object) && !hooked(item.object, backup.spec)) taken.push(item);
    else {
      await server.process.takes('velero.backupItem', untimed);
      untimed = 0;
      if (await takePod(item, volumes, backup, hooks, log)) taken.push(item);
    }
  }
  await server.process.takes('velero.backupItem', untimed);
  log.info('Waiting for completion of PVB');
  const podVolumeBackups = volumes.finish();
  log.info(`Summary for skipped PVs: ${JSON.stringify(volumes.skipped.summary())}`);
  log.info(`Backed up a total of ${taken.length} items`);
  const info = volumeInfo(server, { spec: backup.spec, items: taken, skipped: volumes.skipped }, podVolumeBackups);
  const files: BackupFiles = {
    archive: { items: taken },
    podVolumeBackups,
    volumeInfo: () => info,
    itemOperations: [],
    results: { errors: log.errors.result, warnings: log.warnings.result },
    log: () => log.text(),
  };
  return { files, hooks: hooks.hooksAttempted === 0 ? {} : hooks };
}

const hooked = ({ metadata }: KubeObject, spec: KubeObject): boolean =>
  (spec.hooks?.resources?.length ?? 0) > 0 ||
  Object.keys(metadata.annotations ?? {}).some((name) => /^(pre|post)\.hook\.backup\.velero\.io\//.test(name));

/** A pod with its hooks and volumes; false when a hook that must succeed did not, and the pod stays out. */
async function takePod(
  item: ArchivedItem,
  volumes: PodVolumeBackups,
  backup: KubeObject,
  hooks: { hooksAttempted: number; hooksFailed: number },
  log: Log,
): Promise<boolean> {
  const goOn = runHooks('pre', item.object, backup.spec, hooks, log);
  if (goOn) await volumes.backUp(item.object);
  runHooks('post', item.object, backup.spec, hooks, log);
  return goOn;
}
