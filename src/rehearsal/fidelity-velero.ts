import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { REAL_VELERO } from './fidelity-differences.ts';
import { table } from './fidelity-table.ts';

type Seen = Record<string, string | number | boolean>;

/** What the real Velero did, by the titles of the rows in `test/real/parity/velero/`, as the last run of them wrote it down. */
export const veleroSeen = (): Record<string, { source: string; seen: Seen }> =>
  parse(readFileSync(new URL('./real-velero.yaml', import.meta.url), 'utf8'));

const THE_SAME = 'the same';

export function realVelero(): string {
  const rows = Object.entries(veleroSeen()).map(([title, { source, seen }]) => [
    title,
    REAL_VELERO[title] ?? THE_SAME,
    inWords(seen),
    `[source](${source})`,
  ]);
  return table(['Case', 'Twin', 'Real', 'Source'], rows);
}

/** `synced as Completed; errors 1`. */
const inWords = (seen: Seen): string =>
  Object.entries(seen)
    .map(([what, value]) => `${what.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${value}`)
    .join('; ');
