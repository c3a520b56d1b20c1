import { NotSimulated } from '../kernel/not-simulated.ts';

/** When a schedule fires: the first moment after `after`, in milliseconds since 1970; undefined when there is none. */
export type Recurrence = (after: number) => number | undefined;

const MINUTE = 60_000;
const UNITS: Record<string, number> = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE };

/**
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * @param startsAt when a rate begins to count
 */
export function recurrenceOf(expression: string, startsAt: number): Recurrence {
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return everyRate(body, startsAt);
  if (kind === 'cron') return everyCron(body);
  if (kind === 'at') return once(Date.parse(`${body}Z`));
  throw new Error(`Invalid Schedule Expression ${expression}.`);
}

/** Milliseconds between two occurrences of a rate; undefined for the others. */
export function periodOf(expression: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const length = UNITS[unit];
  return length === undefined ? undefined : Number(count) * length;
}

function everyRate(body: string, startsAt: number): Recurrence {
  const period = periodOf(`rate(${body})`);
  if (!period) throw new Error(`Invalid Schedule Expression rate(${body}).`);
  return (after) => startsAt + period * Math.max(0, Math.floor((after - startsAt) / period) + 1);
}

const once =
  (moment: number): Recurrence =>
  (after) =>
    moment > after ? moment : undefined;

type Field = (value: number) => boolean;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function everyCron(body: string): Recurrence {
  const parts = body.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = parts;
  if (parts.length !== 6 || (day === '?') === (weekday === '?'))
    throw new Error(`Invalid Schedule Expression cron(${body}).`);
  const minutes = field(minute, 0);
  const hours = field(hour, 0);
  const days = field(day, 1);
  const months = field(month, 1, MONTHS);
  const weekdays = field(weekday, 1, DAYS);
  const years = field(year, 1970);
  return (after) => {
    const at = new Date(Math.floor(after / MINUTE + 1) * MINUTE);
    const last = at.getUTCFullYear() + 5;
    while (at.getUTCFullYear() <= last) {
      if (!years(at.getUTCFullYear()) || !months(at.getUTCMonth() + 1))
        at.setTime(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));
      else if (!days(at.getUTCDate()) || !weekdays(at.getUTCDay() + 1))
        at.setTime(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 1));
      else if (!hours(at.getUTCHours())) at.setTime((Math.floor(at.getTime() / (60 * MINUTE)) + 1) * 60 * MINUTE);
      else if (!minutes(at.getUTCMinutes())) at.setTime(at.getTime() + MINUTE);
      else return at.getTime();
    }
    return undefined;
  };
}

/** Lists, ranges and steps; names stand for their place in the list. */
function field(text: string, first: number, names: string[] = []): Field {
  if (text === '*' || text === '?') return () => true;
  if (/[LW#]/.test(text.replace(/[A-Z]{3}/g, ''))) throw new NotSimulated(`${text} in a cron expression`);
  const numberOf = (part: string): number => (names.includes(part) ? names.indexOf(part) + first : Number(part));
  const tests = text.split(',').map((part): Field => {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const low = range === '*' ? first : numberOf(from);
    const high = to === undefined ? (step === undefined ? low : Number.POSITIVE_INFINITY) : numberOf(to);
    if (Number.isNaN(low) || Number.isNaN(high)) throw new Error(`Invalid Schedule Expression: ${text}`);
    return (value) => value >= low && value <= high && (value - low) % Number(step ?? 1) === 0;
  });
  return (value) => tests.some((test) => test(value));
}
