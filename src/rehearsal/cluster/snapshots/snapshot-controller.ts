import type { ControlPlane, Program } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { Contents } from './contents.ts';
import { SNAPSHOT_CONTENTS, SNAPSHOTS } from './definitions.ts';
import { Snapshots } from './snapshots.ts';

/** The replicas that run in each cluster: the first leads. */
const REPLICAS = new WeakMap<ControlPlane, Replica[]>();

/**
 * The snapshot controller, and beside it the snapshotter of the cluster's EBS driver, which AWS runs or which the driver
 * has as a sidecar. Where no container of this image runs, a VolumeSnapshot is never ready.
 * https://kubernetes-csi.github.io/docs/snapshot-controller.html
 */
export const snapshotController: Program = ({ cluster }) => {
  const replicas = REPLICAS.get(cluster) ?? [];
  REPLICAS.set(cluster, replicas);
  const replica = new Replica(cluster);
  replicas.push(replica);
  if (replicas.length === 1) replica.lead();
  return () => {
    const led = replicas[0] === replica;
    replica.stop();
    replicas.splice(replicas.indexOf(replica), 1);
    if (led) replicas[0]?.lead();
  };
};

class Replica {
  readonly #cluster: ControlPlane;
  readonly #onStop: (() => void)[] = [];
  #stopped = false;

  constructor(cluster: ControlPlane) {
    this.#cluster = cluster;
  }

  /** Looks at everything once, and from then on at what changes. */
  lead(): void {
    const runs = (): boolean => !this.#stopped;
    const snapshots = new Snapshots(this.#cluster, runs);
    const contents = new Contents(this.#cluster, runs, (content) => snapshots.contentChanged(content));
    this.#follow(SNAPSHOT_CONTENTS, (current) => contents.reconcile(current));
    this.#follow(SNAPSHOTS, (current, seen) => {
      snapshots.reconcile(current);
      contents.snapshotChanged(seen);
    });
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#onStop.splice(0)) cancel();
  }

  /** `current` is undefined once the object that was seen is gone. */
  #follow(resource: string, act: (current: KubeObject | undefined, seen: KubeObject) => void): void {
    const { store } = this.#cluster;
    const look = (seen: KubeObject): void => act(store.byUid(seen.metadata.uid), seen);
    this.#onStop.push(store.watch(resource, ({ object }) => look(object)));
    for (const object of store.list(resource)) look(object);
  }
}
