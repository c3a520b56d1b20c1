import { getOrAdd } from '../get-or-add.ts';
import type { KubeObject } from '../host.ts';
import { hasEnded } from '../pods.ts';
import { allocatable, requestOf, type Size } from './placement.ts';

type Usage = { used: Size; pods: Map<string, KubeObject> };

/** Which pods are on which node, and what they reserve there. */
export class NodeUsage {
  readonly #nodes = new Map<string, Usage>();
  readonly #placed = new Map<string, string>();

  /** As the store has the pod now; also called at binding, ahead of the news. */
  set(pod: KubeObject): void {
    const { uid } = pod.metadata;
    const node: string | undefined = hasEnded(pod) ? undefined : pod.spec.nodeName;
    const before = this.#placed.get(uid);
    if (before !== undefined && before !== node) this.delete(uid);
    if (!node) return;
    const usage = this.#of(node);
    if (before !== node) {
      this.#placed.set(uid, node);
      add(usage.used, requestOf(pod), 1);
    }
    usage.pods.set(uid, pod);
  }

  /** Answers the node that the pod was on. */
  delete(uid: string): string | undefined {
    const node = this.#placed.get(uid);
    if (node === undefined) return undefined;
    const usage = this.#of(node);
    const pod = usage.pods.get(uid);
    if (pod !== undefined) add(usage.used, requestOf(pod), -1);
    usage.pods.delete(uid);
    this.#placed.delete(uid);
    return node;
  }

  pods(node: string): Iterable<KubeObject> {
    return this.#nodes.get(node)?.pods.values() ?? [];
  }

  free(node: KubeObject): Size {
    const free = { ...allocatable(node) };
    const usage = this.#nodes.get(node.metadata.name);
    if (usage !== undefined) add(free, usage.used, -1);
    return free;
  }

  #of(node: string): Usage {
    return getOrAdd(this.#nodes, node, () => ({ used: { cpu: 0, memoryBytes: 0, pods: 0 }, pods: new Map() }));
  }
}

export function add(to: Size, size: Size, sign: 1 | -1): void {
  to.cpu += sign * size.cpu;
  to.memoryBytes += sign * size.memoryBytes;
  to.pods += sign * size.pods;
}
