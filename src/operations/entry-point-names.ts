import type { EntryPoint } from '../plan/schema.ts';

/** Names agreed by convention between what is deployed and what looks for it, at most 32 characters. */
export const loadBalancerName = (entry: EntryPoint): string => `lb-${entry.name}`;
export const targetGroupName = (entry: EntryPoint, backend: number): string => `tg-${entry.name}-${backend}`;
