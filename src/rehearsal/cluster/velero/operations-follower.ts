import type { KubeObject } from '../host.ts';
import { goDuration } from './go-duration.ts';
import { type Operation, progressOf } from './item-operations.ts';
import { type Content, zipped } from './object-store.ts';
import type { Server } from './server.ts';

/** What differs between the operations of backups and those of restores. */
export type Followed = {
  kind: 'Backup' | 'Restore';
  movement: 'DataUpload' | 'DataDownload';
  /** Where the files are; undefined when that cannot be found out any more. */
  locationOf(object: KubeObject): KubeObject | undefined;
  file(name: string): string;
  tell(error: string): string;
  /** What is written beside the operations when a phase ends. */
  publish(object: KubeObject): [key: string, content: Content][];
  /** Why it cannot go on at that location, and the phase that it ends in. */
  endsAt(location: KubeObject | undefined): { phase: string; error: string } | undefined;
  finalize(object: KubeObject): Promise<void>;
};

/**
 * Looks at what waits for its operations, every few seconds while there is anything. What it knows of them it has from
 * the bucket, so that it goes on after a restart.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/backup_operations_controller.go, restore_operations_controller.go
 */
export class OperationsFollower {
  readonly #server: Server;
  readonly #followed: Followed;
  readonly #startedAt: number;
  readonly #busy = new Set<string>();
  readonly #known = new Map<string, Operation[]>();

  constructor(server: Server, followed: Followed) {
    this.#server = server;
    this.#followed = followed;
    this.#startedAt = server.cluster.now;
  }

  follow({ metadata }: KubeObject): void {
    const { uid } = metadata;
    if (this.#busy.has(uid)) return;
    this.#busy.add(uid);
    this.#server.process.spawn(async () => {
      for (;;) {
        await this.#untilNextLook();
        const object = this.#server.store.byUid(uid);
        if (object === undefined || !isWaiting(object) || (await this.#look(object))) break;
      }
      this.#busy.delete(uid);
      this.#known.delete(uid);
    });
  }

  #untilNextLook(): Promise<void> {
    const { process, cluster, options } = this.#server;
    const every = options.operationsFrequency;
    return process.sleep(every - ((cluster.now - this.#startedAt) % every));
  }

  /** Whether it is over. What the bucket refuses is tried again at the next look. */
  async #look(object: KubeObject): Promise<boolean> {
    const server = this.#server;
    const { uid, name } = object.metadata;
    const location = this.#followed.locationOf(object);
    const end = this.#followed.endsAt(location);
    if (end !== undefined || location === undefined) return this.#endEarly(object, end);
    const store = server.objectStore(location);
    const file = this.#followed.file(name);
    try {
      const known = this.#known.get(uid) ?? (await store.zipped(file)) ?? [];
      const timeout = goDuration(object.spec.itemOperationTimeout);
      const { movement: kind, tell } = this.#followed;
      const progress = progressOf(server, known, { kind, timeout, tell });
      const next = advanced(object, this.#followed.kind, progress);
      if (progress.errors.length > 0 || !progress.open) {
        for (const [key, content] of this.#followed.publish(next)) await store.put(key, content);
        await store.put(file, zipped(progress.operations));
      }
      this.#known.set(uid, progress.operations);
      server.setStatus(object, next.status);
      if (progress.open) return false;
      await this.#followed.finalize(next);
      return true;
    } catch (error) {
      server.cluster.host.record('velero', { operationsOf: name, why: (error as Error).message });
      return false;
    }
  }

  #endEarly(object: KubeObject, end: { phase: string; error: string } | undefined): boolean {
    const errors = (object.status.errors ?? 0) + 1;
    this.#server.setStatus(object, { phase: end?.phase, errors });
    const { name } = object.metadata;
    this.#server.cluster.host.record('velero', { operationsOf: name, phase: end?.phase, why: end?.error });
    return true;
  }
}

export const isWaiting = ({ status }: KubeObject): boolean => /^WaitingForPluginOperations/.test(status?.phase ?? '');

function advanced(
  object: KubeObject,
  kind: 'Backup' | 'Restore',
  { open, completed, failed, errors }: ReturnType<typeof progressOf>,
): KubeObject {
  const count = (object.status.errors ?? 0) + errors.length;
  const partly = errors.length > 0 || object.status.phase.endsWith('PartiallyFailed');
  const phase = `${open ? 'WaitingForPluginOperations' : 'Finalizing'}${partly ? 'PartiallyFailed' : ''}`;
  return {
    ...object,
    status: { ...object.status, phase, ...countsOf(kind, completed, failed), ...(count > 0 && { errors: count }) },
  };
}

/** `backupItemOperationsCompleted` and the like; none is left out. */
export function countsOf(kind: 'Backup' | 'Restore', completed: number, failed: number): KubeObject {
  const prefix = `${kind.toLowerCase()}ItemOperations`;
  return {
    ...(completed > 0 && { [`${prefix}Completed`]: completed }),
    ...(failed > 0 && { [`${prefix}Failed`]: failed }),
  };
}
