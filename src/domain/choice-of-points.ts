import * as z from 'zod';
import { scheduledNamespaces, tierNamespaces } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import type { PointVolume } from './backup-files.ts';
import type { RecoveryPoint } from './recovery-points.ts';

/** What a choice rests on: a repository, and the backup whose seal shows it to be whole. */
export const proof = z.object({ repository: z.string(), backup: z.string() });
export type RepositoryProof = z.infer<typeof proof>;

/** What a tier is brought back from. */
export const chosenPoint = z.object({
  tier: z.string(),
  namespaces: z.array(z.string()),
  backup: z.string(),
  moment: z.iso.datetime(),
  /** What would be lost if writing stopped now: an upper bound of what was really lost. */
  lossSeconds: z.number(),
  /** Volumes that the point does not hold: lost whole. */
  lostVolumes: z.array(z.string()),
});
export type ChosenPoint = z.infer<typeof chosenPoint>;

export type PointsDecision =
  | { kind: 'proceed'; points: ChosenPoint[]; reason: string }
  | { kind: 'ask'; points: ChosenPoint[]; reason: string }
  | { kind: 'hold'; points: ChosenPoint[]; reason: string };

/** The schedules a tier can be brought back from: those that hold everything of all its namespaces. */
export function schedulesOfTier(plan: Plan, tier: string): string[] {
  const wanted = tierNamespaces(plan, tier);
  return plan.stores.backups.schedules
    .filter((schedule) => schedule.contents === 'everything')
    .filter((schedule) => wanted.every((namespace) => scheduledNamespaces(plan, schedule).includes(namespace)))
    .map((schedule) => schedule.name);
}

/** The points that could serve a tier, newest first. */
export function candidates(plan: Plan, tier: string, points: RecoveryPoint[]): RecoveryPoint[] {
  const schedules = schedulesOfTier(plan, tier);
  return points
    .filter((point) => schedules.includes(point.schedule))
    .sort((a, b) => b.moment.getTime() - a.moment.getTime());
}

/**
 * For each tier the newest restorable point, else the newest that lacks only named volumes; and whether a person must
 * be asked. A tier without any point holds the run: nothing is started that cannot be finished.
 */
export function decidePoints(
  plan: Plan,
  points: RecoveryPoint[],
  volumes: Map<string, PointVolume[]>,
  now: Date,
): PointsDecision {
  const chosen: ChosenPoint[] = [];
  for (const { name: tier } of plan.tiers) {
    const able = candidates(plan, tier, points);
    const point =
      able.find((one) => one.verdict === 'restorable') ?? able.find((one) => one.verdict === 'not-portable');
    if (point === undefined) {
      const seen =
        able.length === 0
          ? 'there is none at all'
          : able
              .map((one) => `${one.name} ${one.verdict}: ${one.reason}`)
              .slice(0, 3)
              .join('; ');
      return { kind: 'hold', points: chosen, reason: `no recovery point can bring back tier ${tier} (${seen})` };
    }
    chosen.push(choose(plan, tier, point, volumes.get(point.name) ?? [], now));
  }
  return decideApproval(plan, chosen);
}

function choose(plan: Plan, tier: string, point: RecoveryPoint, volumes: PointVolume[], now: Date): ChosenPoint {
  const namespaces = tierNamespaces(plan, tier);
  const lost = volumes.filter(
    (volume) => !volume.portable && !volume.optedOut && namespaces.includes(volume.namespace),
  );
  return {
    tier,
    namespaces,
    backup: point.name,
    moment: point.moment.toISOString(),
    lossSeconds: Math.ceil((now.getTime() - point.moment.getTime()) / 1000),
    lostVolumes: lost.map((volume) => `${volume.namespace}/${volume.name}`),
  };
}

function decideApproval(plan: Plan, points: ChosenPoint[]): PointsDecision {
  const { approval, maxLoss } = plan.decision;
  const worst = Math.max(...points.map((point) => point.lossSeconds));
  if (approval === 'required') return { kind: 'ask', points, reason: 'the plan wants a word from a person' };
  if (maxLoss !== undefined && worst > maxLoss) {
    return {
      kind: 'ask',
      points,
      reason: `up to ${worst} s would be lost, more than the ${maxLoss} s that the plan takes unasked`,
    };
  }
  const lost = points.flatMap((point) => point.lostVolumes);
  if (lost.length > 0) return { kind: 'ask', points, reason: `these volumes would be lost whole: ${lost.join(', ')}` };
  return { kind: 'proceed', points, reason: `at most ${worst} s are lost` };
}
