import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { zoneOf } from '../nodes.ts';
import { claimsOf, conditionIs, hasEnded, withCondition } from '../pods.ts';
import { AutoModeNodes } from './auto-mode-nodes.ts';
import { NodeUsage } from './node-usage.ts';
import { fits, isSchedulable, matchesTerm, mayRunOn, repels, requestOf, siblingsAmong } from './placement.ts';

/** https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** What may make room for a pod that found none. */
const AWAITED = ['nodes', 'persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io'];

type Volumes = { problem?: string; unbound: KubeObject[]; terms: KubeObject[][] };

/** Finds a node for every pod; in Auto Mode, has nodes made for those that find none. */
export class Scheduler {
  readonly usage = new NodeUsage();
  readonly #cluster: ControlPlane;
  readonly #autoMode: AutoModeNodes | undefined;
  readonly #pending = new Set<string>();
  #enqueue: (uid: string) => void = () => {};

  constructor(cluster: ControlPlane) {
    this.#cluster = cluster;
    if (cluster.host.autoMode) this.#autoMode = new AutoModeNodes(cluster, this.usage, () => this.retry());
  }

  start(): void {
    const { store } = this.#cluster;
    store.watch('pods', ({ type, object }) => {
      const uid = object.metadata.uid;
      if (type !== 'DELETED') {
        this.usage.set(object);
        if (hasEnded(object)) this.retry();
        return;
      }
      this.#pending.delete(uid);
      this.usage.delete(uid);
      this.retry();
    });
    this.#enqueue = this.#cluster.reconcile('pods', (pod) => this.#sync(pod));
    for (const resource of AWAITED) store.watch(resource, () => this.retry());
    this.#autoMode?.start();
  }

  /** Has every pod that found no node looked at again. */
  retry(): void {
    for (const uid of this.#pending) this.#enqueue(uid);
  }

  #sync(pod: KubeObject): void {
    const { uid, deletionTimestamp } = pod.metadata;
    if (pod.spec.nodeName || hasEnded(pod) || deletionTimestamp !== undefined) {
      this.#pending.delete(uid);
      return;
    }
    this.#pending.add(uid);
    const volumes = this.#volumesOf(pod);
    const node = volumes.problem === undefined ? this.#choose(pod, volumes) : undefined;
    if (volumes.problem !== undefined) this.#unschedulable(pod, volumes.problem);
    else if (node === undefined) {
      this.#autoMode?.wanted(pod, volumes.terms);
      this.#unschedulable(pod, this.#why(pod, volumes));
    } else if (volumes.unbound.length > 0) this.#selectFor(volumes.unbound, node);
    else this.#bind(pod, node);
  }

  #bind(pod: KubeObject, node: KubeObject): void {
    const { store } = this.#cluster;
    this.#pending.delete(pod.metadata.uid);
    const now = store.timestamp();
    const conditions = withCondition(pod.status?.conditions, { type: 'PodScheduled', status: 'True' }, now);
    const spec = { ...pod.spec, nodeName: node.metadata.name };
    this.usage.set(store.update({ ...pod, spec, status: { ...pod.status, conditions } }));
  }

  #choose(pod: KubeObject, volumes: Volumes): KubeObject | undefined {
    const wanted = requestOf(pod);
    const podsOn = (node: string): Iterable<KubeObject> => this.usage.pods(node);
    const nodes = this.#cluster.store.list('nodes').filter((node) => {
      if (!isSchedulable(node) || this.#cluster.kubelet.isLost(node.metadata.name)) return false;
      const labels = node.metadata.labels ?? {};
      return (
        mayRunOn(pod, labels, node.spec?.taints ?? [], node.metadata.name) &&
        volumes.terms.every((terms) => terms.some((term) => matchesTerm(term, labels))) &&
        fits(wanted, this.usage.free(node)) &&
        !repels(this.#cluster, pod, node, podsOn)
      );
    });
    return leastCrowded(pod, nodes, this.usage);
  }

  /** The claims as far as they decide where the pod can go, or why it cannot go anywhere yet. */
  #volumesOf(pod: KubeObject): Volumes {
    const { store } = this.#cluster;
    const unbound: KubeObject[] = [];
    const terms: KubeObject[][] = [];
    for (const name of claimsOf(pod).values()) {
      const claim = store.get({ resource: 'persistentvolumeclaims', namespace: pod.metadata.namespace, name });
      if (claim === undefined) return { problem: `persistentvolumeclaim "${name}" not found`, unbound, terms };
      if (claim.metadata.deletionTimestamp !== undefined)
        return { problem: `persistentvolumeclaim "${name}" is being deleted`, unbound, terms };
      if (claim.status?.phase === 'Bound') {
        const volume = store.get({ resource: 'persistentvolumes', name: claim.spec.volumeName });
        const required = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms;
        if (required) terms.push(required);
        continue;
      }
      const className = claim.spec.storageClassName;
      const storageClass = className && store.get({ resource: 'storageclasses.storage.k8s.io', name: className });
      if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer')
        return { problem: 'pod has unbound immediate PersistentVolumeClaims', unbound, terms };
      unbound.push(claim);
      const topologies = storageClass.allowedTopologies;
      if (topologies) terms.push(topologies.map(asNodeTerm));
    }
    return { unbound, terms };
  }

  /** The volume is made where the pod will run; the pod is bound once it is. */
  #selectFor(claims: KubeObject[], node: KubeObject): void {
    for (const claim of claims) {
      const annotations = claim.metadata.annotations ?? {};
      if (annotations[SELECTED_NODE] !== undefined) continue;
      const metadata = { ...claim.metadata, annotations: { ...annotations, [SELECTED_NODE]: node.metadata.name } };
      this.#cluster.store.update({ ...claim, metadata });
    }
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

  #why(pod: KubeObject, { terms }: Volumes): string {
    const nodes = this.#cluster.store.list('nodes');
    const here = nodes.filter((node) =>
      terms.every((each) => each.some((term) => matchesTerm(term, node.metadata.labels ?? {}))),
    );
    const small = here.filter((node) => !fits(requestOf(pod), this.usage.free(node)));
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

const asNodeTerm = (topology: KubeObject): KubeObject => ({
  matchExpressions: topology.matchLabelExpressions.map(({ key, values }: KubeObject) => ({
    key:
      key === 'topology.ebs.csi.aws.com/zone' || key === 'topology.ebs.csi.eks.amazonaws.com/zone'
        ? 'topology.kubernetes.io/zone'
        : key,
    operator: 'In',
    values,
  })),
});

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
