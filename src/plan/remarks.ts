import type { Plan } from './schema.ts';

export const NO_ENTRY_POINT =
  'The plan has no entry point: nothing tells from outside whether the primary lives, so that only an operator can start a failover, whatever decision.approval says.';

/** What a plan may well be, and its people should know of, a sentence each. */
export const remarksOn = ({ entryPoints }: Pick<Plan, 'entryPoints'>): string[] =>
  entryPoints.length > 0 ? [] : [NO_ENTRY_POINT];
