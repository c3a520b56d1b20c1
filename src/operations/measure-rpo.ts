import { measures, type StoreAge, storeAges } from '../domain/rpo.ts';
import type { Metrics } from '../gateways/aws/metrics.ts';
import type { Plan } from '../plan/schema.ts';
import { beginJudging, type JudgeGiven } from './judge-backup.ts';
import { sweepCatalogue } from './sweep-catalogue.ts';

export type MeasureRpo = JudgeGiven & { metrics: Metrics };

/** Brings the catalogue up to date, says how long each store has been unprotected, and keeps that. */
export async function measureRpo(given: MeasureRpo, plan: Plan): Promise<{ ages: StoreAge[] }> {
  const { catalogue, metrics, clock } = given;
  const judging = await beginJudging(given);
  if (judging !== undefined) await sweepCatalogue(judging, plan);
  const now = clock.now();
  const [states, open] = await Promise.all([catalogue.schedules(), catalogue.openPoints()]);
  const ages = storeAges(plan, states, now);
  await Promise.all([metrics.publish(measures(plan, states, open, now), now), catalogue.writeAges(now, ages)]);
  return { ages };
}
