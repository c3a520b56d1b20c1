import type { KubeObject } from '../host.ts';
import { priorityOf } from '../pods.ts';

type Reservation = { pod: KubeObject; node: string; assumed: boolean };

/**
 * Room that is kept for pods that are not bound yet. An assumed pod has its node already, and waits for its volumes.
 * A nominated one waits for its victims to go, and keeps its room from pods of lower priority alone.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#user-exposed-information
 */
export class Reservations {
  readonly #byPod = new Map<string, Reservation>();

  nominate(pod: KubeObject, node: string): void {
    this.#byPod.set(pod.metadata.uid, { pod, node, assumed: false });
  }

  assume(pod: KubeObject, node: string): void {
    this.#byPod.set(pod.metadata.uid, { pod, node, assumed: true });
  }

  delete(uid: string): void {
    this.#byPod.delete(uid);
  }

  of(pod: KubeObject): Reservation | undefined {
    return this.#byPod.get(pod.metadata.uid);
  }

  /** The pods on a node that `pod` has to leave their room. */
  *against(pod: KubeObject, node: string): Iterable<KubeObject> {
    for (const each of this.#byPod.values()) {
      if (each.node !== node || each.pod.metadata.uid === pod.metadata.uid) continue;
      if (each.assumed || priorityOf(each.pod) >= priorityOf(pod)) yield each.pod;
    }
  }

  /** The pods nominated for a node that `pod` goes before. */
  outranked(pod: KubeObject, node: string): KubeObject[] {
    return [...this.#byPod.values()]
      .filter((each) => each.node === node && !each.assumed && priorityOf(each.pod) < priorityOf(pod))
      .map((each) => each.pod);
  }
}
