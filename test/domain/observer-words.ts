import type { Signal, Verdict } from '../../src/domain/signals.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

/** Looks every 60 s, 3 failures, 2 votes, a hold-down of 60 s, given up after 15 min. */
export const { detection } = planOf(SMALL_PLAN).plan;
const START = Date.parse('2026-03-01T04:40:00Z');
export const at = (seconds: number): Date => new Date(START + seconds * 1000);

export const word = (observer: string, verdict: Verdict, said: number, since = said): Signal => ({
  site: 'primary',
  observer,
  verdict,
  failures: verdict === 'down' ? 3 : 0,
  since: at(since).toISOString(),
  at: at(said).toISOString(),
});
