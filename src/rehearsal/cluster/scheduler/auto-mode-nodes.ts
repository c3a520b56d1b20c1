import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { addNodes, INSTANCE_TYPES, zoneOf } from '../nodes.ts';
import { controllerOf } from '../pods.ts';
import { add, type NodeUsage } from './node-usage.ts';
import { fits, matchesTerm, mayRunOn, requestOf, type Size } from './placement.ts';

/** The built-in node pools' `consolidateAfter`. https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html */
const EMPTY_FOR_MS = 30_000;
/** An offering without capacity is not tried again for three minutes. https://karpenter.sh/docs/faq/ */
const UNAVAILABLE_FOR_MS = 180_000;

const LABELS = {
  'eks.amazonaws.com/compute-type': 'auto',
  'karpenter.sh/nodepool': 'general-purpose',
  'karpenter.sh/capacity-type': 'on-demand',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/os': 'linux',
};

type Claim = { zone: string; type: (typeof INSTANCE_TYPES)[number]; free: Size; pods: Set<string> };

/** Makes nodes for pods that found none, and takes away those that stay empty. https://docs.aws.amazon.com/eks/latest/userguide/automode.html */
export class AutoModeNodes {
  readonly #cluster: ControlPlane;
  readonly #usage: NodeUsage;
  readonly #retry: () => void;
  #coming = new Set<Claim>();
  readonly #unavailable = new Map<string, number>();
  #retrying = false;

  constructor(cluster: ControlPlane, usage: NodeUsage, retry: () => void) {
    this.#cluster = cluster;
    this.#usage = usage;
    this.#retry = retry;
  }

  start(): void {
    const { store } = this.#cluster;
    store.watch('pods', ({ object }) => {
      if (object.spec.nodeName) this.#considerEmpty(object.spec.nodeName);
    });
    store.watch('nodes', ({ type, object }) => {
      if (type === 'ADDED') this.#considerEmpty(object.metadata.name);
    });
    this.#cluster.onResync(() => {
      this.#coming = new Set();
      this.#unavailable.clear();
      this.#retrying = false;
      this.#retry();
      for (const node of store.list('nodes')) this.#considerEmpty(node.metadata.name);
    });
  }

  /** A pod that fits nowhere: it waits for a node that is coming, or for one more. */
  wanted(pod: KubeObject, volumeTerms: KubeObject[][]): void {
    const { uid } = pod.metadata;
    for (const claim of this.#coming) if (claim.pods.has(uid)) return;
    const request = requestOf(pod);
    const suits = (zone: string): boolean => suitsZone(pod, zone, volumeTerms);
    for (const claim of this.#coming)
      if (suits(claim.zone) && fits(request, claim.free) && !this.#keepsApart(pod, claim)) {
        this.#reserve(claim, uid, request);
        return;
      }
    const daemons = this.#daemons();
    const type = INSTANCE_TYPES.find((each) => fits(request, without(daemons, each)));
    const zone = type && this.#zoneFor(pod, suits);
    if (type === undefined || zone === undefined) return;
    const claim: Claim = { zone, type, free: without(daemons, type), pods: new Set() };
    this.#reserve(claim, uid, request);
    this.#coming.add(claim);
    this.#cluster.later('eks.autoModeNode', () => this.#arrived(claim));
  }

  /** What the DaemonSets will take of a new node is not promised to anyone else. https://karpenter.sh/docs/concepts/scheduling/ */
  #daemons(): Size {
    const total: Size = { cpu: 0, memoryBytes: 0, pods: 0 };
    for (const { spec } of this.#cluster.store.list('daemonsets.apps'))
      if (mayRunOn(spec.template, LABELS, [])) add(total, requestOf(spec.template), 1);
    return total;
  }

  #reserve(claim: Claim, uid: string, request: Size): void {
    claim.pods.add(uid);
    add(claim.free, request, -1);
  }

  #arrived(claim: Claim): void {
    if (!this.#coming.delete(claim)) return;
    const [node] = addNodes(this.#cluster, [{ ...claim.type, zone: claim.zone, labels: LABELS }]);
    if (!this.#cluster.building) this.#cluster.host.record('node ready', { node, zone: claim.zone });
  }

  /** The zone with the fewest nodes, of those that have capacity; undefined when none has. */
  #zoneFor(pod: KubeObject, suits: (zone: string) => boolean): string | undefined {
    const { host, now } = this.#cluster;
    const zones = host.zones.filter(suits);
    const nodes = this.#cluster.store.list('nodes').map(zoneOf);
    const many = (zone: string): number =>
      nodes.filter((each) => each === zone).length + [...this.#coming].filter((claim) => claim.zone === zone).length;
    for (const zone of zones.sort((a, b) => many(a) - many(b))) {
      if ((this.#unavailable.get(zone) ?? 0) > now) continue;
      const problem = host.capacityProblem(zone);
      if (problem === undefined) return zone;
      this.#unavailable.set(zone, now + UNAVAILABLE_FOR_MS);
      this.#cluster.events.warn(pod, 'InsufficientCapacityError', `${problem} in ${zone}`);
      host.record('no capacity for a node', { zone, problem });
    }
    if (zones.length > 0) this.#retryLater();
    return undefined;
  }

  #retryLater(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    this.#cluster.after(UNAVAILABLE_FOR_MS, () => {
      this.#retrying = false;
      this.#retry();
    });
  }

  /** Replicas that must not share a host wait for nodes of their own. */
  #keepsApart(pod: KubeObject, claim: Claim): boolean {
    if (!pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution) return false;
    const owner = controllerOf(pod)?.uid;
    return [...claim.pods].some((uid) => {
      const other = this.#cluster.store.byUid(uid);
      return other !== undefined && controllerOf(other)?.uid === owner;
    });
  }

  #considerEmpty(name: string): void {
    if (this.#cluster.building || !this.#isEmpty(name)) return;
    this.#cluster.after(EMPTY_FOR_MS, () => {
      const node = this.#cluster.store.get({ resource: 'nodes', name });
      const ours = node?.metadata.labels?.['eks.amazonaws.com/compute-type'] === 'auto';
      if (ours && this.#isEmpty(name)) this.#cluster.store.remove({ resource: 'nodes', name });
    });
  }

  /** Pods of DaemonSets do not keep a node. */
  #isEmpty(name: string): boolean {
    for (const pod of this.#usage.pods(name)) if (controllerOf(pod)?.kind !== 'DaemonSet') return false;
    return true;
  }
}

function without(part: Size, { cpu, memoryBytes, pods }: Size): Size {
  const rest = { cpu, memoryBytes, pods };
  add(rest, part, -1);
  return rest;
}

function suitsZone(pod: KubeObject, zone: string, volumeTerms: KubeObject[][]): boolean {
  const labels = { ...LABELS, 'topology.kubernetes.io/zone': zone };
  return mayRunOn(pod, labels, []) && volumeTerms.every((terms) => terms.some((term) => matchesTerm(term, labels)));
}
