import type { KubeObject } from '../host.ts';
import { labelValue } from './label-value.ts';
import { Lane } from './lane.ts';
import { isAvailable } from './locations.ts';
import { forgetMoved } from './moved-expiry.ts';
import { isWaiting } from './operations-follower.ts';
import { openRepository } from './repositories.ts';
import type { Server } from './server.ts';

const FAILURE = 'velero.io/gc-failure';
const HOUR = 3_600_000;
const RESTORES_TIMEOUT_MS = 60_000;

/**
 * Has expired backups deleted, and deletes what it is asked to: kopia forgets the snapshots, then the files go, then
 * the object. Nothing of a read-only location is ever deleted, so expired backups pile up there.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/gc_controller.go, backup_deletion_controller.go
 */
export class Expiry {
  readonly #server: Server;
  readonly #lane: Lane;

  constructor(server: Server) {
    this.#server = server;
    this.#lane = new Lane(server.process);
  }

  start(): void {
    const { disabled, garbageCollectionFrequency } = this.#server.options;
    if (!disabled.has('backup-deletion')) {
      this.#server.watch('DeleteBackupRequest', (request, old) => {
        if (old === undefined) this.#lane.add(request.metadata.uid, () => this.#delete(request));
      });
      this.#server.process.every(HOUR, () => this.#dropOldRequests());
    }
    if (disabled.has('gc')) return;
    this.#server.watch('Backup', (backup, old) => {
      if (old === undefined) this.#collect(backup);
    });
    this.#server.process.every(garbageCollectionFrequency, () => {
      for (const backup of this.#server.list('Backup')) this.#collect(backup);
    });
  }

  #collect(backup: KubeObject): void {
    const server = this.#server;
    const { expiration } = backup.status ?? {};
    if (expiration === undefined || Date.parse(expiration) > server.cluster.now) return;
    const location = server.find('BackupStorageLocation', backup.spec.storageLocation);
    const readOnly = location?.spec.accessMode === 'ReadOnly';
    if (location === undefined || (readOnly && isAvailable(location)))
      this.#label(backup, readOnly ? 'BSLReadOnly' : 'BSLNotFound');
    else if (isAvailable(location)) this.#request(backup);
  }

  #request(backup: KubeObject): void {
    const server = this.#server;
    const { name, uid } = backup.metadata;
    const pending = server
      .list('DeleteBackupRequest')
      .some(({ spec, status }) => spec.backupName === name && ['', 'New', 'InProgress'].includes(status?.phase ?? ''));
    if (pending) return;
    server.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'DeleteBackupRequest',
      metadata: {
        namespace: server.namespace,
        generateName: `${name}-`,
        labels: { 'velero.io/backup-name': labelValue(name), 'velero.io/backup-uid': uid },
      },
      spec: { backupName: name },
    });
  }

  #label(backup: KubeObject, why: string): void {
    if (backup.metadata.labels?.[FAILURE] === why) return;
    this.#server.update(backup, (current) => ({
      ...current,
      metadata: { ...current.metadata, labels: { ...current.metadata.labels, [FAILURE]: why } },
    }));
  }

  async #delete(given: KubeObject): Promise<void> {
    const server = this.#server;
    const request = server.store.byUid(given.metadata.uid);
    if (request === undefined || ['Processed', 'InProgress'].includes(request.status?.phase)) return;
    const backup = server.find('Backup', request.spec.backupName);
    const location = backup && server.find('BackupStorageLocation', backup.spec.storageLocation);
    const refusal = refusalOf(request, backup, location);
    if (refusal !== undefined || backup === undefined || location === undefined)
      return this.#processed(request, [refusal ?? 'backup not found']);
    server.setStatus(request, { phase: 'InProgress' });
    server.setStatus(backup, { phase: 'Deleting' });
    const errors: string[] = [];
    await this.#forget(backup, location).catch((error: Error) => errors.push(error.message));
    if (backup.spec.snapshotMoveData)
      await forgetMoved(server, backup, location).catch((error: Error) => errors.push(error.message));
    if (errors.length === 0)
      await this.#deleteFiles(backup, location).catch((error: Error) => errors.push(error.message));
    await this.#deleteRestores(backup);
    if (errors.length > 0) return this.#processed(request, errors);
    if (server.store.byUid(backup.metadata.uid)) server.store.remove(server.store.refOf(backup));
    if (server.store.byUid(request.metadata.uid)) server.store.remove(server.store.refOf(request));
    server.cluster.host.record('velero', { deleted: backup.metadata.name });
  }

  #processed(request: KubeObject, errors: string[]): void {
    this.#server.setStatus(request, { phase: 'Processed', errors });
    const { backupName } = request.spec;
    this.#server.cluster.host.record('velero', { notDeleted: backupName, why: errors.join('; ') });
  }

  async #forget(backup: KubeObject, location: KubeObject): Promise<void> {
    const server = this.#server;
    const parts = server
      .list('PodVolumeBackup')
      .filter(
        ({ metadata, status }) =>
          metadata.labels?.['velero.io/backup-name'] === labelValue(backup.metadata.name) && status?.snapshotID,
      );
    for (const { spec, status } of parts) {
      const repository = openRepository(server, spec.pod.namespace, server.objectStore(location));
      const id = await repository.connect(server.password);
      if (id !== undefined) await repository.forget(id, status.snapshotID);
    }
  }

  async #deleteFiles(backup: KubeObject, location: KubeObject): Promise<void> {
    const store = this.#server.objectStore(location);
    for (const key of await store.keys(`backups/${backup.metadata.name}/`)) await store.delete(key);
  }

  async #deleteRestores(backup: KubeObject): Promise<void> {
    const server = this.#server;
    const mine = (): KubeObject[] =>
      server.list('Restore').filter(({ spec }) => spec.backupName === backup.metadata.name);
    for (const restore of mine()) server.store.remove(server.store.refOf(restore));
    for (let waited = 0; mine().length > 0 && waited < RESTORES_TIMEOUT_MS; waited += 1000)
      await server.process.sleep(1000);
  }

  /** Requests that were dealt with go after a day. */
  #dropOldRequests(): void {
    const { store, cluster } = this.#server;
    for (const request of this.#server.list('DeleteBackupRequest')) {
      const age = cluster.now - Date.parse(request.metadata.creationTimestamp);
      if (request.status?.phase === 'Processed' && age >= 24 * HOUR) store.remove(store.refOf(request));
    }
  }
}

function refusalOf(
  { spec }: KubeObject,
  backup: KubeObject | undefined,
  location: KubeObject | undefined,
): string | undefined {
  if (!spec.backupName) return 'spec.backupName is required';
  if (backup === undefined) return 'backup not found';
  const running = ['InProgress', 'Finalizing', 'FinalizingPartiallyFailed', 'ReadyToStart'];
  if (isWaiting(backup ?? {})) return 'backup is still in progress';
  if (running.includes(backup.status?.phase)) return 'backup is still in progress';
  const { storageLocation } = backup.spec;
  if (location === undefined) return `backup storage location ${storageLocation} not found`;
  if (location.spec.accessMode === 'ReadOnly')
    return `cannot delete backup because backup storage location ${storageLocation} is currently in read-only mode`;
  if (!isAvailable(location))
    return `cannot delete backup because backup storage location ${storageLocation} is currently in Unavailable state`;
  return undefined;
}
