import type { Adapted } from './adapted.ts';
import { durationText, secondsOf } from './duration.ts';
import { freshName } from './fresh-name.ts';
import { INTERVALS, longestInterval } from './intervals.ts';
import type { ManifestObject } from './manifest-object.ts';
import { tierNamespaces } from './places.ts';
import type { PlanInput } from './schema.ts';

type Schedule = PlanInput['stores']['backups']['schedules'][number];

/** How long backups of what the plan did not know are kept, where none of its schedules takes it in. */
const KEEP = '7d';

/**
 * Schedules without what is gone; and where a tier has gained namespaces, a schedule that covers all of the tier
 * (a tier is brought back from one backup), often enough to keep its RPO. Half of the RPO is for the interval;
 * taking a backup and replicating it need the rest.
 */
export function adaptSchedules(input: PlanInput, _: readonly ManifestObject[], original: PlanInput): Adapted {
  const said: string[] = [];
  let schedules = input.stores.backups.schedules;
  for (const { name: tier, rpo } of input.tiers) {
    const before = tierNamespaces(original, tier);
    const now = tierNamespaces(input, tier);
    if (now.some((namespace) => !before.includes(namespace))) {
      schedules = withTier(schedules, { tier, before, now, rpoSeconds: secondsOf(rpo) }, said);
    }
  }
  const there = new Set(input.tiers.flatMap((tier) => tierNamespaces(input, tier.name)));
  const kept = schedules.flatMap((schedule): Schedule[] => {
    if (!Array.isArray(schedule.namespaces)) return [schedule];
    const namespaces = schedule.namespaces.filter((namespace) => there.has(namespace));
    if (namespaces.length > 0) return [{ ...schedule, namespaces }];
    said.push(`Schedule ${schedule.name} is left out: nothing that it covers is left.`);
    return [];
  });
  const backups = { ...input.stores.backups, schedules: kept };
  return { input: { ...input, stores: { ...input.stores, backups } }, said };
}

type GrownTier = { tier: string; before: string[]; now: string[]; rpoSeconds: number };

/** With a schedule for all of the tier: one that does already, the tier's own made larger, or a new one. */
function withTier(schedules: Schedule[], { tier, before, now, rpoSeconds }: GrownTier, said: string[]): Schedule[] {
  const often = schedules.filter((schedule) => keeps(schedule, rpoSeconds / 2));
  const covers = (namespaces: Schedule['namespaces']) => !Array.isArray(namespaces) || contains(namespaces, now);
  if (often.some(({ namespaces }) => covers(namespaces))) return schedules;
  const own = often.find(({ namespaces }) => Array.isArray(namespaces) && same(namespaces, before));
  if (own && Array.isArray(own.namespaces)) {
    const namespaces = [...new Set([...own.namespaces, ...now])];
    said.push(`Schedule ${own.name} also covers ${namespaces.slice(own.namespaces.length).join(', ')}.`);
    return schedules.map((schedule) => (schedule === own ? { ...own, namespaces } : schedule));
  }
  const every = durationText(INTERVALS.findLast((seconds) => seconds <= rpoSeconds / 2) ?? INTERVALS[0] ?? 60);
  const name = freshName(`${tier}-${every}`, new Set(schedules.map((schedule) => schedule.name)));
  said.push(`Schedule ${name} is added, for all of tier ${tier}.`);
  return [...schedules, { name, every, namespaces: now, keep: KEEP }];
}

function keeps(schedule: Schedule, seconds: number): boolean {
  const every = schedule.every === undefined ? undefined : secondsOf(schedule.every);
  return schedule.contents !== 'configuration' && longestInterval({ every, cron: schedule.cron }) <= seconds;
}

const contains = (list: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((item) => list.includes(item));

const same = (one: readonly string[], other: readonly string[]): boolean =>
  one.length > 0 && contains(one, other) && contains(other, one);
