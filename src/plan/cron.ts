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
  /** The three fields that say on which days, as they are written. */
  days: string;
};

type Day = { month: number; ofMonth: number; ofWeek: number };

type Bounds = { min: number; max: number; names?: string[] };

const MINUTE = { min: 0, max: 59 };
const HOUR = { min: 0, max: 23 };
const DAY_OF_MONTH = { min: 1, max: 31 };
const MONTH = { min: 1, max: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') };
const DAY_OF_WEEK = { min: 0, max: 6, names: 'sun mon tue wed thu fri sat'.split(' ') };

const MINUTES_PER_DAY = 1440;
/** Days in which every date on every weekday comes round, but for the missing leap year of 2100. */
const DAYS_LOOKED_AT = 28 * 366;
const TWO_WEEKS = 14;

/** The longest time, in seconds, between two moments that the cron texts name together; undefined when one is none, or they never come. */
export function longestCronGap(...texts: string[]): number | undefined {
  const crons = texts.map(parseCron).filter((cron) => cron !== undefined);
  if (crons.length < texts.length) return undefined;
  const alike = Map.groupBy(crons, ({ days }) => days).values();
  const groups = [...alike].map((group): Group => ({ first: group[0], moments: group.flatMap(momentsOf) }));
  const spans = new Map<string, Span | undefined>();
  let longest: number | undefined;
  let previous: number | undefined;
  for (const [day, date] of daysFor(crons).entries()) {
    const fitting = groups.map(({ first }) => first !== undefined && fits(first, date));
    const key = fitting.join();
    if (!spans.has(key)) spans.set(key, spanOf(groups.filter((_, index) => fitting[index])));
    const span = spans.get(key);
    if (span === undefined) continue;
    const start = day * MINUTES_PER_DAY;
    if (previous !== undefined) longest = Math.max(longest ?? 0, start + span.first - previous, span.within);
    previous = start + span.last;
  }
  return longest && longest * 60;
}

/** The minutes that a cron text names of each of its days; none when it cannot be read. */
export function minutesOfDay(text: string): number[] {
  const cron = parseCron(text);
  return cron ? momentsOf(cron) : [];
}

/** Crons that come on the same days, one of them for all, and the minutes of a day that they name. */
type Group = { first: Cron | undefined; moments: number[] };
/** Of one day, in minutes: its first and last moment, and the longest time between two that follow each other. */
type Span = { first: number; last: number; within: number };

function spanOf(groups: readonly Group[]): Span | undefined {
  const moments = [...new Set(groups.flatMap((group) => group.moments))].sort((a, b) => a - b);
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
  return { first, last, within: Math.max(0, ...gaps) };
}

const momentsOf = ({ hours, minutes }: Cron): number[] =>
  hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));

/** The days to look at: where no date and no month is left out, the weeks are all alike. */
function daysFor(crons: readonly Cron[]): Day[] {
  const weekly = crons.every(({ daysOfMonth, months }) => daysOfMonth.size === 31 && months.size === 12);
  calendar ??= Array.from({ length: DAYS_LOOKED_AT }, (_, day) => {
    const date = new Date(Date.UTC(2000, 0, 1 + day));
    return { month: date.getUTCMonth() + 1, ofMonth: date.getUTCDate(), ofWeek: date.getUTCDay() };
  });
  return weekly ? calendar.slice(0, TWO_WEEKS) : calendar;
}

/** From 2000-01-01 on; the same for every cron, and made once. */
let calendar: Day[] | undefined;

export function parseCron(text: string): Cron | undefined {
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
    days: [dayOfMonth, month, dayOfWeek].join(' '),
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

function fits(cron: Cron, { month, ofMonth, ofWeek }: Day): boolean {
  if (!cron.months.has(month)) return false;
  const fitsMonth = cron.daysOfMonth.has(ofMonth);
  const fitsWeek = cron.daysOfWeek.has(ofWeek);
  return cron.eitherDay ? fitsMonth || fitsWeek : fitsMonth && fitsWeek;
}
