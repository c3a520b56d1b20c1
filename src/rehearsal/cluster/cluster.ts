import type { Cancel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import { ApiServerObjects } from './api/object-api.ts';
import { rest } from './api/rest.ts';
import { ApiError } from './api-error.ts';
import { bootstrap } from './bootstrap.ts';
import type { ControlPlane, NodeAgents, ObjectApi, Program } from './control-plane.ts';
import { loseNode } from './controllers/node-lifecycle.ts';
import { CONTROLLERS } from './controllers.ts';
import { Events } from './events.ts';
import type { ApiRequest, ApiResponse, ClusterHost, KubeObject, Serve } from './host.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { addNodes, type NodeSpec } from './nodes.ts';
import { crashPod } from './pods.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { serveService } from './serving.ts';
import { SNAPSHOT_ADD_ON, snapshotControllerAddOn } from './snapshots/add-on.ts';
import { snapshotController } from './snapshots/snapshot-controller.ts';
import { Store } from './store.ts';
import { Volumes } from './volumes.ts';
import { WorkQueue } from './work-queue.ts';

/** A controller's first retry; it doubles to the longest. k8s.io/client-go/util/workqueue, default_rate_limiters.go */
const FIRST_RETRY_MS = 5;
const LONGEST_RETRY_MS = 1_000_000;
/** Something may still be missing while a settled state is built, for a moment. */
const MOST_INSTANT_RETRIES = 3;
/** More turns than this at one moment mean that two controllers undo each other's work. */
const MOST_TURNS = 10_000;

/** A simulated Kubernetes cluster: its API server, its controllers and its nodes, in virtual time. */
export class Cluster implements ControlPlane {
  readonly host: ClusterHost;
  readonly store: Store;
  readonly api: ObjectApi;
  readonly volumes: Volumes;
  readonly random: Random;
  readonly events: Events;
  readonly kubelet: NodeAgents;
  /** What images do that do more than run, by name; see `Program`. Fill it before `start`. */
  readonly programs = new Map<string, Program>([[SNAPSHOT_ADD_ON, snapshotController]]);
  readonly #queue = new WorkQueue();
  readonly #resyncs: (() => void)[] = [];
  #started = false;
  #woken = false;
  /** While a settled state is built: what is to happen after a latency, in order. Undefined otherwise. */
  #instant: (() => void)[] | undefined;

  constructor(host: ClusterHost) {
    this.host = host;
    this.random = host.kernel.random.fork(`cluster/${host.name}`);
    this.store = new Store({
      now: () => host.kernel.now,
      random: this.random.fork('store'),
      wake: () => this.wake(),
    });
    this.volumes = new Volumes(host.name, () => host.kernel.now);
    this.events = new Events(this.store);
    this.api = new ApiServerObjects(this);
    const kubelet = new Kubelet(this);
    this.kubelet = kubelet;
    kubelet.start();
    new Scheduler(this).start();
    for (const controller of CONTROLLERS) controller(this);
    this.build(() => bootstrap(this));
  }

  get now(): number {
    return this.host.kernel.now;
  }

  /**
   * Starts the controllers, or starts them again after the region came back: timers were lost with it, so
   * every controller looks at everything once.
   */
  start(): void {
    this.#woken = false;
    if (this.#started) this.volumes.resume();
    this.#started = true;
    for (const resync of this.#resyncs) resync();
    this.wake();
  }

  /** The region is lost: nothing here happens until `start`. Whoever knows of the loss must say so, at its moment. */
  stop(): void {
    this.volumes.pause();
  }

  /** Answers a REST request, as the API server behind the cluster's endpoint does. */
  handle(request: ApiRequest): ApiResponse {
    return rest(this, request);
  }

  /** What an EKS add-on puts into a cluster, as far as anything here depends on it; settled before the first start. */
  install(addOn: string, version?: string): void {
    if (addOn !== SNAPSHOT_ADD_ON) return;
    const put = (): void => {
      for (const object of snapshotControllerAddOn(this.host.region, version)) this.api.create(object);
    };
    if (this.#started) put();
    else this.build(put);
  }

  /** Acts after latencies drawn by these names; at once (but not within this call) while a settled state is built. */
  later(latency: string | string[], act: () => void): Cancel {
    if (this.#instant === undefined) {
      const names = typeof latency === 'string' ? [latency] : latency;
      return this.host.schedule(
        names.reduce((sum, name) => sum + this.host.latencies.draw(name), 0),
        act,
      );
    }
    let cancelled = false;
    this.#instant.push(() => {
      if (!cancelled) act();
    });
    return () => {
      cancelled = true;
    };
  }

  /** Acts after a time that is a rule, not a latency: a schedule, a back-off, a grace period. */
  after(delayMs: number, act: () => void): Cancel {
    return this.host.schedule(delayMs, act);
  }

  /** Whether a settled state is being built: nothing takes time then. */
  get building(): boolean {
    return this.#instant !== undefined;
  }

  /**
   * Lets a controller see to every object of a resource, each time it changes and after a restart. Answers how to
   * make it look again (by uid). What the API refuses it is tried again, later and later.
   */
  reconcile(resource: string, act: (object: KubeObject) => void): (uid: string) => void {
    const failures = new Map<string, number>();
    const lane = this.#queue.lane((uid) => {
      const object = this.store.byUid(uid);
      if (object === undefined) return void failures.delete(uid);
      try {
        act(object);
        if (failures.size > 0) failures.delete(uid);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const tries = failures.get(uid) ?? 0;
        failures.set(uid, tries + 1);
        if (this.#instant !== undefined && tries < MOST_INSTANT_RETRIES) this.#instant.push(() => enqueue(uid));
        else this.after(Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS), () => enqueue(uid));
      }
    });
    const enqueue = (uid: string): void => {
      if (lane(uid)) this.wake();
    };
    this.store.watch(resource, (event) => {
      if (event.type !== 'DELETED') lane(event.object.metadata.uid);
    });
    this.onResync(() => {
      for (const object of this.store.list(resource)) lane(object.metadata.uid);
    });
    return enqueue;
  }

  /** Runs at `start`, each time. */
  onResync(act: () => void): void {
    this.#resyncs.push(act);
  }

  /** Has the listeners and controllers run, in an event of their own. */
  wake(): void {
    if (this.#woken || !this.#started || this.#instant !== undefined) return;
    this.#woken = true;
    this.host.schedule(0, () => {
      this.#woken = false;
      this.#turn();
    });
  }

  /** Runs `act` and everything that follows from it now, with no latency at all: a settled state, built rather than simulated. */
  build(act: () => void): void {
    const instant: (() => void)[] = [];
    this.#instant = instant;
    try {
      act();
      this.#turn();
      for (let next = instant.shift(); next !== undefined; next = instant.shift()) {
        next();
        if (instant.length === 0) this.#turn();
      }
    } finally {
      this.#instant = undefined;
    }
  }

  /** Answers HTTP at a service, through its ready pods. */
  serve(namespace: string, service: string, port?: number | string): Serve {
    return serveService(this, namespace, service, port);
  }

  /** Nodes that stay: a cluster whose nodes are not Auto Mode's. */
  addNodes(...nodes: NodeSpec[]): void {
    addNodes(this, nodes);
  }

  loseNode(name: string): void {
    loseNode(this, name);
  }

  /** Every node of the zone, and no new one there until the host has capacity again. */
  loseZone(zone: string): void {
    for (const node of this.store.list('nodes'))
      if (node.metadata.labels?.['topology.kubernetes.io/zone'] === zone) loseNode(this, node.metadata.name);
  }

  /** The pod's containers end with an error, and are restarted as its restart policy says. */
  crashPod(namespace: string, name: string): void {
    crashPod(this, namespace, name);
  }

  #turn(): void {
    for (let turns = 0; this.store.deliver() || !this.#queue.empty; turns++) {
      if (turns > MOST_TURNS) throw new Error(`the controllers of ${this.host.name} do not come to rest`);
      this.#queue.run();
    }
  }
}
