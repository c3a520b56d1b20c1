/** A five-field cron schedule: which minutes, hours, days, months and weekdays it names. */
export type CronSchedule = {
  minutes: Set<number>;
  hours: Set<number>;
  days: Set<number>;
  months: Set<number>;
  weekdays: Set<number>;
  /** Cron's rule: when both day fields are restricted, either may match. */
  eitherDay: boolean;
};

const NICKNAMES: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The 29th of February comes within eight years. */
const FARTHEST_DAYS = 8 * 366;

const parsed = new Map<string, CronSchedule | undefined>();

/** Undefined when it is not a schedule. Always in UTC. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
export function parseCron(text: string): CronSchedule | undefined {
  if (!parsed.has(text)) parsed.set(text, parse(text));
  return parsed.get(text);
}

function parse(text: string): CronSchedule | undefined {
  const fields = (NICKNAMES[text.trim()] ?? text).trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5) return undefined;
  const minutes = parseField(minute, 0, 59);
  const hours = parseField(hour, 0, 23);
  const days = parseField(day, 1, 31);
  const months = parseField(named(month, MONTHS, 1), 1, 12);
  const weekdays = parseField(named(weekday, WEEKDAYS, 0), 0, 7);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  if (weekdays.has(7)) weekdays.add(0);
  return { minutes, hours, days, months, weekdays, eitherDay: !day.startsWith('*') && !weekday.startsWith('*') };
}

/** The first time after `after` (milliseconds) that the schedule names; undefined when it names none. */
export function nextFire(schedule: CronSchedule, after: number): number | undefined {
  const first = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const firstDay = Math.floor(first / DAY) * DAY;
  for (let day = firstDay, count = 0; count < FARTHEST_DAYS; day += DAY, count++) {
    if (!namesDay(schedule, new Date(day))) continue;
    const time = firstOfDay(schedule, day, first);
    if (time !== undefined) return time;
  }
  return undefined;
}

function firstOfDay({ hours, minutes }: CronSchedule, day: number, notBefore: number): number | undefined {
  for (let hour = 0; hour < 24; hour++) {
    if (!hours.has(hour) || day + (hour + 1) * HOUR <= notBefore) continue;
    for (let minute = 0; minute < 60; minute++) {
      const time = day + hour * HOUR + minute * MINUTE;
      if (time >= notBefore && minutes.has(minute)) return time;
    }
  }
  return undefined;
}

function namesDay(schedule: CronSchedule, date: Date): boolean {
  if (!schedule.months.has(date.getUTCMonth() + 1)) return false;
  const day = schedule.days.has(date.getUTCDate());
  const weekday = schedule.weekdays.has(date.getUTCDay());
  return schedule.eitherDay ? day || weekday : day && weekday;
}

const named = (field: string, names: string[], first: number): string =>
  field.replaceAll(/[a-z]{3}/gi, (name) => {
    const index = names.indexOf(name.toLowerCase());
    return index < 0 ? name : String(index + first);
  });

function parseField(field: string, low: number, high: number): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:([*?])|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, any, from, to, step = '1'] = match;
    const start = any ? low : Number(from);
    const end = any ? high : to !== undefined ? Number(to) : match[4] !== undefined ? high : start;
    if (start < low || end > high || start > end || Number(step) === 0) return undefined;
    for (let value = start; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}
