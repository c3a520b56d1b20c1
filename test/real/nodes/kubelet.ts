import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { attempt } from './api.ts';
import type { Node } from './node-objects.ts';
import { type Ground, PodOnNode } from './pod-on-node.ts';

const HOST = '127.0.0.1';

/** The kubelets of all nodes. */
export class Kubelets {
  readonly #ground: Ground;
  readonly #nodes: Set<string>;
  readonly #pods = new Map<string, PodOnNode>();
  /** Pods of which a step is being taken. */
  readonly #busy = new Set<string>();
  #addresses = 0;

  constructor(ground: Ground, nodes: Node[]) {
    this.#ground = ground;
    this.#nodes = new Set(nodes.map(({ name }) => name));
  }

  /** Begins a step for every pod that there is, and for those that are no more. A slow one keeps no other waiting. */
  sync(pods: KubeObject[], claims: KubeObject[]): void {
    const here = pods.filter(({ spec }) => this.#nodes.has(spec.nodeName));
    for (const pod of here) {
      const uid = pod.metadata?.uid ?? '';
      this.#step(uid, () => this.#podOf(uid, pod).sync(pod, claims));
    }
    const known = new Set(here.map(({ metadata }) => metadata?.uid));
    for (const [uid, pod] of this.#pods)
      if (!known.has(uid))
        this.#step(uid, async () => {
          this.#pods.delete(uid);
          await pod.remove();
        });
  }

  #podOf(uid: string, pod: KubeObject): PodOnNode {
    const known = this.#pods.get(uid) ?? new PodOnNode(this.#ground, pod, { host: HOST, pod: this.#nextAddress() });
    this.#pods.set(uid, known);
    return known;
  }

  #step(uid: string, step: () => Promise<void>): void {
    if (this.#busy.has(uid)) return;
    this.#busy.add(uid);
    void attempt(step).finally(() => this.#busy.delete(uid));
  }

  #nextAddress(): string {
    const next = ++this.#addresses;
    return `10.0.${next >> 8}.${next & 255}`;
  }
}
