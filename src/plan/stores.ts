import { tierNamespaces } from './places.ts';
import type { Plan } from './schema.ts';

/** What stores are called where their ages are told; no namespace's name holds a slash. */
export const bucketStore = (bucket: string): string => `s3/${bucket}`;
export const gitStore = (name: string): string => `git/${name}`;

/** The stores of a tier whose ages are measured. */
export const tierStores = (plan: Plan, tier: string): string[] => [
  ...tierNamespaces(plan, tier),
  ...plan.stores.buckets.filter((bucket) => bucket.tier === tier).map(({ name }) => bucketStore(name)),
];

/** All of them: Git is no tier's. */
export const measuredStores = (plan: Plan): string[] => [
  ...plan.tiers.flatMap(({ name }) => tierStores(plan, name)),
  ...(plan.stores.git === undefined ? [] : [gitStore(plan.stores.git.name)]),
];
