import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { add, type NodeUsage } from './node-usage.ts';
import { fits, isSchedulable, matchesTerm, mayRunOn, repels, requestOf } from './placement.ts';
import type { Reservations } from './reservations.ts';

const NOBODY: ReadonlySet<string> = new Set();

/** Whether a node can take a pod. https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins */
export class Filters {
  readonly #cluster: ControlPlane;
  readonly #usage: NodeUsage;
  readonly #reservations: Reservations;

  constructor(cluster: ControlPlane, usage: NodeUsage, reservations: Reservations) {
    this.#cluster = cluster;
    this.#usage = usage;
    this.#reservations = reservations;
  }

  /** What no eviction changes: the node's state, labels and taints, and where the pod's volumes are. */
  admit(pod: KubeObject, node: KubeObject, volumeTerms: KubeObject[][]): boolean {
    const { name, labels = {} } = node.metadata;
    return (
      isSchedulable(node) &&
      !this.#cluster.kubelet.isLost(name) &&
      mayRunOn(pod, labels, node.spec?.taints ?? [], name) &&
      volumeTerms.every((terms) => terms.some((term) => matchesTerm(term, labels)))
    );
  }

  /** Room, and nobody that the pod must not meet, once `evicted` are gone from the node. */
  findRoom(pod: KubeObject, node: KubeObject, evicted: ReadonlySet<string> = NOBODY): boolean {
    const free = this.#usage.free(node);
    for (const other of this.#reservations.against(pod, node.metadata.name)) add(free, requestOf(other), -1);
    if (evicted.size > 0)
      for (const other of this.#usage.pods(node.metadata.name))
        if (evicted.has(other.metadata.uid)) add(free, requestOf(other), 1);
    return fits(requestOf(pod), free) && !repels(this.#cluster, pod, node, (name) => this.#others(pod, name, evicted));
  }

  *#others(pod: KubeObject, node: string, evicted: ReadonlySet<string>): Iterable<KubeObject> {
    for (const other of this.#usage.pods(node)) if (!evicted.has(other.metadata.uid)) yield other;
    yield* this.#reservations.against(pod, node);
  }
}
