import { longestCronGap } from './cron.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds at which backups can be repeated with one cron line: whole minutes of an hour, whole hours of a day. */
export const INTERVALS: readonly number[] = [
  ...[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12, 24].map((hours) => hours * HOUR),
];

/** Five cron fields, UTC, of one of `INTERVALS`. */
export function cronEvery(seconds: number): string {
  if (seconds === MINUTE) return '* * * * *';
  if (seconds < HOUR) return `*/${seconds / MINUTE} * * * *`;
  if (seconds === HOUR) return '0 * * * *';
  return seconds < DAY ? `0 */${seconds / HOUR} * * *` : '0 0 * * *';
}

/** The longest time between two of a schedule's backups, in seconds; infinite for a cron text that never comes. */
export function longestInterval(schedule: { every?: number | undefined; cron?: string | undefined }): number {
  if (schedule.every !== undefined) return schedule.every;
  return (schedule.cron === undefined ? undefined : longestCronGap(schedule.cron)) ?? Number.POSITIVE_INFINITY;
}
