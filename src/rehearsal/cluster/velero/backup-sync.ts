import type { KubeObject } from '../host.ts';
import { same } from '../same.ts';
import { METADATA } from './backup/files.ts';
import { goDuration } from './go-duration.ts';
import { resourceOf } from './kinds.ts';
import { Lane } from './lane.ts';
import { isAvailable } from './locations.ts';
import type { ObjectStore } from './object-store.ts';
import type { Server } from './server.ts';

const LOOK_MS = 60_000;
/** How much later each look is: the next is counted from the end of the one before. */
const DRIFT_MS = 2;

/** Written by a backup that is not done: not synced before it expires, and then only to be deleted. */
const INCOMPLETE = [
  ...['WaitingForPluginOperations', 'WaitingForPluginOperationsPartiallyFailed'],
  ...['Finalizing', 'FinalizingPartiallyFailed'],
];

/**
 * Makes Backup objects of what lies in the buckets of available locations, read-only ones too. A backup is looked
 * at once: what is missing of it at that moment, the cluster never learns.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/backup_sync_controller.go
 */
export class BackupSync {
  readonly #server: Server;
  readonly #lane: Lane;
  /** By location: the listing that left nothing to do, until a backup changes here. */
  readonly #settled = new Map<string, string[]>();

  constructor(server: Server) {
    this.#server = server;
    this.#lane = new Lane(server.process);
  }

  start(): void {
    this.#server.process.onEnd(this.#server.store.watch(resourceOf('Backup'), () => this.#settled.clear()));
    this.#server.process.every(LOOK_MS + DRIFT_MS, () => {
      const locations = this.#server.list('BackupStorageLocation');
      locations.sort((a, b) => Number(b.spec.default ?? false) - Number(a.spec.default ?? false));
      for (const location of locations) if (this.#due(location)) this.#enqueue(location.metadata.uid);
    });
  }

  #due({ spec, status }: KubeObject): boolean {
    let period = this.#server.options.backupSyncPeriod;
    if (spec.backupSyncPeriod !== undefined) {
      const own = goDuration(spec.backupSyncPeriod);
      if (own === 0) return false;
      if (own > 0) period = own;
    }
    return !status?.lastSyncedTime || this.#server.cluster.now >= Date.parse(status.lastSyncedTime) + period;
  }

  #enqueue(uid: string): void {
    this.#lane.add(uid, async () => {
      const location = this.#server.store.byUid(uid);
      if (location !== undefined && isAvailable(location)) await this.#sync(location);
    });
  }

  async #sync(location: KubeObject): Promise<void> {
    const server = this.#server;
    const store = server.objectStore(location);
    let names: string[];
    try {
      names = await store.directories('backups/');
    } catch {
      return;
    }
    if (!same(this.#settled.get(location.metadata.uid), names)) {
      const known = new Set(server.list('Backup').map((backup) => backup.metadata.name));
      const unknown = names.filter((name) => !known.has(name));
      for (const name of unknown) await this.#take(location, store, name);
      this.#dropOrphans(location, new Set(names));
      if (unknown.length === 0) this.#settled.set(location.metadata.uid, names);
    }
    server.setStatus(location, { lastSyncedTime: server.store.timestamp() });
  }

  /** What cannot be read now is tried again at the next sync. */
  async #take(location: KubeObject, store: ObjectStore, name: string): Promise<void> {
    const path = `backups/${name}/`;
    try {
      if (!(await store.exists(path + METADATA))) return;
      const found = await store.json(path + METADATA);
      const backup = this.#adopted(found, location);
      if (backup === undefined || this.#server.find('Backup', name) !== undefined) return;
      const created = this.#server.store.create(backup);
      this.#server.cluster.host.record('velero', { synced: name, phase: backup.status?.phase });
      const volumes = (await store.zipped(`${path}${name}-podvolumebackups.json.gz`)) ?? [];
      for (const volume of volumes) this.#adoptVolume(volume, created, location);
    } catch (error) {
      this.#server.cluster.host.record('velero', { notSynced: name, why: (error as Error).message });
    }
  }

  #adopted(found: KubeObject, location: KubeObject): KubeObject | undefined {
    let status = found.status;
    if (INCOMPLETE.includes(status?.phase)) {
      if (!(Date.parse(status.expiration ?? '') <= this.#server.cluster.now)) return undefined;
      status = { ...status, phase: 'PartiallyFailed' };
    }
    const { resourceVersion: _version, ownerReferences, ...metadata } = found.metadata;
    const owners = (ownerReferences ?? []).filter(
      ({ kind, name, uid }: KubeObject) =>
        kind !== 'Schedule' || this.#server.find('Schedule', name)?.metadata.uid === uid,
    );
    return {
      ...found,
      metadata: {
        ...metadata,
        namespace: this.#server.namespace,
        labels: { ...metadata.labels, 'velero.io/storage-location': location.metadata.name },
        ...(owners.length > 0 && { ownerReferences: owners }),
      },
      spec: { ...found.spec, storageLocation: location.metadata.name },
      status,
    };
  }

  #adoptVolume(found: KubeObject, backup: KubeObject, location: KubeObject): void {
    const { resourceVersion: _version, ...metadata } = found.metadata;
    if (this.#server.find('PodVolumeBackup', metadata.name) !== undefined) return;
    const { name, uid } = backup.metadata;
    const ownerReferences = metadata.ownerReferences?.map((owner: KubeObject) =>
      owner.kind === 'Backup' && owner.name === name ? { ...owner, uid } : owner,
    );
    this.#server.store.create({
      apiVersion: 'velero.io/v1',
      kind: 'PodVolumeBackup',
      ...found,
      metadata: {
        ...metadata,
        namespace: this.#server.namespace,
        ...(ownerReferences && { ownerReferences }),
        labels: {
          ...metadata.labels,
          ...(metadata.labels?.['velero.io/backup-uid'] && { 'velero.io/backup-uid': uid }),
        },
      },
      spec: { ...found.spec, backupStorageLocation: location.metadata.name },
    });
  }

  /** Backups that ended and are no longer in the bucket. A Failed one stays for ever. */
  #dropOrphans(location: KubeObject, names: Set<string>): void {
    for (const backup of this.#server.list('Backup')) {
      if (backup.metadata.labels?.['velero.io/storage-location'] !== location.metadata.name) continue;
      if (!['Completed', 'PartiallyFailed'].includes(backup.status?.phase) || names.has(backup.metadata.name)) continue;
      this.#server.store.remove(this.#server.store.refOf(backup));
    }
  }
}
