import type { PointVolume } from '../domain/backup-files.ts';
import { type CataloguedPoint, pointOf } from '../domain/catalogue.ts';
import {
  decidePoints,
  type PointsDecision,
  type RepositoryProof,
  schedulesOfTier,
} from '../domain/choice-of-points.ts';
import { FactNotCaptured } from '../domain/errors.ts';
import type { RecoveryPoint } from '../domain/recovery-points.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { Plan } from '../plan/schema.ts';
import { changedSince } from './changed-since.ts';
import { beginJudging, type JudgeGiven, type Judging } from './judge-backup.ts';
import { sweepCatalogue } from './sweep-catalogue.ts';

/** Points older than this many of its schedule no run would want. */
const POINTS_CONSIDERED = 50;

export type ChooseRecoveryPoints = JudgeGiven & { runs: RunsTable };

/** The decision, and how long an answer is waited for where one is asked. */
export type Choice = PointsDecision & {
  approval: { timeoutSeconds: number; onTimeout: 'proceed' | 'hold' };
  /** Points that were looked at, newest first by schedule, down to the one that is chosen. */
  considered: { name: string; moment: string; verdict: string; reason: string }[];
  /** Why the repositories of the chosen points are known to be whole. */
  restsOn: RepositoryProof[];
};

/**
 * Chooses what each tier is brought back from, by what has verifiably arrived in the standby, and whether a person must
 * be asked. The catalogue is brought up to date first, from the replica alone; the choice is noted in the run.
 */
export async function chooseRecoveryPoints(given: ChooseRecoveryPoints, plan: Plan, runId: string): Promise<Choice> {
  const { catalogue, runs, clock } = given;
  const judging = await beginJudging(given);
  if (judging === undefined)
    throw new FactNotCaptured(
      'the key of the seals was never captured; run the machine protect while the primary lives',
    );
  await sweepCatalogue(judging, plan);
  const points: RecoveryPoint[] = [];
  const volumes = new Map<string, PointVolume[]>();
  for (const schedule of new Set(plan.tiers.flatMap(({ name }) => schedulesOfTier(plan, name)))) {
    for (const known of await catalogue.newest(schedule, POINTS_CONSIDERED)) {
      const point = await stillThere(judging, known, pointOf(known, judging.proven, clock.now()));
      points.push(point);
      if (known.volumes !== null) volumes.set(known.backup, known.volumes);
      if (point.verdict === 'restorable') break;
    }
  }
  const decision = decidePoints(plan, points, volumes, clock.now());
  const considered = points.map(({ name, moment, verdict, reason }) => ({
    name,
    moment: moment.toISOString(),
    verdict,
    reason,
  }));
  await runs.note(runId, 'points', decision.points);
  await runs.note(runId, 'considered', considered);
  const { timeout, onTimeout } = plan.decision;
  const restsOn = [...judging.proven].map(([repository, { backup }]) => ({ repository, backup }));
  return { ...decision, approval: { timeoutSeconds: timeout, onTimeout }, considered, restsOn };
}

/** What had arrived may have been overwritten or deleted since; so what would be chosen is looked at once more. */
async function stillThere(judging: Judging, known: CataloguedPoint, point: RecoveryPoint): Promise<RecoveryPoint> {
  if (point.verdict !== 'restorable' && point.verdict !== 'not-portable') return point;
  const { changed, unsealed } = await changedSince(judging, known);
  if (unsealed.length > 0)
    return {
      ...point,
      verdict: 'unproven',
      reason: `what it needs is not all named: no seal of ${unsealed.join(', ')}`,
    };
  if (changed.length === 0) return point;
  const reason = `${changed.length} of its objects had arrived, and were changed or deleted since`;
  return { ...point, verdict: 'incomplete', missing: changed.map(({ key }) => key), reason };
}
