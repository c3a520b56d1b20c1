import { longestCronGap } from './cron.ts';
import { type Draft, items } from './draft.ts';
import { secondsOf } from './duration.ts';
import { INTERVALS } from './intervals.ts';
import { type FieldPath, foundText } from './problem.ts';
import type { Misfit } from './shape.ts';

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based */
const SHORTEST_RATE_SECONDS = 60;

/** Both sites are asked for their revision each hour; a look may fail, or fall between the two of them. */
const SHORTEST_GIT_SECONDS = 2 * 3600;

/** What cannot happen as often, or at the times, that the plan says. */
export function timingRefusals(draft: Draft): Misfit[] {
  const schedules = items(draft.stores?.backups?.schedules);
  return [
    ...detectionRefusals(draft),
    ...gitRefusals(draft),
    ...schedules.flatMap(({ item, index }) => everyRefusals(item.every, ['stores', 'backups', 'schedules', index])),
    ...schedules.flatMap(({ item, index }) => cronRefusals(item.cron, ['stores', 'backups', 'schedules', index])),
    ...items(draft.drills).flatMap(({ item, index }) => cronRefusals(item.cron, ['drills', index])),
  ];
}

function detectionRefusals({ detection, witness }: Draft): Misfit[] {
  const { interval, downVotes } = detection ?? {};
  const observers = witness ? 3 : 2;
  const found: Misfit[] = [];
  if (interval !== undefined && (secondsOf(interval) < SHORTEST_RATE_SECONDS || secondsOf(interval) % 60 !== 0)) {
    found.push({ path: ['detection', 'interval'], found: foundText(interval), allowed: 'whole minutes, such as 1m' });
  }
  if (downVotes !== undefined && downVotes > observers) {
    const allowed = `at most ${observers}: the prober and the health checks, and a witness where the plan has one`;
    found.push({ path: ['detection', 'downVotes'], found: foundText(downVotes), allowed });
  }
  return found;
}

function gitRefusals({ stores }: Draft): Misfit[] {
  const rpo = stores?.git?.rpo;
  if (rpo === undefined || secondsOf(rpo) >= SHORTEST_GIT_SECONDS) return [];
  const allowed = '2h or longer: both sites are asked for their revision each hour';
  return [{ path: ['stores', 'git', 'rpo'], found: foundText(rpo), allowed }];
}

function everyRefusals(every: string | undefined, path: FieldPath): Misfit[] {
  if (every === undefined || INTERVALS.includes(secondsOf(every))) return [];
  const allowed = 'whole minutes that divide an hour, or whole hours that divide a day, such as 5m, 15m, 2h or 24h';
  return [{ path: [...path, 'every'], found: foundText(every), allowed }];
}

function cronRefusals(cron: string | undefined, path: FieldPath): Misfit[] {
  if (cron === undefined || longestCronGap(cron) !== undefined) return [];
  const allowed = 'five cron fields that come round, such as 0 2 * * *';
  return [{ path: [...path, 'cron'], found: foundText(cron), allowed }];
}
