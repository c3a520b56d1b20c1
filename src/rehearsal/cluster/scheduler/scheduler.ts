import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { zoneOf } from '../nodes.ts';
import { conditionIs, hasEnded, priorityOf, withCondition } from '../pods.ts';
import { AutoModeNodes } from './auto-mode-nodes.ts';
import { Filters } from './filters.ts';
import { NodeUsage } from './node-usage.ts';
import { matchesTerm, siblingsAmong } from './placement.ts';
import { type PodVolumes, selectNode, volumesOf } from './pod-volumes.ts';
import { Preemption } from './preemption.ts';
import { Reservations } from './reservations.ts';

/** What may make room for a pod that found none. */
const AWAITED = ['nodes', 'persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io'];

/** Finds a node for every pod, or makes room on one; in Auto Mode, has nodes made for those that find none. */
export class Scheduler {
  readonly #cluster: ControlPlane;
  readonly #usage = new NodeUsage();
  readonly #reservations = new Reservations();
  readonly #filters: Filters;
  readonly #preemption: Preemption;
  readonly #autoMode: AutoModeNodes | undefined;
  readonly #pending = new Set<string>();
  /** Of the pending, those to look at now. */
  readonly #active = new Set<string>();
  #enqueue: (uid: string) => void = () => {};

  constructor(cluster: ControlPlane) {
    this.#cluster = cluster;
    this.#filters = new Filters(cluster, this.#usage, this.#reservations);
    this.#preemption = new Preemption(cluster, this.#usage, this.#reservations, this.#filters);
    if (cluster.host.autoMode) this.#autoMode = new AutoModeNodes(cluster, this.#usage, () => this.retry());
  }

  start(): void {
    const { store } = this.#cluster;
    store.watch('pods', ({ type, object }) => {
      const uid = object.metadata.uid;
      if (type !== 'DELETED') {
        this.#usage.set(object);
        if (isWaiting(object)) this.#active.add(uid);
        if (hasEnded(object)) this.retry();
        return;
      }
      this.#forget(uid);
      this.#usage.delete(uid);
      this.retry();
    });
    this.#enqueue = this.#cluster.reconcile('pods', (pod) => this.#sync(pod));
    for (const resource of AWAITED) store.watch(resource, () => this.retry());
    this.#cluster.onResync(() => this.retry());
    this.#autoMode?.start();
  }

  /** Has every pod that found no node looked at again. */
  retry(): void {
    for (const uid of this.#pending) {
      this.#active.add(uid);
      this.#enqueue(uid);
    }
  }

  /** Whichever pod it was that changed, the queue is worked off in its own order. */
  #sync(pod: KubeObject): void {
    const { uid } = pod.metadata;
    if (isWaiting(pod)) this.#active.add(uid);
    else this.#forget(uid);
    for (const next of this.#queue()) {
      const current = this.#cluster.store.byUid(next.metadata.uid);
      if (current !== undefined && isWaiting(current)) this.#schedule(current);
      this.#active.delete(next.metadata.uid);
    }
  }

  /** By priority, then by age. https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#effect-of-pod-priority-on-scheduling-order */
  #queue(): KubeObject[] {
    const pods = [...this.#active].flatMap((uid) => this.#cluster.store.byUid(uid) ?? []);
    const age = ({ metadata }: KubeObject): string => metadata.creationTimestamp;
    return pods.sort((a, b) => priorityOf(b) - priorityOf(a) || (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0));
  }

  #schedule(pod: KubeObject): void {
    this.#pending.add(pod.metadata.uid);
    const volumes = volumesOf(this.#cluster, pod);
    const node = volumes.problem === undefined ? this.#choose(pod, volumes) : undefined;
    if (volumes.problem !== undefined) this.#unschedulable(pod, volumes.problem);
    else if (node === undefined) this.#makeRoom(pod, volumes);
    else if (volumes.unbound.length > 0) {
      this.#reservations.assume(pod, node.metadata.name);
      selectNode(this.#cluster, volumes.unbound, node.metadata.name);
    } else this.#bind(pod, node);
  }

  /** Preemption first. Only who is nominated for no node is given a new one. https://karpenter.sh/docs/concepts/scheduling/ */
  #makeRoom(pod: KubeObject, volumes: PodVolumes): void {
    if (this.#preemption.isUnderWay(pod, volumes.terms)) return;
    const why = this.#why(pod, volumes);
    if (this.#preemption.preempt(pod, volumes.terms) === undefined) {
      this.#preemption.withdraw(pod);
      this.#autoMode?.wanted(pod, volumes.terms);
    }
    this.#unschedulable(pod, why);
  }

  #bind(pod: KubeObject, node: KubeObject): void {
    const { store } = this.#cluster;
    this.#forget(pod.metadata.uid);
    const { nominatedNodeName: _node, ...status } = pod.status ?? {};
    const scheduled = { type: 'PodScheduled', status: 'True' };
    const conditions = withCondition(status.conditions, scheduled, store.timestamp());
    const spec = { ...pod.spec, nodeName: node.metadata.name };
    this.#usage.set(store.update({ ...pod, spec, status: { ...status, conditions } }));
  }

  #forget(uid: string): void {
    this.#pending.delete(uid);
    this.#active.delete(uid);
    this.#reservations.delete(uid);
  }

  /** The node that is kept for it, else the least crowded. */
  #choose(pod: KubeObject, { terms }: PodVolumes): KubeObject | undefined {
    const takes = (node: KubeObject): boolean =>
      this.#filters.admit(pod, node, terms) && this.#filters.findRoom(pod, node);
    const { store } = this.#cluster;
    const name = this.#reservations.of(pod)?.node;
    const kept = name && store.get({ resource: 'nodes', name });
    if (kept && takes(kept)) return kept;
    return leastCrowded(pod, store.list('nodes').filter(takes), this.#usage);
  }

  #unschedulable(pod: KubeObject, message: string): void {
    if (
      conditionIs(pod, 'PodScheduled', 'False') &&
      pod.status.conditions.some((each: KubeObject) => each.message === message)
    )
      return;
    const { store, events } = this.#cluster;
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
    store.setStatus(pod, { conditions: withCondition(pod.status?.conditions, condition, store.timestamp()) });
    if (!this.#cluster.building) events.warn(pod, 'FailedScheduling', message);
  }

  #why(pod: KubeObject, { terms }: PodVolumes): string {
    const nodes = this.#cluster.store.list('nodes');
    const here = nodes.filter((node) =>
      terms.every((each) => each.some((term) => matchesTerm(term, node.metadata.labels ?? {}))),
    );
    const small = here.filter((node) => this.#filters.admit(pod, node, terms));
    const reasons = [
      nodes.length > here.length ? `${nodes.length - here.length} node(s) had volume node affinity conflict` : '',
      small.length > 0 ? `${small.length} Insufficient cpu, memory or pods` : '',
      here.length > small.length
        ? `${here.length - small.length} node(s) did not match the pod's node selector, affinity or taints`
        : '',
    ].filter((reason) => reason !== '');
    return `0/${nodes.length} nodes are available${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}.`;
  }
}

const isWaiting = (pod: KubeObject): boolean =>
  !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined && !hasEnded(pod);

/** Fewest siblings in the zone, fewest on the node, most room; the oldest node of equals. */
function leastCrowded(pod: KubeObject, nodes: KubeObject[], usage: NodeUsage): KubeObject | undefined {
  if (nodes.length < 2) return nodes[0];
  const onNode = new Map(nodes.map((node) => [node, siblingsAmong(pod, usage.pods(node.metadata.name))]));
  const inZone = new Map<string, number>();
  for (const [node, count] of onNode) inZone.set(zoneOf(node), (inZone.get(zoneOf(node)) ?? 0) + count);
  const score = (node: KubeObject): [number, number, number] => [
    inZone.get(zoneOf(node)) ?? 0,
    onNode.get(node) ?? 0,
    -usage.free(node).cpu,
  ];
  let best = nodes[0] as KubeObject;
  let bestScore = score(best);
  for (const node of nodes.slice(1)) {
    const own = score(node);
    const at = own.findIndex((part, index) => part !== bestScore[index]);
    if (at >= 0 && (own[at] as number) < (bestScore[at] as number)) [best, bestScore] = [node, own];
  }
  return best;
}
