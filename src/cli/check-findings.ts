import { durationText } from '../plan/duration.ts';
import { type Feasibility, keepsRpo, keepsRto, type TierFeasibility } from '../plan/feasibility.ts';
import { FIGURES, REPLICATION_BOUND_SECONDS } from '../plan/feasibility-figures.ts';
import type { Sizes } from '../plan/feasibility-sizes.ts';
import { longestInterval } from '../plan/intervals.ts';
import { scheduledNamespaces, tierNamespaces } from '../plan/places.ts';
import { NO_ENTRY_POINT } from '../plan/remarks.ts';
import type { Plan } from '../plan/schema.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';
import { changeForBound, changeForRpo, changeForRto } from './check-changes.ts';

export type Finding = { severity: 'error' | 'warning' | 'note'; tier?: string; what: string; change: string };

const MINUTE = 60;
/** What is asked of every platform, whatever its plan promises. */
const WHOLE_RTO_SECONDS = 3600;
const FIRST_RPO_SECONDS = 900;
const BACKUP_SECONDS = 900;
/** After so long Lifeboat gives a tier's restore up. */
const RESTORE_SECONDS = 2700;
/** After so long a run ends, whatever it waits for: statemachines/failover.asl.json. */
const RUN_SECONDS = 14_400;

/** What is wrong with a plan's promises, what may become so, and what the arithmetic rests on: the worst first. */
export function findingsOn(plan: Plan, feasibility: Feasibility, sizes: Sizes): Finding[] {
  const found = [
    ...feasibility.tiers.flatMap((tier) => [
      ...brokenRpo(plan, tier, sizes),
      ...brokenRto(plan, feasibility, tier),
      ...replicationBound(tier),
      ...shortKeep(tier),
      ...longRestore(tier),
      ...notCounted(plan, tier),
    ]),
    ...detection(plan, feasibility),
    ...personsWord(plan, feasibility),
    ...longBackups(feasibility),
    ...copiesOfBuckets(plan),
    ...wholePlatform(feasibility),
    onlyPilot,
  ];
  const rank = { error: 0, warning: 1, note: 2 };
  const once = found.filter(({ what }, index) => found.findIndex((other) => other.what === what) === index);
  return once.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const onlyPilot: Finding = {
  severity: 'note',
  what: 'only posture pilot can be deployed today; cold, warm and hot are computed beside it, some of their prices from memory',
  change: 'posture: pilot; look prices up before a bill is promised to anybody',
};

function brokenRpo(plan: Plan, tier: TierFeasibility, sizes: Sizes): Finding[] {
  if (keepsRpo(tier)) return [];
  const { worst, target, terms } = tier.rpo;
  const sum = terms.reduce((seconds, term) => seconds + term.seconds, 0);
  const change = changeForRpo(plan, tier, sizes);
  const error = (what: string): Finding[] => [{ severity: 'error', tier: tier.tier, what, change }];
  if (Number.isFinite(worst))
    return error(
      `${tier.tier} can lose ${lengthText(worst)}: ${lengthText(worst - target)} more than the ${lengthText(target)} promised`,
    );
  if (!Number.isFinite(sum))
    return error('more backups are due than Velero can take, one after another: they fall ever further behind');
  return error(
    `each backup of ${tier.tier} is kept ${lengthText(tier.rpo.keep)}, and the next one is there only ${lengthText(sum)} after it: in between there is none at all`,
  );
}

function brokenRto(plan: Plan, feasibility: Feasibility, tier: TierFeasibility): Finding[] {
  const { target, p90 } = tier.rto;
  if (keepsRto(tier) || !Number.isFinite(p90)) return [];
  const over = `${lengthText(p90 - target)} more than the ${lengthText(target)} promised`;
  const what = `${tier.tier} is back after ${lengthText(p90)} (p90): ${over}`;
  return [{ severity: 'error', tier: tier.tier, what, change: changeForRto(plan, feasibility, tier) }];
}

/** Where the promise holds by the usual replication, and not by what S3 answers for. */
function replicationBound(tier: TierFeasibility): Finding[] {
  const { worst, target } = tier.rpo;
  const usual = FIGURES['s3.replication'].p90;
  const bound = worst - usual + REPLICATION_BOUND_SECONDS;
  if (worst > target || bound <= target) return [];
  const what = `replication is counted with ${lengthText(usual)} (p90). S3's replication time control answers for ${lengthText(REPLICATION_BOUND_SECONDS)} (99.99 % of objects): then ${tier.tier} can lose ${lengthText(bound)}, ${lengthText(bound - target)} more than promised`;
  return [{ severity: 'warning', tier: tier.tier, what, change: changeForBound(tier) }];
}

/** A backup must outlive the wait for the next one, and the restore that began with it. */
function shortKeep({ tier, rpo, rto }: TierFeasibility): Finding[] {
  const needed = rpo.worst + rto.p90;
  if (!Number.isFinite(needed) || rpo.keep >= needed) return [];
  const what = `backups of ${tier} are kept ${lengthText(rpo.keep)}: the newest can be gone before it is restored, ${lengthText(needed)} after it was taken`;
  const change = `keep: ${durationText(Math.ceil(needed / MINUTE) * MINUTE)} or more, in ${rpo.schedules.join(', ')}`;
  return [{ severity: 'warning', tier, what, change }];
}

function longRestore({ tier, restoreSeconds }: TierFeasibility): Finding[] {
  if (restoreSeconds <= RESTORE_SECONDS) return [];
  const what = `restoring ${tier} takes ${lengthText(restoreSeconds)} (p90), and is given up after ${lengthText(RESTORE_SECONDS)}`;
  return [{ severity: 'warning', tier, what, change: 'split the tier, or let it hold less' }];
}

/** Schedules that a person may have thought to keep the promise, and why they do not. */
function notCounted(plan: Plan, tier: TierFeasibility): Finding[] {
  if (keepsRpo(tier)) return [];
  const [between] = tier.rpo.terms;
  const wanted = tierNamespaces(plan, tier.tier);
  return plan.stores.backups.schedules.flatMap((schedule): Finding[] => {
    const covered = new Set(scheduledNamespaces(plan, schedule));
    const missing = wanted.filter((namespace) => !covered.has(namespace));
    const whole = missing.length === 0 && schedule.contents === 'everything';
    if (whole || missing.length === wanted.length || longestInterval(schedule) >= (between?.seconds ?? 0)) return [];
    const field = `stores.backups.schedules.${schedule.name}`;
    if (schedule.contents === 'configuration')
      return [
        {
          severity: 'note',
          what: `${schedule.name} counts for nothing: no workload can be brought back from configuration alone`,
          change: `${field}: contents: everything, if it is to count`,
        },
      ];
    const what = `${schedule.name} does not count for ${tier.tier}: it lacks ${missing.join(', ')}, and a tier is brought back from one backup`;
    const change = `${field}: namespaces: all of ${tier.tier}'s, if it is to count`;
    return [{ severity: 'note', tier: tier.tier, what, change }];
  });
}

function detection({ detection: { downVotes } }: Plan, { observers }: Feasibility): Finding[] {
  if (observers === 0)
    return [{ severity: 'warning', what: NO_ENTRY_POINT, change: 'name an entry point by which a loss is seen' }];
  if (observers >= downVotes) return [];
  const what = `with the primary ${observers} of its observers are left, and ${downVotes} must say down: Route 53's alarms live in us-east-1 and die with it. No failover starts by itself`;
  return [{ severity: 'error', what, change: `a witness region, or detection.downVotes: ${observers}` }];
}

function personsWord(plan: Plan, { asking, tiers }: Feasibility): Finding[] {
  if (asking === 'nobody') return [];
  const left = Math.min(...tiers.map(({ rto }) => rto.target - rto.p90));
  const why =
    plan.decision.approval === 'required'
      ? 'a person must approve'
      : 'more than decision.maxLoss can be lost, and a person is asked';
  if (asking === 'until-timeout')
    return [
      {
        severity: 'note',
        what: `${why}; counted is that nobody does for ${lengthText(plan.decision.timeout)}, and it goes on`,
        change: 'decision.approval: automatic takes that time away',
      },
    ];
  const room = left >= MINUTE ? `${lengthText(left)} of it keep every rto (p90)` : 'none of it is left (p90)';
  const timeout = durationText(Math.max(MINUTE, Math.floor(left / MINUTE) * MINUTE));
  const what = `${why}, and without a word the run holds: that time is a person's, and not counted here; ${room}`;
  const change = `decision.approval: automatic; or onTimeout: proceed with timeout: ${timeout}`;
  return [{ severity: 'warning', what, change }];
}

function longBackups({ loads }: Feasibility): Finding[] {
  return loads.flatMap(({ schedule, seconds, turn }): Finding[] => {
    const found: Finding[] = [];
    const change = `split ${schedule.name} by namespaces, or take it less often`;
    if (seconds > BACKUP_SECONDS)
      found.push({
        severity: 'warning',
        what: `backup ${schedule.name} takes ${lengthText(seconds)} (p90), more than ${lengthText(BACKUP_SECONDS)}`,
        change,
      });
    if (turn > longestInterval(schedule))
      found.push({
        severity: 'warning',
        what: `backup ${schedule.name} takes ${lengthText(turn)} (p90), longer than its own interval: Velero leaves out those that are due meanwhile`,
        change,
      });
    return found;
  });
}

/** An application's own bucket is behind by its replication alone, and by no more than S3 answers for. */
function copiesOfBuckets({ stores, tiers }: Plan): Finding[] {
  const usual = FIGURES['s3.replication'].p90;
  return stores.buckets.flatMap(({ name, tier: of }): Finding[] => {
    const promised = tiers.find((tier) => tier.name === of)?.rpo ?? Number.POSITIVE_INFINITY;
    if (promised >= REPLICATION_BOUND_SECONDS) return [];
    const what = `the copy of bucket ${name} is usually ${lengthText(usual)} behind (p90), and S3's replication time control answers for ${lengthText(REPLICATION_BOUND_SECONDS)}; promised for ${of} is ${lengthText(promised)}`;
    const change = `an rpo of ${durationText(REPLICATION_BOUND_SECONDS)} or more, or the bucket in a tier that has one`;
    return [{ severity: 'warning', tier: of, what, change }];
  });
}

function wholePlatform({ tiers }: Feasibility): Finding[] {
  const found: Finding[] = [];
  const back = Math.max(...tiers.map(({ rto }) => rto.p90));
  const [first] = tiers;
  if (back > RUN_SECONDS && Number.isFinite(back))
    found.push({
      severity: 'warning',
      what: `all of it is back after ${lengthText(back)} (p90), and a run ends after ${lengthText(RUN_SECONDS)}, whatever it waits for`,
      change: 'a shorter decision.timeout, or less to restore',
    });
  else if (back > WHOLE_RTO_SECONDS && Number.isFinite(back))
    found.push({
      severity: 'note',
      what: `all of it is back after ${lengthText(back)} (p90), more than an hour`,
      change: 'fewer volumes, or smaller ones, in all tiers together',
    });
  if (first !== undefined && keepsRpo(first) && first.rpo.worst > FIRST_RPO_SECONDS)
    found.push({
      severity: 'note',
      tier: first.tier,
      what: `the first tier can lose ${lengthText(first.rpo.worst)}: as promised, and more than the usual ${lengthText(FIRST_RPO_SECONDS)}`,
      change: 'back it up more often, if that is too much',
    });
  return found;
}
