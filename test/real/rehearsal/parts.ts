import type { Plan } from '../../../src/plan/schema.ts';
import { startControlPlane } from '../kubernetes/control-plane.ts';
import { startNodes } from '../nodes/nodes.ts';
import { type ObjectStore, startObjectStore } from '../s3/object-store.ts';
import type { Machinery } from './real-cluster.ts';

const NODES = 2;

/** Everything real that a rehearsal is made of. */
export type RealParts = {
  store: ObjectStore;
  /** By region. */
  machinery: ReadonlyMap<string, Machinery>;
  /** Whoever makes something of them says how that ends. */
  onStop(end: () => Promise<unknown>): void;
  stop(): Promise<void>;
};

/** Two clusters and an object store with the plan's buckets; when one does not start, the others are stopped. */
export async function startRealParts({ sites, stores }: Plan): Promise<RealParts> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(stops.splice(0).map((one) => one()));
  };
  try {
    const store = await startObjectStore();
    stops.push(() => store.stop());
    await store.makeBucket(stores.backups.bucket, sites.primary.region);
    await store.makeBucket(stores.backups.replica, sites.standby.region);
    const machinery = new Map<string, Machinery>();
    for (const { region } of [sites.primary, sites.standby]) {
      const plane = await startControlPlane();
      stops.push(() => plane.stop());
      const names = Array.from({ length: NODES }, (_, index) => `node-${index + 1}.${region}.compute.internal`);
      const snapshots = stores.backups.volumes === 'snapshots';
      const nodes = await startNodes({ controlPlane: plane, names, region, proxy: store.proxy, snapshots });
      stops.push(() => nodes.stop());
      machinery.set(region, { plane, nodes });
    }
    return { store, machinery, onStop: (end) => void stops.push(end), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
