import type { ControlPlane, NodeAgents } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { hasEnded } from '../pods.ts';
import { Containers } from './containers.ts';
import { mountProblem } from './mounts.ts';
import { type ContainerRun, initDone, isRunReady, type PodRun, podRun, statusOf } from './pod-run.ts';

/** What may unblock a pod that waits for its volumes or configuration. */
const AWAITED = ['persistentvolumeclaims', 'persistentvolumes', 'configmaps', 'secrets'];

/** Every node's kubelet at once: runs the pods that are bound to a node, and reports how they are. */
export class Kubelet implements NodeAgents {
  readonly #cluster: ControlPlane;
  readonly #runs = new Map<string, PodRun>();
  readonly #waiting = new Set<string>();
  readonly #lostNodes = new Set<string>();
  readonly #containers: Containers;
  #enqueue: (uid: string) => void = () => {};

  constructor(cluster: ControlPlane) {
    this.#cluster = cluster;
    this.#containers = new Containers(cluster, {
      changed: (run) => this.#report(run),
      exited: (run, container) => this.#exited(run, container),
    });
  }

  start(): void {
    const { store } = this.#cluster;
    this.#enqueue = this.#cluster.reconcile('pods', (pod) => this.#sync(pod));
    store.watch('pods', ({ type, object }) => {
      if (type === 'DELETED') this.#forget(object.metadata.uid);
    });
    for (const resource of AWAITED)
      store.watch(resource, ({ type }) => {
        if (type !== 'DELETED') for (const uid of this.#waiting) this.#enqueue(uid);
      });
    this.#cluster.onResync(() => this.#resume());
  }

  /** Whether the pod runs and its containers are ready: what its node knows, not what was reported last. */
  serves(uid: string): boolean {
    const run = this.#runs.get(uid);
    return run !== undefined && isRunReady(run) && this.#cluster.host.up();
  }

  crash(uid: string): void {
    const run = this.#runs.get(uid);
    for (const container of run?.containers ?? [])
      if (run !== undefined && !container.init && container.state === 'running')
        this.#containers.end(run, container, 1, 'crashed');
  }

  /** The node's pods stop at once; that nobody hears from it is the node controller's to notice. */
  nodeLost(name: string): void {
    this.#lostNodes.add(name);
    for (const run of this.#runs.values()) {
      if (run.node !== name) continue;
      run.lost = true;
      this.#stop(run);
    }
  }

  isLost(node: string): boolean {
    return this.#lostNodes.has(node);
  }

  #sync(pod: KubeObject): void {
    const { uid, deletionTimestamp } = pod.metadata;
    if (!pod.spec.nodeName || hasEnded(pod)) return;
    const run = this.#runs.get(uid);
    if (deletionTimestamp !== undefined) {
      this.#terminate(pod, run);
      return;
    }
    if (run !== undefined || this.#lostNodes.has(pod.spec.nodeName)) return;
    const problem = mountProblem(this.#cluster, pod);
    if (problem !== undefined) {
      if (!this.#waiting.has(uid)) this.#cluster.events.warn(pod, ...problem);
      this.#waiting.add(uid);
      return;
    }
    this.#waiting.delete(uid);
    const started = podRun(pod, this.#freeAddress(), this.#cluster.store.timestamp());
    this.#runs.set(uid, started);
    this.#advance(started);
  }

  /** Starts what comes next: init containers one after the other, then all the others together. */
  #advance(run: PodRun): void {
    const init = run.containers.find((each) => each.init && !initDone(each));
    const next = init === undefined ? run.containers.filter((each) => !each.init) : [init];
    const idle = next.filter((each) => each.state === 'waiting' && each.cancel === undefined);
    if (idle.length > 0) this.#containers.launch(run, idle);
  }

  #exited(run: PodRun, container: ContainerRun): void {
    const again =
      container.sidecar ||
      run.restartPolicy === 'Always' ||
      (run.restartPolicy === 'OnFailure' && container.exitCode !== 0);
    const finished = container.init && container.exitCode === 0 && !container.sidecar;
    if (again && !finished && run.ending === undefined) this.#containers.restart(run, container);
    this.#report(run);
    const pod = this.#cluster.store.byUid(run.uid);
    if (pod !== undefined && hasEnded(pod)) this.#stop(run);
  }

  #report(run: PodRun): void {
    if (run.lost) return;
    const { store } = this.#cluster;
    const pod = store.byUid(run.uid);
    if (pod === undefined) return;
    const node = store.get({ resource: 'nodes', name: run.node });
    store.setStatus(pod, statusOf(run, pod, node?.status.addresses[0].address ?? '', store.timestamp()));
    if (run.ending === undefined) this.#advance(run);
  }

  #terminate(pod: KubeObject, run: PodRun | undefined): void {
    const ref = { resource: 'pods', namespace: pod.metadata.namespace, name: pod.metadata.name };
    if (run?.lost || this.#lostNodes.has(pod.spec.nodeName)) return;
    if (run === undefined) return void this.#cluster.store.remove(ref, { gracePeriodSeconds: 0 });
    if (run.ending !== undefined) return;
    run.ending = this.#cluster.later('pod.stop', () => {
      this.#stop(run);
      if (this.#cluster.store.byUid(run.uid)) this.#cluster.store.remove(ref, { gracePeriodSeconds: 0 });
    });
  }

  #forget(uid: string): void {
    this.#waiting.delete(uid);
    const run = this.#runs.get(uid);
    if (run === undefined) return;
    run.ending?.();
    this.#stop(run);
    this.#runs.delete(uid);
  }

  #stop(run: PodRun): void {
    for (const container of run.containers) this.#containers.kill(container);
  }

  /** The region came back. Its timers are gone: what was under way begins again, and programs are started anew. */
  #resume(): void {
    for (const run of this.#runs.values()) {
      if (run.lost) continue;
      if (run.ending !== undefined) {
        run.ending();
        run.ending = undefined;
        this.#enqueue(run.uid);
      } else {
        this.#containers.resume(run);
        this.#advance(run);
      }
    }
  }

  #freeAddress(): string {
    const { random } = this.#cluster;
    const taken = new Set([...this.#runs.values()].map((run) => run.ip));
    for (;;) {
      const address = `10.0.${random.below(256)}.${1 + random.below(254)}`;
      if (!taken.has(address)) return address;
    }
  }
}
