import type { InvariantResult } from '../result.ts';
import { checkedBeforeTraffic } from './checked-before-traffic.ts';
import { everyRunEnds } from './every-run-ends.ts';
import { honestLoss } from './honest-loss.ts';
import { independentOfTheLost } from './independent-of-the-lost.ts';
import { noFalseFailover } from './no-false-failover.ts';
import { nothingDenied } from './nothing-denied.ts';
import { onceOnly } from './once-only.ts';
import { oneWriter } from './one-writer.ts';
import { restorableRestores } from './restorable-restores.ts';
import { type Invariant, NOT_EXERCISED, type Watched } from './watched.ts';
import { withinLimits } from './within-limits.ts';

/** S8: a drill touches nothing of production, and leaves nothing behind. No scenario can run a drill yet. */
const harmlessDrills: Invariant = { id: 'S8', watch: () => () => NOT_EXERCISED };

const INVARIANTS: Invariant[] = [
  oneWriter,
  checkedBeforeTraffic,
  honestLoss,
  restorableRestores,
  independentOfTheLost,
  everyRunEnds,
  onceOnly,
  harmlessDrills,
  nothingDenied,
  noFalseFailover,
  withinLimits,
];

/** Begins to watch all of them; what it answers judges them, in order. */
export function watchInvariants(watched: Watched): () => InvariantResult[] {
  const judges = INVARIANTS.map(({ id, watch }) => ({ id, judge: watch(watched) }));
  return () => judges.map(({ id, judge }) => ({ id, ...judge() }));
}
