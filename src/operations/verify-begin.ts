import { schedulesOfTier } from '../domain/choice-of-points.ts';
import type { Plan } from '../plan/schema.ts';

/** The schedules that a failover takes recovery points from. */
export const verifyBegin = (plan: Plan): Promise<{ schedules: string[] }> =>
  Promise.resolve({ schedules: [...new Set(plan.tiers.flatMap(({ name }) => schedulesOfTier(plan, name)))] });
