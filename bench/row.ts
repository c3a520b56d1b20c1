/** One line of the table. `misses` marks it; a line without a budget is there to explain another. */
export type Row = { what: string; measured: string; budget?: string; misses?: boolean };

const WIDTHS = { what: 53, measured: 19, budget: 16 };

export const headline = (): string => `${line('', 'measured', 'budget', '')}\n${'─'.repeat(98)}`;

export const rowText = ({ what, measured, budget = '', misses = false }: Row): string =>
  line(what, measured, budget, misses ? '✗ misses' : budget === '' ? '' : '✓');

const line = (what: string, measured: string, budget: string, mark: string): string =>
  `${what.padEnd(WIDTHS.what)}${measured.padStart(WIDTHS.measured)}  ${budget.padEnd(WIDTHS.budget)}${mark}`.trimEnd();

/** Prose under a group of lines. */
export const noteText = (text: string): string =>
  text
    .match(/.{1,92}(\s|$)/g)
    ?.map((part) => `    ${part.trim()}`)
    .join('\n') ?? '';

/** Nearest rank, as campaigns count: a percentile is a value that was seen. */
export function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: number[]): number => percentile(values, 50);

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
export const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1)} min`;
