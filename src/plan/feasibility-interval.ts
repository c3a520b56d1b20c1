import { backupLoads } from './feasibility-queue.ts';
import { covers, tierRpo } from './feasibility-rpo.ts';
import type { Sizes } from './feasibility-sizes.ts';
import { INTERVALS } from './intervals.ts';
import { tierNamespaces } from './places.ts';
import type { BackupSchedule, Plan } from './schema.ts';

/** A schedule that would keep a tier's RPO, or come nearest to it. */
export type BetterInterval = {
  every: number;
  /** The schedule of the plan that it is to replace; undefined when it is to be added. */
  replaces: string | undefined;
  name: string;
  namespaces: string[];
  keep: number;
  worst: number;
  keeps: boolean;
};

/** How long backups taken that often are kept: enough to look back over a night. */
const KEEP_SECONDS = 86_400;

/**
 * The longest interval that keeps a tier's RPO with all else as it is; when none does, the one that loses least. A
 * schedule of just this tier is changed, where there is one; otherwise one is added: what others share stays.
 */
export function betterInterval(plan: Plan, tier: string, sizes: Sizes): BetterInterval {
  const namespaces = tierNamespaces(plan, tier);
  const own = plan.stores.backups.schedules.find((schedule) => isOf(plan, schedule, tier, namespaces));
  const name = own?.name ?? `${tier.slice(0, NAME_ROOM)}-often`;
  const keep = Math.max(own?.keep ?? 0, KEEP_SECONDS);
  const promised = plan.tiers.find((one) => one.name === tier);
  const at = (every: number): BetterInterval => {
    const changed = withSchedule(plan, own, { name, every, namespaces, contents: 'everything', keep });
    const worst = promised ? tierRpo(changed, promised, backupLoads(changed, sizes)).worst : Number.POSITIVE_INFINITY;
    return { every, replaces: own?.name, name, namespaces, keep, worst, keeps: worst <= (promised?.rpo ?? 0) };
  };
  let nearest = at(INTERVALS[0] ?? 0);
  for (const every of INTERVALS.toReversed()) {
    if (every >= (promised?.rpo ?? 0)) continue;
    const tried = at(every);
    if (tried.keeps) return tried;
    if (tried.worst < nearest.worst) nearest = tried;
  }
  return nearest;
}

/** Of the 24 characters that a schedule's name may have. */
const NAME_ROOM = 18;

const isOf = (plan: Plan, schedule: BackupSchedule, tier: string, namespaces: readonly string[]): boolean =>
  Array.isArray(schedule.namespaces) &&
  schedule.namespaces.length === namespaces.length &&
  covers(plan, schedule, tier);

function withSchedule(plan: Plan, replaced: BackupSchedule | undefined, schedule: BackupSchedule): Plan {
  const { backups } = plan.stores;
  const schedules = [...backups.schedules.filter((one) => one !== replaced), schedule];
  return { ...plan, stores: { ...plan.stores, backups: { ...backups, schedules } } };
}
