import type { Cancel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { PatchType } from './api/patch.ts';
import type { Events } from './events.ts';
import type { ClusterHost, Identity, KubeObject, Serve } from './host.ts';
import type { Ref, RemoveOptions, Store } from './store.ts';
import type { Volumes } from './volumes.ts';

/** What the API server, the controllers, the kubelets and programs in pods see of the cluster that they belong to. */
export type ControlPlane = {
  readonly host: ClusterHost;
  readonly store: Store;
  readonly api: ObjectApi;
  readonly volumes: Volumes;
  readonly events: Events;
  readonly kubelet: NodeAgents;
  readonly random: Random;
  /** What images do that do more than run, by name; see `Program`. */
  readonly programs: Map<string, Program>;
  /** Milliseconds since 1970, virtual. */
  readonly now: number;
  /** Whether a settled state is being built: nothing takes time then. */
  readonly building: boolean;
  /** Acts after latencies drawn by these names; at once (but not within this call) while a settled state is built. */
  later(latency: string | string[], act: () => void): Cancel;
  /** Acts after a time that is a rule, not a latency: a schedule, a back-off, a grace period. */
  after(delayMs: number, act: () => void): Cancel;
  /**
   * Lets a controller see to every object of a resource, each time it changes and after a restart. Answers how to
   * make it look again (by uid). What the API refuses it is tried again, later and later.
   */
  reconcile(resource: string, act: (object: KubeObject) => void): (uid: string) => void;
  /** Runs at each start of the cluster: the first, and when its region came back. */
  onResync(act: () => void): void;
  /** Answers HTTP at a service, through its ready pods. */
  serve(namespace: string, service: string, port?: number | string): Serve;
};

/** As much of a cluster as answering HTTP in it needs. */
export type ServingCluster = Pick<ControlPlane, 'serve'> & {
  readonly store: Pick<Store, 'get' | 'list'>;
  readonly kubelet: Pick<NodeAgents, 'serves'>;
};

/** Subscribes to the store. Everything it schedules goes through the cluster. */
export type Controller = (cluster: ControlPlane) => void;

export type WriteOptions = {
  /** Judged by RBAC and access policies when given; the cluster's own controllers give none. */
  by?: Identity | undefined;
  /** Takes note of who manages which field, as server-side apply needs it. */
  manager?: string | undefined;
  dryRun?: boolean | undefined;
  subresource?: 'status' | 'scale' | undefined;
};

/**
 * What the API server does with objects, without the HTTP around it: authorization, defaults, admission,
 * validation, and then the store. Everything that is refused is thrown as ApiError. Programs in pods and
 * controllers write through this where admission matters, so that a dead webhook stops them as well.
 */
export type ObjectApi = {
  get(ref: Ref, options?: { by?: Identity }): KubeObject;
  create(object: KubeObject, options?: WriteOptions): KubeObject;
  /** PUT. Without a resourceVersion the last writer wins, as there. */
  replace(object: KubeObject, options?: WriteOptions): KubeObject;
  /** `patch` is parsed already: an array of operations for a JSON patch, a document otherwise. */
  patch(ref: Ref, type: PatchType, patch: KubeObject, options?: WriteOptions): KubeObject;
  /** Server-side apply: creates what is not there. */
  apply(object: KubeObject, options?: WriteOptions & { force?: boolean }): KubeObject;
  /** Answers the object while it is still there (finalizers, a pod's grace), undefined when it is gone. */
  remove(ref: Ref, options?: RemoveOptions & { by?: Identity }): KubeObject | undefined;
};

/** The kubelets, as the rest of the cluster asks them. */
export type NodeAgents = {
  /** Whether the pod runs and its containers are ready: what its node knows, not what was reported last. */
  serves(uid: string): boolean;
  crash(uid: string): void;
  /** The node's pods stop at once; that nobody hears from it is the node controller's to notice. */
  nodeLost(name: string): void;
  isLost(node: string): boolean;
};

/** What a program that a container runs is given. */
export type ProgramGiven = {
  cluster: ControlPlane;
  /** As it was when the container started. Read `cluster.store` for how it is now. */
  pod: KubeObject;
  /** The container of the pod's spec, init containers included. */
  container: KubeObject;
  /** The image's entry point is not known here: `command` (when given) and `args`, one after the other. */
  commandLine: string[];
  /** Ends the container, once; the first call counts, and none does after it was stopped. */
  finish(exitCode: number, terminationMessage?: string): void;
};

/**
 * The behaviour of an image that does more than run: registered in `cluster.programs` under the image's basename
 * without tag (`velero` for `velero/velero:v1.18.2`, whatever the registry), or under its last two path parts
 * (`velero/velero`), which win. Called when the container has started; what it answers is called when the
 * container is stopped from outside (pod deleted, node lost, region back after a loss), so that the program can
 * let go of its timers.
 */
export type Program = (given: ProgramGiven) => (() => void) | undefined;
