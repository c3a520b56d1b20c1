import type { Cancel } from '../../kernel/kernel.ts';
import type { KubeObject } from '../host.ts';
import { same } from '../same.ts';
import { goDuration } from './go-duration.ts';
import { Lane } from './lane.ts';
import type { Server } from './server.ts';

/** Whether a location is due is looked at this often. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/backup_storage_location_controller.go */
const LOOK_MS = 10_000;

export const isAvailable = (location: KubeObject): boolean => location.status?.phase === 'Available';

/**
 * Validates the backup storage locations: when one is made or its spec changes, and then regularly. "Available"
 * means no more than that the bucket could be listed and has no foreign directory at its root.
 */
export class Locations {
  readonly #server: Server;
  readonly #lane: Lane;
  readonly #startedAt: number;
  readonly #timers = new Map<string, Cancel>();

  constructor(server: Server) {
    this.#server = server;
    this.#lane = new Lane(server.process);
    this.#startedAt = server.cluster.now;
  }

  start(): void {
    this.#server.watch('BackupStorageLocation', (location, old) => {
      if (old === undefined || !same(location.spec, old.spec)) this.#enqueue(location);
    });
  }

  #enqueue(location: KubeObject): void {
    const { uid } = location.metadata;
    this.#timers.get(uid)?.();
    this.#lane.add(uid, async () => {
      const current = this.#server.store.byUid(uid);
      if (current !== undefined) await this.#validate(current);
    });
  }

  async #validate(location: KubeObject): Promise<void> {
    const server = this.#server;
    this.#keepOneDefault(location);
    let message: string | undefined;
    try {
      if (!server.hasPlugin)
        throw new Error(`unable to locate ObjectStore plugin named velero.io/${location.spec.provider}`);
      await server.objectStore(location).validate();
    } catch (error) {
      message = `BackupStorageLocation "${location.metadata.name}" is unavailable: ${(error as Error).message}`;
    }
    const phase = message === undefined ? 'Available' : 'Unavailable';
    const changed = location.status?.phase !== phase;
    const updated = server.update(location, (current) => {
      const { message: _old, ...status } = current.status ?? {};
      const lastValidationTime = server.store.timestamp();
      return {
        ...current,
        status: { ...status, phase, lastValidationTime, ...(message !== undefined && { message }) },
      };
    });
    if (changed) server.cluster.host.record('velero', { location: location.metadata.name, phase, message });
    if (updated !== undefined) this.#plan(updated);
  }

  /** At the first look after the frequency has passed; times in objects are whole seconds. */
  #plan(location: KubeObject): void {
    const { uid } = location.metadata;
    const frequency = frequencyOf(location, this.#server.options.validationFrequency);
    if (frequency === 0) return;
    const now = this.#server.cluster.now;
    const due = Math.floor(now / 1000) * 1000 + frequency;
    const looks = Math.ceil((Math.max(due, now + 1) - this.#startedAt) / LOOK_MS);
    const delay = this.#startedAt + looks * LOOK_MS - now;
    const { process } = this.#server;
    const cancel = this.#server.cluster.after(delay, () => {
      if (!process.ended) this.#enqueue(location);
    });
    this.#timers.set(uid, cancel);
  }

  /** The one validated last wins. */
  #keepOneDefault(location: KubeObject): void {
    if (!location.spec.default) return;
    for (const other of this.#server.list('BackupStorageLocation'))
      if (other.spec.default && other.metadata.uid !== location.metadata.uid) {
        const newer = (other.status?.lastValidationTime ?? '') > (location.status?.lastValidationTime ?? '');
        const loser = newer ? location : other;
        this.#server.update(loser, (current) => ({ ...current, spec: { ...current.spec, default: false } }));
      }
  }
}

function frequencyOf({ spec }: KubeObject, otherwise: number): number {
  if (spec.validationFrequency === undefined) return otherwise;
  const frequency = goDuration(spec.validationFrequency);
  return frequency < 0 ? otherwise : frequency;
}
