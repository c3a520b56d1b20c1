import type { KubeObject } from '../../host.ts';
import { printGoDuration } from '../go-duration.ts';
import { Lane } from '../lane.ts';
import { isWaiting, OperationsFollower } from '../operations-follower.ts';
import type { Server } from '../server.ts';
import { finalizeRestore } from './finalize.ts';
import { restoreOperations } from './operations.ts';
import { runRestore } from './run-restore.ts';
import { validate } from './validate.ts';

const FINALIZER = 'restores.velero.io/external-resources-finalizer';

/**
 * Restores, one at a time. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/restore_controller.go
 */
export class Restores {
  readonly #server: Server;
  readonly #lane: Lane;
  readonly #finalizing: Lane;
  readonly #operations: OperationsFollower;

  constructor(server: Server) {
    this.#server = server;
    this.#lane = new Lane(server.process);
    this.#finalizing = new Lane(server.process);
    this.#operations = new OperationsFollower(server, restoreOperations(server));
  }

  start(): void {
    this.#server.watch('Restore', (restore) => {
      const { uid, deletionTimestamp } = restore.metadata;
      const phase = restore.status?.phase ?? '';
      if (deletionTimestamp !== undefined) this.#lane.add(`delete ${uid}`, () => this.#cleanUp(uid));
      else if (phase === '' || phase === 'New') this.#lane.add(uid, () => this.#process(uid));
      else if (isWaiting(restore)) this.#operations.follow(restore);
      else if (phase === 'Finalizing' || phase === 'FinalizingPartiallyFailed')
        this.#finalizing.add(uid, async () => {
          const current = this.#server.store.byUid(uid);
          if (/^Finalizing/.test(current?.status?.phase ?? '')) await finalizeRestore(this.#server, current);
        });
    });
  }

  async #process(uid: string): Promise<void> {
    const server = this.#server;
    const restore = server.store.byUid(uid);
    if (restore === undefined || !['', 'New'].includes(restore.status?.phase ?? '')) return;
    const { namespace, name, finalizers = [] } = restore.metadata;
    const validated = validate(server, restore.spec, namespace);
    if ('errors' in validated) {
      const status = { phase: 'FailedValidation', validationErrors: validated.errors };
      server.setStatus(restore, status);
      server.cluster.host.record('velero', { restore: name, phase: status.phase, why: validated.errors.join('; ') });
      return;
    }
    const { backup } = validated;
    const scheduleName = restore.spec.scheduleName ?? backup.metadata.labels?.['velero.io/schedule-name'];
    const timeout = restore.spec.itemOperationTimeout;
    const byDefault = printGoDuration(server.options.operationTimeout);
    const started = server.update(restore, (current) => ({
      ...current,
      metadata: { ...current.metadata, finalizers: [...new Set([...finalizers, FINALIZER])] },
      spec: {
        ...current.spec,
        backupName: backup.metadata.name,
        ...(scheduleName && { scheduleName }),
        itemOperationTimeout: timeout === undefined || timeout === '0s' ? byDefault : timeout,
      },
      status: { ...current.status, phase: 'InProgress', startTimestamp: server.store.timestamp() },
    }));
    if (started === undefined) return;
    server.cluster.host.record('velero', { restore: name, phase: 'InProgress', backup: backup.metadata.name });
    await this.#run(started, validated);
  }

  async #run(
    restore: KubeObject,
    validated: Exclude<ReturnType<typeof validate>, { errors: string[] }>,
  ): Promise<void> {
    const server = this.#server;
    const outcome = await runRestore(server, restore, validated);
    if ('failure' in outcome) {
      const completionTimestamp = server.store.timestamp();
      server.setStatus(restore, { phase: 'Failed', failureReason: outcome.failure, completionTimestamp });
      server.cluster.host.record('velero', { restore: restore.metadata.name, phase: 'Failed', why: outcome.failure });
    } else server.setStatus(restore, outcome.status);
  }

  /** A deleted restore takes its files in the bucket along; while they cannot be deleted it stays. */
  async #cleanUp(uid: string): Promise<void> {
    const server = this.#server;
    const restore = server.store.byUid(uid);
    if (!restore?.metadata.finalizers?.includes(FINALIZER)) return;
    const backup = restore.spec.backupName ? server.find('Backup', restore.spec.backupName) : undefined;
    const location = backup && server.find('BackupStorageLocation', backup.spec.storageLocation);
    try {
      if (location !== undefined) {
        const store = server.objectStore(location);
        for (const key of await store.keys(`restores/${restore.metadata.name}/`)) await store.delete(key);
      }
    } catch (error) {
      server.cluster.host.record('velero', { notDeleted: restore.metadata.name, why: (error as Error).message });
      return;
    }
    server.update(restore, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        finalizers: current.metadata.finalizers.filter((name: string) => name !== FINALIZER),
      },
    }));
  }
}
