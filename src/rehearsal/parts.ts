import type { ClusterHost, SimulatedCluster } from './cluster/host.ts';
import type { Store } from './cluster/store.ts';
import type { Volumes } from './cluster/volumes.ts';
import type { Kernel } from './kernel/kernel.ts';

/** What observers look at of a cluster. */
export type WatchedCluster = {
  readonly store: Pick<Store, 'list'>;
  readonly volumes: Pick<Volumes, 'has' | 'names' | 'snapshot' | 'base' | 'writesBetween'>;
};

/** What a rehearsal has that is not simulated: other time than virtual time, clusters that really run. */
export type Parts = {
  kernel?: Kernel;
  cluster?: (host: ClusterHost) => SimulatedCluster & WatchedCluster;
};
