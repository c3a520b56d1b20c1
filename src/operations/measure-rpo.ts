import { measures } from '../domain/rpo.ts';
import { type Behind, type StoreAge, type StoreEvidence, storeAges } from '../domain/store-ages.ts';
import { verificationAge } from '../domain/verification-report.ts';
import type { Metrics } from '../gateways/aws/metrics.ts';
import type { ReplicationMetrics } from '../gateways/aws/replication-metrics.ts';
import type { Plan } from '../plan/schema.ts';
import { beginJudging, type JudgeGiven } from './judge-backup.ts';
import { sweepCatalogue } from './sweep-catalogue.ts';

export type MeasureRpo = JudgeGiven & { metrics: Metrics; replication: ReplicationMetrics };

/** Brings the catalogue up to date, says how long each store has been unprotected, and keeps that. */
export async function measureRpo(given: MeasureRpo, plan: Plan): Promise<{ ages: StoreAge[] }> {
  const { catalogue, metrics, clock } = given;
  const judging = await beginJudging(given);
  if (judging !== undefined) await sweepCatalogue(judging, plan);
  const now = clock.now();
  const [evidence, open, verifications] = await Promise.all([
    seen(given, plan, now),
    catalogue.openPoints(),
    catalogue.verifications(),
  ]);
  const ages = storeAges(plan, evidence, now);
  const schedules = plan.stores.backups.schedules.map(({ name }) => name);
  const found = [
    ...measures(plan, ages, { states: evidence.schedules, open }, now),
    verificationAge(verifications, schedules, now),
  ];
  await Promise.all([metrics.publish(found, now), catalogue.writeAges(now, ages)]);
  return { ages };
}

async function seen(given: MeasureRpo, plan: Plan, now: Date): Promise<StoreEvidence> {
  const { catalogue, captured, replication } = given;
  const { buckets, git } = plan.stores;
  const behindOf = async (bucket: (typeof buckets)[number]): Promise<[string, Behind[]]> => [
    bucket.name,
    await replication.behind(bucket, now),
  ];
  const [schedules, behind, revisions, [last]] = await Promise.all([
    catalogue.schedules(),
    Promise.all(buckets.map(behindOf)),
    git === undefined ? undefined : captured.git(),
    catalogue.ages(1),
  ]);
  return { schedules, behind: new Map(behind), git: revisions, before: last?.ages ?? [] };
}
