/**
 * Five cron fields as Velero reads them.
 * https://github.com/robfig/cron/blob/v3.0.1/parser.go, https://github.com/robfig/cron/blob/v3.0.1/spec.go
 */
type Cron = {
  minutes: number[];
  hours: number[];
  daysOfMonth: Set<number>;
  months: Set<number>;
  daysOfWeek: Set<number>;
  /** When neither day field is a star, a day that fits either one fits. */
  eitherDay: boolean;
};

type Bounds = { min: number; max: number; names?: string[] };

const MINUTE = { min: 0, max: 59 };
const HOUR = { min: 0, max: 23 };
const DAY_OF_MONTH = { min: 1, max: 31 };
const MONTH = { min: 1, max: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') };
const DAY_OF_WEEK = { min: 0, max: 6, names: 'sun mon tue wed thu fri sat'.split(' ') };

const MINUTES_PER_DAY = 1440;
/** Days in which every date on every weekday comes round, but for the missing leap year of 2100. */
const DAYS_LOOKED_AT = 28 * 366;

/** The longest time, in seconds, between two moments of a cron text; undefined when it is none, or never comes. */
export function longestCronGap(text: string): number | undefined {
  const cron = parseCron(text);
  if (!cron) return undefined;
  const moments = cron.hours.flatMap((hour) => cron.minutes.map((minute) => hour * 60 + minute));
  const first = moments[0] ?? 0;
  const last = moments.at(-1) ?? 0;
  const withinDay = Math.max(0, ...moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0)));
  const days = longestDayGap(cron);
  return days && Math.max(withinDay, days * MINUTES_PER_DAY - last + first) * 60;
}

/** In days; one when it comes daily, undefined when it never comes. */
function longestDayGap(cron: Cron): number | undefined {
  const { daysOfMonth, months, daysOfWeek } = cron;
  if (daysOfMonth.size === 31 && months.size === 12 && daysOfWeek.size === 7) return 1;
  let longest: number | undefined;
  let previous: number | undefined;
  for (let day = 0; day < DAYS_LOOKED_AT; day++) {
    if (!fits(cron, day)) continue;
    if (previous !== undefined) longest = Math.max(longest ?? 0, day - previous);
    previous = day;
  }
  return longest;
}

function parseCron(text: string): Cron | undefined {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = text.split(/\s+/);
  const minutes = numbersOf(minute, MINUTE);
  const hours = numbersOf(hour, HOUR);
  const daysOfMonth = numbersOf(dayOfMonth, DAY_OF_MONTH);
  const months = numbersOf(month, MONTH);
  const daysOfWeek = numbersOf(dayOfWeek, DAY_OF_WEEK);
  if (!minutes || !hours || !daysOfMonth || !months || !daysOfWeek) return undefined;
  return {
    minutes,
    hours,
    daysOfMonth: new Set(daysOfMonth),
    months: new Set(months),
    daysOfWeek: new Set(daysOfWeek),
    eitherDay: !isStar(dayOfMonth) && !isStar(dayOfWeek),
  };
}

const isStar = (field: string): boolean => field.split(',').some((part) => /^[*?](\/1)?$/.test(part));

/** The numbers of one field, ascending; undefined when it cannot be read. */
function numbersOf(field: string, bounds: Bounds): number[] | undefined {
  const numbers = new Set<number>();
  for (const part of field.split(',')) {
    const range = rangeOf(part, bounds);
    if (!range) return undefined;
    for (let number = range.from; number <= range.to; number += range.step) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

function rangeOf(part: string, bounds: Bounds): { from: number; to: number; step: number } | undefined {
  const match = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part);
  if (!match) return undefined;
  const [, low = '', high, stepText] = match;
  const star = low === '*' || low === '?';
  if (star && high !== undefined) return undefined;
  const from = star ? bounds.min : numberOf(low, bounds);
  const open = star || (high === undefined && stepText !== undefined);
  const to = open ? bounds.max : numberOf(high ?? low, bounds);
  const step = stepText === undefined ? 1 : Number(stepText);
  return from === undefined || to === undefined || from > to || step === 0 ? undefined : { from, to, step };
}

function numberOf(text: string, { min, max, names = [] }: Bounds): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  const number = named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}

/** Whether that day, counted from 2000-01-01, is one of the cron's. */
function fits(cron: Cron, day: number): boolean {
  const date = new Date(Date.UTC(2000, 0, 1 + day));
  if (!cron.months.has(date.getUTCMonth() + 1)) return false;
  const ofMonth = cron.daysOfMonth.has(date.getUTCDate());
  const ofWeek = cron.daysOfWeek.has(date.getUTCDay());
  return cron.eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
}
