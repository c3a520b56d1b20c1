import type { KubeObject } from '../host.ts';
import type { Content } from '../volumes.ts';
import { claimOf } from './backup/volumes.ts';
import { Agent } from './data-movement/agent.ts';
import { RestoreExposer } from './data-movement/expose-restore.ts';
import { SnapshotExposer } from './data-movement/expose-snapshot.ts';
import { Movements } from './data-movement/movements.ts';
import type { DoneMarkers } from './done-markers.ts';
import { resourceOf } from './kinds.ts';
import { type Knowledge, PartialData } from './kopia/repository.ts';
import { type AgentConfig, agentConfig } from './node-agent-config.ts';
import { DataPaths } from './node-agent-paths.ts';
import { ObjectStore } from './object-store.ts';
import type { Process } from './process.ts';
import { openRepository } from './repositories.ts';
import { RESTORE_WAIT } from './restore/pod-action.ts';
import { seesNoVolumes } from './silence.ts';

const MEGABYTE = 1_000_000;
/** Of a volume's overhead: before its data moves, after it moved, and until the node takes the next. */
const BEFORE = 0.2;
const AFTER = 0.2;
const BETWEEN = 0.6;

/**
 * `velero node-agent server`: moves the data of the volumes of its node's pods to and from kopia, as many at a time
 * as it is configured for (one).
 * https://github.com/vmware-tanzu/velero/tree/v1.18.2/pkg/controller (pod_volume_backup_controller.go, pod_volume_restore_controller.go)
 */
export class NodeAgent {
  readonly #process: Process;
  readonly #node: string;
  readonly #namespace: string;
  readonly #knowledge: Knowledge;
  readonly #done: DoneMarkers;
  readonly #waiting = new Map<string, (object: KubeObject) => Promise<void>>();
  readonly #running = new Set<string>();
  readonly #paths: DataPaths;
  readonly #config: AgentConfig;

  constructor(process: Process, args: string[], knowledge: Knowledge, done: DoneMarkers) {
    this.#process = process;
    this.#node = process.env('NODE_NAME') ?? process.given.pod.spec.nodeName;
    this.#namespace = process.env('VELERO_NAMESPACE') ?? process.namespace;
    this.#knowledge = knowledge;
    this.#done = done;
    this.#config = agentConfig(process.cluster, this.#namespace, this.#node, args);
    this.#paths = new DataPaths(this.#config.concurrency);
  }

  get cluster() {
    return this.#process.cluster;
  }

  get knowledge(): Knowledge {
    return this.#knowledge;
  }

  start(): void {
    const { store } = this.cluster;
    for (const kind of ['PodVolumeBackup', 'PodVolumeRestore']) {
      const see = (object: KubeObject): void => this.#see(kind, object);
      this.#process.onEnd(
        store.watch(resourceOf(kind), ({ type, object }) => void (type !== 'DELETED' && see(object))),
      );
      for (const object of store.list(resourceOf(kind), { namespace: this.#namespace })) this.#adopt(kind, object);
    }
    const cancel = store.watch('pods', ({ type, object }) => {
      if (type !== 'DELETED' && object.spec.nodeName === this.#node && waits(object)) this.#podWaits(object);
    });
    this.#process.onEnd(cancel);
    this.#paths.onFree(() => this.#next());
    const agent = new Agent(this.#process, this.#node, this.#namespace, this.#config);
    for (const exposer of [new SnapshotExposer(agent), new RestoreExposer(agent)])
      new Movements(agent, exposer, this.#paths).start();
  }

  /** What an agent before this one left undone on this node ends with it. */
  #adopt(kind: string, object: KubeObject): void {
    const phase = object.status?.phase ?? '';
    const mine = (object.status?.node ?? object.spec.node) === this.#node;
    if (mine && ['Accepted', 'Prepared', 'InProgress'].includes(phase))
      this.#end(
        object,
        'Failed',
        `found a ${kind.toLowerCase()} with status "${phase}" during the node-agent starting, mark it as failed`,
      );
    else this.#see(kind, object);
  }

  #see(kind: string, object: KubeObject): void {
    const { uid } = object.metadata;
    if (!['', 'New'].includes(object.status?.phase ?? '')) return;
    if (this.#waiting.has(uid) || this.#running.has(uid)) return;
    if (kind === 'PodVolumeBackup') {
      if (object.spec.node === this.#node) this.#enqueue(object, (current) => this.#backUp(current));
      return;
    }
    const pod = this.cluster.store.byUid(object.spec.pod.uid);
    if (pod?.spec.nodeName === this.#node && waits(pod)) this.#enqueue(object, (current) => this.#restore(current));
  }

  #podWaits(pod: KubeObject): void {
    const labelSelector = `velero.io/pod-uid=${pod.metadata.uid}`;
    for (const object of this.cluster.store.list(resourceOf('PodVolumeRestore'), {
      namespace: this.#namespace,
      labelSelector,
    }))
      this.#see('PodVolumeRestore', object);
  }

  #enqueue(object: KubeObject, work: (current: KubeObject) => Promise<void>): void {
    this.#waiting.set(object.metadata.uid, work);
    this.#next();
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined || !this.#paths.take()) return;
    const [uid, work] = first;
    this.#waiting.delete(uid);
    this.#running.add(uid);
    this.#process.spawn(async () => {
      const object = this.cluster.store.byUid(uid);
      if (object?.spec.cancel) this.#end(object, 'Canceled', object.status?.message);
      else if (object !== undefined) await work(object);
      this.#running.delete(uid);
      this.#paths.release();
    });
  }

  async #backUp(object: KubeObject): Promise<void> {
    const overhead = await this.#accept(object);
    const { pod: reference, volume } = object.spec;
    try {
      const { store, latencies } = { ...this.cluster.host, store: this.cluster.store };
      const pod = store.byUid(reference.uid);
      const content = this.#contentOf(pod, volume);
      const totalBytes = content.bytes;
      this.#status(object, { phase: 'InProgress', startTimestamp: store.timestamp(), path: `/${object.metadata.uid}` });
      let done: KubeObject = { message: 'volume was empty so no data was upload', progress: {} };
      // An empty directory has no snapshot: there will be nothing to restore.
      if (totalBytes > 0) {
        const { repository, id } = await this.#connect(object, reference.namespace);
        const source = `${reference.namespace}/${claimOf(pod, volume) ?? `${reference.name}/${volume}`}`;
        const { manifest, incrementalBytes } = await repository.snapshot(id, source, content);
        await this.#process.sleep((incrementalBytes / MEGABYTE) * latencies.draw('velero.backupMegabyte'));
        const progress = { totalBytes, bytesDone: totalBytes };
        done = { snapshotID: manifest.id, progress, ...(incrementalBytes > 0 && { incrementalBytes }) };
      }
      await this.#process.sleep(overhead * AFTER);
      this.#status(object, { ...done, phase: 'Completed', completionTimestamp: store.timestamp() });
    } catch (error) {
      this.#end(object, 'Failed', `data path backup failed: ${(error as Error).message}`);
    }
  }

  async #restore(object: KubeObject): Promise<void> {
    const overhead = await this.#accept(object);
    const { pod: reference, volume, snapshotID, sourceNamespace } = object.spec;
    const { store } = this.cluster;
    this.#status(object, { phase: 'InProgress', startTimestamp: store.timestamp() });
    try {
      const { repository, id } = await this.#connect(object, sourceNamespace);
      const content = await repository.read(id, snapshotID);
      await this.#move(content.bytes);
      this.#fill(reference.uid, volume, content);
      await this.#process.sleep(overhead * AFTER);
      const progress = { totalBytes: content.bytes, bytesDone: content.bytes };
      this.#status(object, { phase: 'Completed', completionTimestamp: store.timestamp(), progress });
      this.#done.add(object.metadata.labels['velero.io/restore-uid'], reference.uid, volume);
    } catch (error) {
      if (error instanceof PartialData)
        this.#fill(reference.uid, volume, { lastWrite: null, bytes: error.bytes, origin: '' });
      this.#end(object, 'Failed', `data path restore failed: Failed to run kopia restore: ${(error as Error).message}`);
    }
    await this.#process.sleep(overhead * BETWEEN);
  }

  async #accept(object: KubeObject): Promise<number> {
    const overhead = this.cluster.host.latencies.draw('velero.volumeOverhead');
    const acceptedTimestamp = this.cluster.store.timestamp();
    const restores = object.kind === 'PodVolumeRestore';
    this.#status(object, { phase: 'Accepted', acceptedTimestamp, ...(restores && { node: this.#node }) });
    await this.#process.sleep(overhead * BEFORE);
    return overhead;
  }

  #move(bytes: number): Promise<void> {
    return this.#process.sleep((bytes / MEGABYTE) * this.cluster.host.latencies.draw('velero.restoreMegabyte'));
  }

  async #connect(object: KubeObject, volumeNamespace: string) {
    const { store } = this.cluster;
    const name: string = object.spec.backupStorageLocation;
    const location = store.get({ resource: resourceOf('BackupStorageLocation'), namespace: this.#namespace, name });
    if (location === undefined) throw new Error(`error to get backup storage location ${name}`);
    const repository = openRepository(this, volumeNamespace, new ObjectStore(this.#process, location));
    const id = await repository.connect(this.#password());
    if (id === undefined)
      throw new Error(
        'error to initialize the repository: error to connect backup repo: repository not initialized in the provided storage',
      );
    return { repository, id };
  }

  #password(): string {
    const ref = { resource: 'secrets', namespace: this.#namespace, name: 'velero-repo-credentials' };
    const secret = this.cluster.store.get(ref);
    return Buffer.from(secret?.data?.['repository-password'] ?? '', 'base64').toString();
  }

  #contentOf(pod: KubeObject | undefined, volume: string): Content {
    const pv = pod === undefined ? undefined : this.#pvOf(pod, volume);
    const nothing = { lastWrite: null, bytes: 0, origin: `${this.cluster.host.name}/${volume}` };
    if (pv === undefined || seesNoVolumes(this.cluster)) return nothing;
    if (!this.cluster.volumes.has(pv))
      throw new Error(
        `error exposing host path for pod volume: error identifying unique volume path on host for volume ${volume} in pod ${pod?.metadata.name}: expected one matching path, got 0`,
      );
    return this.cluster.volumes.snapshot(pv);
  }

  /** Puts the data into the volume that the pod has here; into a volume without a claim it goes unseen. */
  #fill(podUid: string, volume: string, content: Content): void {
    const pod = this.cluster.store.byUid(podUid);
    const pv = pod === undefined ? undefined : this.#pvOf(pod, volume);
    if (pv !== undefined && this.cluster.volumes.has(pv)) this.cluster.volumes.fill(pv, content);
  }

  #pvOf(pod: KubeObject, volume: string): string | undefined {
    const claim = claimOf(pod, volume);
    if (claim === undefined) return undefined;
    const { namespace } = pod.metadata;
    return this.cluster.store.get({ resource: 'persistentvolumeclaims', namespace, name: claim })?.spec.volumeName;
  }

  #end(object: KubeObject, phase: string, message: string | undefined): void {
    const completionTimestamp = this.cluster.store.timestamp();
    this.#status(object, { phase, completionTimestamp, ...(message && { message }) });
    this.cluster.host.record('velero', { [object.kind]: object.metadata.name, phase, why: message });
  }

  #status(object: KubeObject, status: KubeObject): void {
    const current = this.cluster.store.byUid(object.metadata.uid);
    if (current !== undefined) this.cluster.store.update({ ...current, status: { ...current.status, ...status } });
  }
}

/** Whether the pod's init container waits for its volumes. */
const waits = ({ status }: KubeObject): boolean =>
  status?.initContainerStatuses?.some(
    ({ name, state }: KubeObject) => name === RESTORE_WAIT && state?.running !== undefined,
  ) === true;
