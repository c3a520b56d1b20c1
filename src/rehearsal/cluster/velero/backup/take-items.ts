import { NotSimulated } from '../../../kernel/not-simulated.ts';
import type { KubeObject } from '../../host.ts';
import { claimsOf } from '../../pods.ts';
import type { Log } from '../log.ts';
import type { Server } from '../server.ts';
import { type ArchivedItem, itemOf } from './archive.ts';
import { ClaimSnapshots } from './claim-snapshots.ts';
import { collect } from './collect.ts';
import { runHooks } from './hooks.ts';
import { PodVolumeBackups } from './pod-volume-backups.ts';
import { resourceFilter } from './resource-filter.ts';

const CLAIMS = 'persistentvolumeclaims';

/** One backup's items, taken one after another: pods with their hooks and volumes, claims with their snapshots. */
export class ItemTaker {
  readonly volumes: PodVolumeBackups;
  readonly snapshots: ClaimSnapshots;
  readonly #server: Server;
  readonly #backup: KubeObject;
  readonly #log: Log;
  readonly #hooks = { hooksAttempted: 0, hooksFailed: 0 };
  /** Pods that stay out because of a claim, and why. */
  readonly #failed = new Map<string, string>();
  #untimed = 0;

  constructor(server: Server, backup: KubeObject, location: KubeObject, log: Log) {
    this.#server = server;
    this.#backup = backup;
    this.#log = log;
    this.volumes = new PodVolumeBackups(server, backup, location, log);
    this.snapshots = new ClaimSnapshots(server, backup, this.volumes.skipped);
  }

  get hookStatus(): KubeObject {
    return this.#hooks.hooksAttempted === 0 ? {} : this.#hooks;
  }

  async takeAll(): Promise<ArchivedItem[]> {
    const { store } = this.#server;
    const { spec } = this.#backup;
    const items = collect(store, spec, resourceFilter(spec, store.resources), this.#log);
    this.#log.info(`Collected ${items.length} items matching the backup spec from the Kubernetes API`);
    this.#server.setStatus(this.#backup, { progress: { totalItems: items.length } });
    const taken: ArchivedItem[] = [];
    for (const item of items) {
      this.#untimed++;
      const kept = await this.#take(item, items);
      if (kept !== undefined) taken.push(kept);
    }
    await this.#pass();
    return taken;
  }

  async #take(item: ArchivedItem, items: ArchivedItem[]): Promise<ArchivedItem | undefined> {
    if (item.resource === CLAIMS && this.snapshots.enabled) return this.#takeClaim(item, items);
    if (item.resource !== 'pods') return item;
    const why = this.#failed.get(item.object.metadata.uid);
    if (why !== undefined) {
      this.#fail(item, why);
      return undefined;
    }
    if (!this.volumes.concern(item.object) && !hooked(item.object, this.#backup.spec)) return item;
    await this.#pass();
    return (await this.#takePod(item)) ? item : undefined;
  }

  /** What cannot be snapshotted stays out, and so does the pod that brought it along. */
  async #takeClaim(item: ArchivedItem, items: ArchivedItem[]): Promise<ArchivedItem | undefined> {
    await this.#pass();
    try {
      const object = await this.snapshots.take(item.object);
      return object === item.object ? item : itemOf(item.resource, object);
    } catch (error) {
      if (error instanceof NotSimulated) throw error;
      const why = `error executing custom action (groupResource=${CLAIMS}, namespace=${item.namespace}, name=${item.name}): rpc error: code = Unknown desc = ${(error as Error).message}`;
      const pod = items.find(
        ({ resource, namespace, object }) =>
          resource === 'pods' && namespace === item.namespace && [...claimsOf(object).values()].includes(item.name),
      );
      if (pod === undefined) this.#fail(item, why);
      else {
        this.volumes.noteOptedOut(pod.object);
        this.#failed.set(pod.object.metadata.uid, why);
      }
      return undefined;
    }
  }

  #fail({ resource, namespace, name }: ArchivedItem, error: string): void {
    this.#log.error('Error backing up item', { resource, namespace, name, error });
  }

  /** A pod with its hooks and volumes; false when a hook that must succeed did not, and the pod stays out. */
  async #takePod({ object }: ArchivedItem): Promise<boolean> {
    const { spec } = this.#backup;
    const goOn = runHooks('pre', object, spec, this.#hooks, this.#log);
    if (goOn) await this.volumes.backUp(object);
    runHooks('post', object, spec, this.#hooks, this.#log);
    return goOn;
  }

  /** The time that the items since the last wait have taken. */
  async #pass(): Promise<void> {
    const many = this.#untimed;
    this.#untimed = 0;
    await this.#server.process.takes('velero.backupItem', many);
  }
}

const hooked = ({ metadata }: KubeObject, spec: KubeObject): boolean =>
  (spec.hooks?.resources?.length ?? 0) > 0 ||
  Object.keys(metadata.annotations ?? {}).some((name) => /^(pre|post)\.hook\.backup\.velero\.io\//.test(name));
