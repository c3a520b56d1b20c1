import { longestInterval } from '../plan/intervals.ts';
import type { Plan } from '../plan/schema.ts';
import type { CataloguedPoint, ScheduleState } from './catalogue.ts';
import { type StoreAge, secondsSince } from './store-ages.ts';

export type Measure = {
  name: string;
  unit: 'Seconds' | 'Count' | 'Percent';
  value: number;
  dimensions: { Store?: string; Tier?: string };
};

/** What stands for "never": missing evidence is unprotected time, and a metric has no other word for it. */
export const NEVER_SECONDS = 365 * 86_400;
const DAY_MS = 86_400_000;
const COMPARED_WITH = 10;

/**
 * What is known, as metrics: how long stores, tiers and the whole plan have been unprotected, the worst of all of them
 * first; and how backups fare.
 */
export function measures(
  plan: Plan,
  ages: StoreAge[],
  { states, open }: { states: ScheduleState[]; open: CataloguedPoint[] },
  now: Date,
): Measure[] {
  const worst = (some: StoreAge[]): number => Math.max(0, ...some.map(({ ageSeconds }) => ageSeconds ?? NEVER_SECONDS));
  const age = (value: number, dimensions: Measure['dimensions']): Measure => ({
    name: 'RecoveryPointAge',
    unit: 'Seconds',
    value,
    dimensions,
  });
  const known = states.filter(({ schedule }) => plan.stores.backups.schedules.some(({ name }) => name === schedule));
  const whole = (name: string, unit: Measure['unit'], value: number): Measure => ({
    name,
    unit,
    value,
    dimensions: {},
  });
  return [
    age(worst(ages), {}),
    ...plan.tiers.map(({ name }) => age(worst(ages.filter(({ tier }) => tier === name)), { Tier: name })),
    ...ages.map((one) => age(worst([one]), { Store: one.store })),
    whole('BackupsFailing', 'Count', known.filter(({ judged }) => judged[0]?.restorable === false).length),
    whole('BackupAge', 'Seconds', newestAge(known, now)),
    whole('BackupSuccessRate', 'Percent', successRate(known, now)),
    whole('ReplicationLag', 'Seconds', replicationLag(open, now)),
    whole('BackupDeviation', 'Percent', Math.max(0, ...known.map(deviation))),
  ];
}

function newestAge(states: ScheduleState[], now: Date): number {
  const ages = states.flatMap(({ restorable }) => (restorable === null ? [] : secondsSince(restorable.moment, now)));
  return ages.length === 0 ? NEVER_SECONDS : Math.min(...ages);
}

/** Of the backups of the last day. When none was judged, none succeeded. */
function successRate(states: ScheduleState[], now: Date): number {
  const judged = states
    .flatMap((state) => state.judged)
    .filter(({ moment }) => Date.parse(moment) > now.getTime() - DAY_MS);
  return judged.length === 0 ? 0 : (100 * judged.filter(({ restorable }) => restorable).length) / judged.length;
}

/** How long the longest awaited of the objects that have not arrived has been awaited. */
function replicationLag(open: CataloguedPoint[], now: Date): number {
  const waiting = open.filter(({ files, repositories }) =>
    [files, ...repositories.map(({ missing }) => missing ?? [])].some((missing) => missing.length > 0),
  );
  return Math.max(0, ...waiting.map(({ sealedAt }) => secondsSince(sealedAt, now)));
}

/** How far the newest backup is off the median of those before it, in percent of that: its volumes or its items. */
function deviation({ judged }: ScheduleState): number {
  const [newest, ...before] = judged.slice(0, COMPARED_WITH + 1);
  if (newest === undefined || before.length === 0) return 0;
  const off = (value: number, others: number[]): number => {
    const middle = others.toSorted((a, b) => a - b)[Math.floor(others.length / 2)] ?? 0;
    return middle === 0 ? 0 : (100 * Math.abs(value - middle)) / middle;
  };
  return Math.max(
    off(
      newest.bytes,
      before.map(({ bytes }) => bytes),
    ),
    off(
      newest.items,
      before.map(({ items }) => items),
    ),
  );
}

/**
 * The schedules of which a newer seal may lie in the standby: those whose newest known backup is older than their
 * interval. S3 tells of each seal; this finds those that it did not tell of.
 */
export function overdue(plan: Plan, states: ScheduleState[], now: Date): string[] {
  const newest = new Map(states.map((state) => [state.schedule, state.newest.moment]));
  return plan.stores.backups.schedules
    .filter((schedule) => {
      const moment = newest.get(schedule.name);
      return moment === undefined || secondsSince(moment, now) > longestInterval(schedule);
    })
    .map(({ name }) => name);
}
