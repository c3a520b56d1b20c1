import { detectionOf } from './feasibility-detection.ts';
import { sumOf } from './feasibility-figures.ts';
import { type BackupLoad, backupLoads } from './feasibility-queue.ts';
import { type TierRpo, tierRpo } from './feasibility-rpo.ts';
import { type Asking, POSTURES, type Posture, restoreTerms, type TierRto, tierRto } from './feasibility-rto.ts';
import type { Sizes } from './feasibility-sizes.ts';
import type { Plan } from './schema.ts';

export type TierFeasibility = {
  tier: string;
  rpo: TierRpo;
  rto: TierRto;
  /** Its restore alone, at the ninetieth percentile. */
  restoreSeconds: number;
};

/** What a plan promises beside what it can do. */
export type Feasibility = {
  tiers: TierFeasibility[];
  /** Every tier back, under each posture. */
  postures: { posture: Posture; rto: { p50: number; p90: number } }[];
  loads: BackupLoad[];
  asking: Asking;
  /** Observers that are left when the primary is lost. */
  observers: number;
};

/** The promise against the arithmetic: pure, of the plan and of how much there is of everything. */
export function assessPlan(plan: Plan, sizes: Sizes): Feasibility {
  const loads = backupLoads(plan, sizes);
  const rpos = plan.tiers.map((tier) => tierRpo(plan, tier, loads));
  const asking = askingOf(plan, Math.max(...rpos.map(({ worst }) => worst)));
  return {
    tiers: plan.tiers.map((tier, index) => ({
      tier: tier.name,
      rpo: rpos[index] ?? tierRpo(plan, tier, loads),
      rto: tierRto(plan, tier, sizes, asking, plan.posture),
      restoreSeconds: sumOf(restoreTerms(plan, tier.name, sizes)).p90,
    })),
    postures: POSTURES.map((posture) => ({ posture, rto: slowestTier(plan, sizes, asking, posture) })),
    loads,
    asking,
    observers: detectionOf(plan).observers,
  };
}

/** A larger loss than the plan takes unasked is asked about too. */
function askingOf({ decision }: Plan, worstLoss: number): Asking {
  const { approval, maxLoss, onTimeout } = decision;
  if (approval === 'automatic' && (maxLoss === undefined || worstLoss <= maxLoss)) return 'nobody';
  return onTimeout === 'proceed' ? 'until-timeout' : 'without-end';
}

function slowestTier(plan: Plan, sizes: Sizes, asking: Asking, posture: Posture): { p50: number; p90: number } {
  const each = plan.tiers.map((tier) => tierRto(plan, tier, sizes, asking, posture));
  return { p50: Math.max(...each.map(({ p50 }) => p50)), p90: Math.max(...each.map(({ p90 }) => p90)) };
}

export const keepsRpo = ({ rpo }: TierFeasibility): boolean => rpo.worst <= rpo.target;
export const keepsRto = ({ rto }: TierFeasibility): boolean => rto.p90 <= rto.target;
