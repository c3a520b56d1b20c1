import { tierNamespaces } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { bucketStore, gitStore } from '../plan/stores.ts';
import type { CapturedGit } from './captured.ts';
import type { ScheduleState } from './catalogue.ts';
import { schedulesOfTier } from './choice-of-points.ts';
import { inStepUntil } from './git-revision.ts';

/** How long a store has been unprotected: what was written since is lost if its site is. */
export type StoreAge = {
  kind: 'namespace' | 'bucket' | 'git';
  store: string;
  /** Null for Git, which is every tier's. */
  tier: string | null;
  targetSeconds: number;
  /** Null when nothing can bring it back. */
  ageSeconds: number | null;
  /** Up to when all of it is known to be in the standby. */
  moment: string | null;
  /** Of Git, its revision; of a bucket, which is its own copy, nothing. */
  recoveryPoint: string | null;
};

/** By how many seconds a copy was behind its bucket, in a minute. */
export type Behind = { at: Date; seconds: number };

/** What can be seen of the stores without the primary. */
export type StoreEvidence = {
  schedules: ScheduleState[];
  /** By bucket. */
  behind: ReadonlyMap<string, Behind[]>;
  git: CapturedGit | undefined;
  /** What was known the last time: what is no longer seen is as old as when it was seen last. */
  before: StoreAge[];
};

export function storeAges(plan: Plan, evidence: StoreEvidence, now: Date): StoreAge[] {
  return [
    ...plan.tiers.flatMap((tier) => [
      ...namespaceAges(plan, tier, evidence, now),
      ...bucketAges(plan, tier, evidence, now),
    ]),
    ...gitAges(plan, evidence, now),
  ];
}

type Tier = Plan['tiers'][number];
type Restorable = NonNullable<ScheduleState['restorable']>;

const restorableNow = (states: ScheduleState[], now: Date): Restorable[] =>
  states
    .flatMap(({ restorable }) => restorable ?? [])
    .filter(({ expiration }) => Date.parse(expiration) > now.getTime())
    .sort((a, b) => b.moment.localeCompare(a.moment));

/**
 * Each protected namespace by the newest restorable point of a schedule that holds its whole tier, since a tier is
 * brought back from one backup.
 */
function namespaceAges(plan: Plan, { name: tier, rpo }: Tier, evidence: StoreEvidence, now: Date): StoreAge[] {
  const schedules = schedulesOfTier(plan, tier);
  const [newest] = restorableNow(
    evidence.schedules.filter((state) => schedules.includes(state.schedule)),
    now,
  );
  return tierNamespaces(plan, tier).map((store) => ({
    ...{ kind: 'namespace', store, tier, targetSeconds: rpo },
    ...since(newest?.moment, now),
    recoveryPoint: newest?.backup ?? null,
  }));
}

/**
 * Each application bucket by what S3 says of its copy, minute by minute, in the copy's own region: also while nothing is
 * written. https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
function bucketAges(plan: Plan, { name: tier, rpo }: Tier, { behind, before }: StoreEvidence, now: Date): StoreAge[] {
  return plan.stores.buckets
    .filter((bucket) => bucket.tier === tier)
    .map(({ name }) => {
      const store = bucketStore(name);
      const seen = (behind.get(name) ?? []).map(({ at, seconds }) => new Date(at.getTime() - 1000 * seconds));
      const moment = newestOf([momentBefore(before, store), ...seen.map((one) => one.toISOString())]);
      const known = since(moment, now);
      return { kind: 'bucket', store, tier, targetSeconds: rpo, ...known, recoveryPoint: null };
    });
}

/**
 * Git by the revisions that the standby has, its own and those of the backups that it can restore: until when the
 * primary was at the latest of them.
 */
function gitAges({ stores }: Plan, { git, schedules, before }: StoreEvidence, now: Date): StoreAge[] {
  if (stores.git === undefined) return [];
  const store = gitStore(stores.git.name);
  const own = git?.standby == null ? [] : [{ revision: git.standby, seenAt: undefined }];
  const there = [...own, ...restorableNow(schedules, now).flatMap((point) => point.git ?? [])].map((one) => ({
    revision: one.revision,
    moment: newestOf([git && inStepUntil(git, one.revision), one.seenAt]),
  }));
  const last = before.find((age) => age.store === store);
  const moment = newestOf([last?.moment ?? undefined, ...there.map((one) => one.moment)]);
  const revision = there.find((one) => one.moment === moment)?.revision ?? last?.recoveryPoint ?? null;
  const known = since(moment, now);
  return [{ kind: 'git', store, tier: null, targetSeconds: stores.git.rpo, ...known, recoveryPoint: revision }];
}

const momentBefore = (before: StoreAge[], store: string): string | undefined =>
  before.find((age) => age.store === store)?.moment ?? undefined;

const newestOf = (moments: (string | undefined)[]): string | undefined =>
  moments
    .filter((moment) => moment !== undefined)
    .sort()
    .at(-1);

const since = (moment: string | undefined, now: Date): Pick<StoreAge, 'moment' | 'ageSeconds'> => ({
  moment: moment ?? null,
  ageSeconds: moment === undefined ? null : secondsSince(moment, now),
});

export const secondsSince = (moment: string, now: Date): number =>
  Math.ceil((now.getTime() - Date.parse(moment)) / 1000);
