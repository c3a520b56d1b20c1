import type { PlanInput } from './schema.ts';

/** A plan on its way to fit other manifests, with what was done to it so far, in sentences. */
export type Adapted = { input: PlanInput; said: string[] };

/** The tier of what the plan did not know of. Its targets, where the plan has none, are the usual ones of its class. */
export const FOUND_TIER = { name: 'normal', rto: '8h', rpo: '4h' };
