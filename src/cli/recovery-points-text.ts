import type { PointVolume } from '../domain/backup-files.ts';
import type { BucketPoint } from '../domain/unsealed.ts';
import { moment as momentText } from './clock.ts';
import { columns, hang } from './layout.ts';
import { printable } from './printable.ts';
import { type Output, type Paint, paintFor } from './terminal.ts';

/** What is known of a point's seal; undefined when it has none. By one that is unverified, nothing was judged. */
type KnownSeal = { kind: 'signed' | 'unsigned' | 'unverified'; sealedAt: string } | undefined;

/** A recovery point as it is shown, with keys as they lie in the bucket that was asked for. */
export type ShownPoint = BucketPoint & { seal: KnownSeal };

export const shownPoint = (point: BucketPoint, seal: KnownSeal, placeOf: (key: string) => string): ShownPoint => ({
  ...point,
  missing: point.missing.map(placeOf),
  seal,
});

export const pointJson = ({ name, schedule, moment, verdict, missing, volumes, reason, seal }: ShownPoint) => ({
  name,
  schedule,
  moment: moment?.toISOString() ?? null,
  verdict,
  missing,
  volumes: volumes.map(volumeJson),
  evidence: {
    reason,
    seal: seal?.kind ?? 'none',
    sealedAt: seal?.sealedAt ?? null,
  },
});

const volumeJson = ({ namespace, name, portable, reason }: PointVolume) => ({ namespace, name, portable, reason });

const TOLD = 3;
const INDENT = '  ';
const COLUMN_GAP = 2;
const COLUMNS = 4;

/** Every point, newest first; then, of each that cannot be restored, why. */
export function pointsText(points: ShownPoint[], out: Pick<Output, 'columns' | 'colour'>): string {
  if (points.length === 0) return 'No backup is there.\n';
  const paint = paintFor(out);
  const lines = table(points, out.columns, paint);
  const bad = points.filter(({ verdict }) => verdict !== 'restorable');
  for (const alike of groups(bad)) lines.push('', ...whyNot(alike, out.columns, paint));
  const good = points.length - bad.length;
  const sum = `${good} of ${points.length} ${points.length === 1 ? 'point is' : 'points are'} restorable. ${bySeals(points)}`;
  return `${[...lines, '', ...hang('', sum, out.columns)].join('\n')}\n`;
}

/** Columns where they fit; else each point's name on a line of its own. */
function table(points: ShownPoint[], width: number, paint: Paint): string[] {
  const rows = points.map(({ moment, verdict, volumes, name }) => [
    moment === undefined ? '-' : momentText(moment.getTime()),
    verdict,
    String(volumes.length),
    printable(name),
  ]);
  const head = ['moment', 'verdict', 'volumes', 'point'];
  const drawn = columns([head, ...rows], [2]);
  const widths = head.map((title, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), title.length),
  );
  const wide = widths.reduce((sum, one) => sum + one, (COLUMNS - 1) * COLUMN_GAP);
  if (wide <= width)
    return drawn.map((line, row) =>
      row === 0 ? paint.quiet(line) : line.replace(rows[row - 1]?.[1] ?? '', (verdict) => painted(verdict, paint)),
    );
  return rows.flatMap(([moment = '', verdict = '', , name = '']) => [
    ...hang('', name, width),
    `${INDENT}${moment}${INDENT}${painted(verdict, paint)}`,
  ]);
}

/** Points of which the same is to be said. */
const groups = (points: ShownPoint[]): ShownPoint[][] => [
  ...Map.groupBy(points, ({ verdict, reason, missing }) => JSON.stringify([verdict, reason, missing])).values(),
];

function whyNot(alike: ShownPoint[], width: number, paint: Paint): string[] {
  const { verdict = '', reason = '', missing = [] } = alike[0] ?? {};
  return [
    ...alike.slice(0, TOLD).flatMap(({ name }) => hang('', printable(name), width).map(paint.strong)),
    ...andMore(alike.length, ''),
    ...hang(INDENT, printable(`${verdict}: ${reason}`), width),
    ...missing.slice(0, TOLD).flatMap((key) => hang(INDENT, printable(key), width)),
    ...andMore(missing.length, INDENT),
  ];
}

const andMore = (count: number, indent: string): string[] =>
  count > TOLD ? [`${indent}and ${count - TOLD} more`] : [];

function painted(verdict: string, paint: Paint): string {
  if (verdict === 'restorable') return paint.good(verdict);
  return verdict === 'failed' || verdict === 'incomplete' ? paint.bad(verdict) : paint.warn(verdict);
}

function bySeals(points: ShownPoint[]): string {
  const count = (wanted: string) => points.filter(({ seal }) => (seal?.kind ?? 'none') === wanted).length;
  const seals = (n: number) => `${n} ${n === 1 ? 'seal' : 'seals'}`;
  const [unsigned, unverified] = [count('unsigned'), count('unverified')];
  if (count('none') === points.length) return 'There is no seal: what lives in kopia cannot be proven without one.';
  if (unverified > 0) return `${seals(unverified)} could not be verified: they prove nothing.`;
  return unsigned > 0 ? `${seals(unsigned)} unsigned: as true as whoever wrote them.` : '';
}
