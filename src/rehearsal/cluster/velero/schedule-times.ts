import { nextFire, parseCron } from '../cron-schedule.ts';
import { goDuration } from './go-duration.ts';

/** The first moment after `after` that a schedule names. */
export type ScheduleTimes = (after: number) => number;

/**
 * Five fields, a descriptor such as @hourly, or @every with a duration; in UTC, as Velero's container is. Throws
 * what Velero puts into the Schedule's validation errors.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/schedule_controller.go (cron.ParseStandard)
 */
export function scheduleTimes(text: string): ScheduleTimes {
  if (text === '') throw new Error('Schedule must be a non-empty valid Cron expression');
  const expression = text.replace(/^(CRON_)?TZ=(UTC|Etc\/UTC) /, '').trim();
  const every = /^@every (.+)$/.exec(expression);
  if (every !== null) {
    const period = Math.max(1000, durationOf(every[1] ?? ''));
    return (after) => Math.floor((after + period) / 1000) * 1000;
  }
  const cron = parseCron(expression);
  if (cron === undefined) throw new Error(`invalid schedule: cannot parse ${JSON.stringify(text)}`);
  return (after) => nextFire(cron, after) ?? Number.POSITIVE_INFINITY;
}

function durationOf(text: string): number {
  try {
    return goDuration(text);
  } catch (error) {
    throw new Error(`invalid schedule: failed to parse duration @every ${text}: ${(error as Error).message}`);
  }
}
