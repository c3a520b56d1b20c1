import { type PointVolume, pointVolume } from '../domain/backup-files.ts';
import type { Clock } from '../domain/given.ts';
import {
  type Arrived,
  candidates,
  decidePoints,
  judgePoint,
  type PointsDecision,
  provenRepositories,
  type RecoveryPoint,
  type RepositoryProof,
  schedulesOfTier,
  withVolumes,
} from '../domain/recovery-points.ts';
import { isSignedBy, type SignedSeal, VELERO_PREFIX } from '../domain/seal.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { RecoveryBucket } from '../gateways/recovery-bucket.ts';
import type { Plan } from '../plan/schema.ts';

/** Seals are read newest first and only until a tier is served; older ones than this many no run would want. */
const SEALS_READ_MOST = 50;

export type ChooseRecoveryPoints = { replica: RecoveryBucket; captured: CapturedFacts; runs: RunsTable; clock: Clock };

/** The decision, and how long an answer is waited for where one is asked. */
export type Choice = PointsDecision & {
  approval: { timeoutSeconds: number; onTimeout: 'proceed' | 'hold' };
  /** Every point that was looked at, newest first by tier. */
  considered: { name: string; moment: string; verdict: string; reason: string }[];
  /** Why the repositories of the chosen points are known to be whole. */
  restsOn: RepositoryProof[];
};

type Judged = { genuine: SignedSeal[]; points: RecoveryPoint[]; volumes: Map<string, PointVolume[]> };

/**
 * Chooses what each tier is brought back from, by what has verifiably arrived in the standby, and whether a person must
 * be asked. Reads the replica alone; notes the choice in the run.
 */
export async function chooseRecoveryPoints(given: ChooseRecoveryPoints, plan: Plan, runId: string): Promise<Choice> {
  const { replica, captured, runs, clock } = given;
  const [names, arrived, { publicKey }] = await Promise.all([
    replica.sealed(),
    replica.bucket.currentVersions(VELERO_PREFIX),
    captured.sealKey(),
  ]);
  const judged: Judged = { genuine: [], points: [], volumes: new Map() };
  const read = new Set<string>();
  for (const tier of plan.tiers) {
    for (const name of newestFirst(names, schedulesOfTier(plan, tier.name)).slice(0, SEALS_READ_MOST)) {
      if (!read.has(name)) await judgeNext(given, judged, name, arrived, publicKey);
      read.add(name);
      if (candidates(plan, tier.name, judged.points).some((point) => point.verdict === 'restorable')) break;
    }
  }
  const decision = decidePoints(plan, judged.points, judged.volumes, clock.now());
  await runs.note(runId, 'points', decision.points);
  const considered = judged.points.map(({ name, moment, verdict, reason }) => ({
    name,
    moment: moment.toISOString(),
    verdict,
    reason,
  }));
  await runs.note(runId, 'considered', considered);
  const { timeout, onTimeout } = plan.decision;
  const proven = provenRepositories(judged.genuine, arrived);
  const restsOn = [...proven].map(([repository, { backup }]) => ({ repository, backup }));
  return { ...decision, approval: { timeoutSeconds: timeout, onTimeout }, considered, restsOn };
}

async function judgeNext(
  { replica, clock }: ChooseRecoveryPoints,
  judged: Judged,
  name: string,
  arrived: Arrived,
  publicKey: string,
) {
  const signed = await replica.seal(name);
  if (signed === undefined) return;
  const genuine = isSignedBy(signed, publicKey);
  if (genuine) judged.genuine.push(signed);
  const proven = provenRepositories(judged.genuine, arrived);
  const point = judgePoint(signed, genuine, arrived, proven, clock.now());
  if (point.verdict !== 'restorable') {
    judged.points.push(point);
    return;
  }
  const volumes = ((await replica.volumes(name)) ?? []).map(pointVolume);
  judged.volumes.set(name, volumes);
  judged.points.push(withVolumes(point, volumes));
}

/** Scheduled backups are named after their schedule and time, which sorts them; others no schedule answers for. */
function newestFirst(names: string[], schedules: string[]): string[] {
  const stamp = (name: string) => name.slice(name.lastIndexOf('-') + 1);
  return names
    .filter((name) => /-\d{14}$/.test(name) && schedules.includes(name.slice(0, name.lastIndexOf('-'))))
    .sort((a, b) => stamp(b).localeCompare(stamp(a)));
}
