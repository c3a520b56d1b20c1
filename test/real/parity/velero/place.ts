import type { ObjectStore } from '../../s3/object-store.ts';
import type { Server } from '../place.ts';

/** How the bytes of volumes are taken, as the plan says it. */
export type Method = 'files' | 'snapshots';

/** What a volume holds: its files by name, with what is in each. */
export type Held = Record<string, string>;

/** A cluster's volumes, by the names of its persistent volumes. */
export type Volumes = {
  read(pv: string): Promise<Held>;
  /** Files that nobody else writes; into a volume that has them, a change of one of them. */
  write(pv: string): Promise<void>;
  /** Takes it away from its node, until the function that it gives back is called. */
  lose(pv: string): Promise<() => void>;
};

export type Site = { name: string; server: Server; volumes: Volumes };

/** Clusters and the buckets between them, with nothing set up: the twin's, or real ones. */
export type Place = {
  method: Method;
  west: Site;
  /** Each one for itself: what one is asked, the others do not see. */
  easts: Site[];
  s3: Pick<ObjectStore, 'makeBucket' | 'list' | 'versions' | 'get' | 'put' | 'replicate' | 'refuse'>;
  /** By then every pod runs that will. */
  settledMs: number;
};
