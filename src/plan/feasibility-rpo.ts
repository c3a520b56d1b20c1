import { longestCronGap } from './cron.ts';
import { durationText } from './duration.ts';
import { FIGURES } from './feasibility-figures.ts';
import type { BackupLoad } from './feasibility-queue.ts';
import { cronOf, scheduledNamespaces, tierNamespaces } from './places.ts';
import type { BackupSchedule, Plan } from './schema.ts';

export type RpoTerm = { what: string; seconds: number; source: string };

export type TierRpo = {
  target: number;
  /** The most that can be lost, in seconds; infinite when there are moments without any recovery point. */
  worst: number;
  /** They sum to the worst case, as far as that is finite. */
  terms: RpoTerm[];
  /** The schedules that the arithmetic rests on: together they are the best that the plan has for the tier. */
  schedules: string[];
  /** The shortest time that one of those keeps its backups, in seconds. */
  keep: number;
};

/** Schedules that are relied on together, and what follows. */
type Cover = { loads: BackupLoad[]; gap: number; slowest: BackupLoad; worst: number };

const QUEUE_SOURCE = 'https://velero.io/docs/v1.18/backup-reference/ (one backup at a time)';

/** Only a backup of everything, of all of the tier's namespaces, brings a tier back. */
export function covers(plan: Plan, schedule: BackupSchedule, tier: string): boolean {
  const covered = new Set(scheduledNamespaces(plan, schedule));
  return schedule.contents === 'everything' && tierNamespaces(plan, tier).every((namespace) => covered.has(namespace));
}

/**
 * What a tier can lose at worst: just before a backup is there, the newest one stands for a moment that is as long ago
 * as the pause between the two, the second one's wait for its turn, the time it took and the time to replicate it.
 */
export function tierRpo(plan: Plan, tier: Plan['tiers'][number], loads: readonly BackupLoad[]): TierRpo {
  const able = loads
    .filter(({ schedule }) => covers(plan, schedule, tier.name))
    .sort((a, b) => readyAfter(a) - readyAfter(b));
  // More schedules shorten the pauses and never harm, but for the slowest one's own time.
  const possible = able.map((_, index) => coverOf(able.slice(0, index + 1)));
  const kept = possible.map(whatIsKept).filter((cover) => cover !== undefined);
  const found = bestOf(kept) ?? bestOf(possible);
  const best = found && withoutNeedless(found);
  if (best === undefined)
    return { target: tier.rpo, worst: Number.POSITIVE_INFINITY, terms: [], schedules: [], keep: 0 };
  return {
    target: tier.rpo,
    worst: kept.length > 0 ? best.worst : Number.POSITIVE_INFINITY,
    terms: termsOf(best, loads, plan.stores.backups.volumes),
    schedules: best.loads.map(({ schedule }) => schedule.name),
    keep: Math.min(...best.loads.map(({ schedule }) => schedule.keep)),
  };
}

const readyAfter = ({ waits, seconds }: BackupLoad): number => waits + seconds;

const bestOf = (covers: readonly Cover[]): Cover | undefined =>
  covers.reduce<Cover | undefined>((best, cover) => (best && best.worst <= cover.worst ? best : cover), undefined);

function coverOf(loads: BackupLoad[]): Cover {
  const gap = longestCronGap(...new Set(loads.map(({ schedule }) => cronOf(schedule)))) ?? Number.POSITIVE_INFINITY;
  const slowest = loads.reduce((slow, one) => (readyAfter(one) > readyAfter(slow) ? one : slow));
  return { loads, gap, slowest, worst: gap + readyAfter(slowest) + FIGURES['s3.replication'].p90 };
}

/** Without the schedules whose backups are gone before the next one is there; undefined when none is left. */
function whatIsKept(cover: Cover): Cover | undefined {
  const lasting = cover.loads.filter(({ schedule }) => schedule.keep >= cover.worst);
  if (lasting.length === cover.loads.length) return cover;
  return lasting.length === 0 ? undefined : whatIsKept(coverOf(lasting));
}

/** Without the schedules that make nothing better. */
function withoutNeedless(cover: Cover): Cover {
  return cover.loads.reduce((best, load) => {
    if (best.loads.length === 1) return best;
    const less = coverOf(best.loads.filter((one) => one !== load));
    return less.worst <= best.worst ? less : best;
  }, cover);
}

function termsOf(
  { loads, gap, slowest }: Cover,
  all: readonly BackupLoad[],
  volumes: Plan['stores']['backups']['volumes'],
): RpoTerm[] {
  const names = loads.map(({ schedule }) => `${schedule.name} ${timesOf(schedule)}`).join(', ');
  const fields = loads.map(({ schedule }) => `stores.backups.schedules.${schedule.name}`).join(', ');
  const longest = all
    .filter((one) => one !== slowest)
    .reduce<BackupLoad | undefined>((most, one) => (most && most.seconds >= one.seconds ? most : one), undefined);
  const others = longest === undefined ? '' : `, of the others ${longest.schedule.name} takes longest`;
  return [
    { what: `between two backups (${names})`, seconds: gap, source: `the plan: ${fields}` },
    {
      what: `waiting for its turn: one backup at a time${volumes === 'snapshots' ? ', one volume at a time on a node' : ''}${others}`,
      seconds: slowest.waits,
      source: QUEUE_SOURCE,
    },
    {
      what: `taking backup ${slowest.schedule.name}${volumes === 'snapshots' ? ', its snapshots moved' : ''}`,
      seconds: slowest.seconds,
      source: takingSource(volumes),
    },
    { what: 'replicating it', seconds: FIGURES['s3.replication'].p90, source: FIGURES['s3.replication'].source },
  ];
}

function takingSource(volumes: Plan['stores']['backups']['volumes']): string {
  const names = ['velero.backupItem', 'velero.volumeOverhead', 'velero.backupMegabyte'] as const;
  const moving = volumes === 'snapshots' ? (['volume.snapshotReady', 'volume.provision'] as const) : [];
  return [...new Set([...names, ...moving].map((name) => FIGURES[name].source))].join('; ');
}

/** `every 5m`, or the cron text. */
const timesOf = ({ every, cron }: BackupSchedule): string =>
  every === undefined ? `at ${cron}` : `every ${durationText(every)}`;
