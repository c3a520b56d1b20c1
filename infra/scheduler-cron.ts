import { parseCron } from '../src/plan/cron.ts';

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based: Sunday is 1. */
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Five cron fields in the words of EventBridge Scheduler, which wants one of the two day fields left open: where both are
 * given, either one fits, so that two schedules are needed.
 */
export function schedulerCrons(text: string): string[] {
  const cron = parseCron(text);
  if (cron === undefined) throw new Error(`${text} is no cron text`);
  const { minutes, hours, daysOfMonth, months, daysOfWeek, eitherDay } = cron;
  const time = `${listed(minutes, 60)} ${listed(hours, 24)}`;
  const month = listed([...months], 12);
  const ofMonth = `cron(${time} ${listed([...daysOfMonth], 31)} ${month} ? *)`;
  const ofWeek = `cron(${time} ? ${month} ${[...daysOfWeek].map((day) => DAYS[day]).join(',')} *)`;
  if (eitherDay) return [ofMonth, ofWeek];
  return [daysOfWeek.size < DAYS.length ? ofWeek : ofMonth];
}

const listed = (values: number[], all: number): string => (values.length === all ? '*' : values.join(','));
