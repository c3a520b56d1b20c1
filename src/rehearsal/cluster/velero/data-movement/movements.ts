import { NotSimulated } from '../../../kernel/not-simulated.ts';
import type { KubeObject } from '../../host.ts';
import { resourceOf } from '../kinds.ts';
import { Lane } from '../lane.ts';
import type { DataPaths } from '../node-agent-paths.ts';
import type { Agent } from './agent.ts';
import type { Exposer, MoverResult } from './exposer.ts';
import { CANCELLED } from './mover.ts';
import { podEnded, unrecoverable } from './mover-end.ts';
import { cancel, EXPOSING, end, FINALIZER, guard, isBuiltIn, isFinal, phaseOf, record, setStatus } from './state.ts';

/** https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/data_upload_controller.go */
const LOOK_MS = 60_000;
const REQUEUE_MS = 5_000;
const CANCEL_DELAY_MS = { InProgress: 3_600_000, others: 300_000 };

/**
 * The DataUploads or DataDownloads of all nodes, as one node's agent sees to them: whichever comes first accepts one, and
 * that on whose node the mover's pod runs watches over it. One worker: while it exposes a volume, everything else of its
 * kind waits for it. The pod goes on by itself when the agent restarts.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/data_upload_controller.go, data_download_controller.go
 */
export class Movements {
  readonly #agent: Agent;
  readonly #exposer: Exposer;
  readonly #paths: DataPaths;
  readonly #lane: Lane;
  readonly #moving = new Set<string>();
  readonly #cancelSeen = new Map<string, number>();
  #begun = false;

  constructor(agent: Agent, exposer: Exposer, paths: DataPaths) {
    this.#agent = agent;
    this.#exposer = exposer;
    this.#paths = paths;
    this.#lane = new Lane(agent.process);
  }

  start(): void {
    const { process, store, namespace } = this.#agent;
    const resource = resourceOf(this.#exposer.kind);
    const stop = store.watch(resource, ({ type, object }) => {
      if (type !== 'DELETED' && object.metadata.namespace === namespace) this.#see(object);
    });
    process.onEnd(stop);
    for (const movement of store.list(resource, { namespace })) {
      this.#see(movement);
      if (phaseOf(movement) === 'InProgress' && movement.status.node === this.#agent.node) this.#resume(movement);
    }
  }

  #see(movement: KubeObject): void {
    if (!isBuiltIn(movement)) return;
    this.#begin();
    this.#enqueue(movement.metadata.uid);
  }

  /** Pods are looked at only once there is anything to move. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { process, store, node, namespace } = this.#agent;
    const stop = store.watch('pods', ({ type, object }) => {
      const mine = object.spec.nodeName === node && object.metadata.namespace === namespace;
      if (type === 'MODIFIED' && mine && object.metadata.labels?.[this.#exposer.label] !== undefined)
        this.#podChanged(object);
    });
    process.onEnd(stop);
    process.every(LOOK_MS, () => {
      for (const movement of store.list(resourceOf(this.#exposer.kind), { namespace }))
        if (phaseOf(movement) === 'Accepted' || (movement.spec.cancel && !isFinal(movement)))
          this.#enqueue(movement.metadata.uid);
    });
  }

  #enqueue(uid: string): void {
    this.#lane.add(uid, () => this.#reconcile(uid));
  }

  #later(uid: string): void {
    const { process } = this.#agent;
    process.spawn(async () => {
      await process.sleep(REQUEUE_MS);
      this.#enqueue(uid);
    });
  }

  #podChanged(pod: KubeObject): void {
    const { store, namespace, node } = this.#agent;
    const name = pod.metadata.labels[this.#exposer.label];
    const movement = store.get({ resource: resourceOf(this.#exposer.kind), namespace, name });
    if (movement === undefined || phaseOf(movement) !== 'Accepted') return;
    const why = unrecoverable(pod);
    if (pod.status?.phase === 'Running') setStatus(this.#agent, movement, { phase: 'Prepared', node });
    else if (why !== undefined)
      cancel(
        this.#agent,
        movement,
        `Cancel ${movement.kind.toLowerCase()} because the exposing pod ${namespace}/${name} is in abnormal status for reason ${why}`,
      );
  }

  async #reconcile(uid: string): Promise<void> {
    const movement = this.#agent.store.byUid(uid);
    if (movement === undefined) return;
    const { finalizers = [], deletionTimestamp } = movement.metadata;
    const guarded = finalizers.includes(FINALIZER);
    if (isFinal(movement)) {
      if (guarded) guard(this.#agent, movement, (all) => all.filter((each) => each !== FINALIZER));
      return;
    }
    if (!guarded) return guard(this.#agent, movement, (all) => [...all, FINALIZER]);
    if (deletionTimestamp !== undefined && !movement.spec.cancel)
      return cancel(this.#agent, movement, `Cancel ${movement.kind.toLowerCase()} because it is being deleted`);
    if (movement.spec.cancel && this.#isOverdue(movement)) return this.#canceled(movement);
    switch (phaseOf(movement)) {
      case 'New':
        return this.#accept(movement);
      case 'Accepted':
        return this.#peek(movement);
      case 'Prepared':
        return this.#move(movement);
      case 'InProgress':
        if (movement.spec.cancel && movement.status.node === this.#agent.node) return this.#stop(movement);
    }
  }

  /** A cancelled movement that nobody has dealt with in time is ended by whoever sees it. */
  #isOverdue({ metadata, status }: KubeObject): boolean {
    const { now } = this.#agent.cluster;
    const seen = this.#cancelSeen.get(metadata.uid);
    if (seen === undefined) this.#cancelSeen.set(metadata.uid, now);
    const delay = status?.phase === 'InProgress' ? CANCEL_DELAY_MS.InProgress : CANCEL_DELAY_MS.others;
    return seen !== undefined && now - seen > delay;
  }

  async #accept(movement: KubeObject): Promise<void> {
    const { uid } = movement.metadata;
    if (movement.spec.cancel) return this.#canceled(movement);
    if (!this.#exposer.ready(movement)) return this.#later(uid);
    const { node, store } = this.#agent;
    const accepted = { phase: 'Accepted', acceptedByNode: node, acceptedTimestamp: store.timestamp() };
    setStatus(this.#agent, movement, accepted, { [EXPOSING]: 'true' });
    try {
      await this.#exposer.expose(movement);
    } catch (error) {
      const what = movement.kind === 'DataUpload' ? 'error exposing snapshot' : 'error to expose snapshot';
      await this.#fail(movement, what, error);
    }
  }

  async #peek(movement: KubeObject): Promise<void> {
    const { store, cluster, namespace, config } = this.#agent;
    const { name } = movement.metadata;
    const kind = movement.kind.toLowerCase();
    const pod = store.get({ resource: 'pods', namespace, name });
    const why = pod === undefined ? undefined : unrecoverable(pod);
    if (why !== undefined) {
      const what = movement.kind === 'DataUpload' ? 'du' : kind;
      const message = `found a ${what} ${namespace}/${name} with expose error: ${why}. mark it as cancel`;
      return this.#canceled(movement, message);
    }
    if (cluster.now - Date.parse(movement.status.acceptedTimestamp) < config.prepareTimeout) return;
    const message = `timeout on preparing data ${movement.kind === 'DataUpload' ? 'upload' : 'download'}`;
    setStatus(this.#agent, movement, { phase: 'Failed', message }, { [EXPOSING]: undefined });
    record(this.#agent, movement, 'Failed', message);
    await this.#exposer.cleanUp(movement);
  }

  async #move(movement: KubeObject): Promise<void> {
    const { store, namespace, node } = this.#agent;
    const { uid, name } = movement.metadata;
    if (movement.status.node !== node || this.#moving.has(uid)) return;
    if (movement.spec.cancel) return this.#canceled(movement);
    const pod = store.get({ resource: 'pods', namespace, name });
    if (pod === undefined)
      return this.#fail(
        movement,
        'exposed snapshot is not ready',
        'no expose result is available for the current node',
      );
    if (!this.#paths.take()) return this.#later(uid);
    const nodeOS = movement.kind === 'DataUpload' && { nodeOS: 'linux' };
    const started = { phase: 'InProgress', startTimestamp: store.timestamp(), ...nodeOS };
    setStatus(this.#agent, movement, started, { [EXPOSING]: undefined });
    this.#watch(movement, pod);
  }

  #resume(movement: KubeObject): void {
    const { store, namespace } = this.#agent;
    const { name } = movement.metadata;
    const pod = store.get({ resource: 'pods', namespace, name });
    const kind = movement.kind.toLowerCase();
    const short = movement.kind === 'DataUpload' ? 'du' : 'dd';
    if (pod === undefined)
      return void cancel(
        this.#agent,
        movement,
        `Resume InProgress ${kind} failed with error expose info missed for ${short} ${name}, mark it as cancel`,
      );
    this.#paths.take(true);
    this.#watch(movement, pod);
  }

  #watch(movement: KubeObject, pod: KubeObject): void {
    const { uid } = movement.metadata;
    this.#moving.add(uid);
    this.#agent.process.spawn(async () => {
      const { phase, message } = await podEnded(this.#agent, pod);
      if (phase === 'Succeeded') await this.#complete(movement, JSON.parse(message));
      else if (message.endsWith(CANCELLED)) await this.#canceled(movement);
      else {
        const what = movement.kind === 'DataUpload' ? 'backup' : 'restore';
        await this.#fail(movement, `data path ${what} failed`, message);
      }
      this.#moving.delete(uid);
      this.#paths.release();
    });
  }

  async #complete(movement: KubeObject, result: MoverResult): Promise<void> {
    const { store } = this.#agent;
    const { progress, ...rest } = this.#exposer.statusOf(movement, result);
    setStatus(this.#agent, movement, { progress });
    try {
      await this.#exposer.conclude(movement);
    } catch (error) {
      if (error instanceof NotSimulated) throw error;
      // Only logged: it stays in progress until its operation times out.
      return record(this.#agent, movement, 'InProgress', (error as Error).message);
    }
    setStatus(this.#agent, movement, { ...rest, phase: 'Completed', completionTimestamp: store.timestamp() });
  }

  /** The mover's pod sees it too, and ends. Without one it is over at once. */
  async #stop(movement: KubeObject): Promise<void> {
    if (this.#moving.has(movement.metadata.uid)) setStatus(this.#agent, movement, { phase: 'Canceling' });
    else await this.#canceled(movement);
  }

  async #canceled(movement: KubeObject, message?: string): Promise<void> {
    end(this.#agent, movement, 'Canceled', message);
    await this.#exposer.cleanUp(movement);
  }

  async #fail(movement: KubeObject, what: string, error: unknown): Promise<void> {
    if (error instanceof NotSimulated) throw error;
    await this.#exposer.cleanUp(movement);
    end(this.#agent, movement, 'Failed', `${what}: ${error instanceof Error ? error.message : error}`);
  }
}
