import { type Feasibility, keepsRpo, keepsRto, type TierFeasibility } from '../plan/feasibility.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';
import type { PostureCost } from './check-cost.ts';
import type { Finding } from './check-findings.ts';
import { columns, hang, wrap } from './layout.ts';
import { type Output, type Paint, paintFor } from './terminal.ts';

/** Below this, tables become short lists. */
const WIDE = 60;

export type Checked = {
  plan: string;
  posture: string;
  feasibility: Feasibility;
  cost: PostureCost;
  findings: Finding[];
  feasible: boolean;
};

type Page = { width: number; paint: Paint; sources: string[] };

/** Whether the promises can be kept, what must be changed, and the arithmetic with the source of each number. */
export function checkText(checked: Checked, output: Pick<Output, 'columns' | 'colour'>): string {
  const page: Page = { width: output.columns, paint: paintFor(output), sources: [] };
  const { tiers } = checked.feasibility;
  const parts = [
    headline(checked, page),
    overview(tiers, page),
    findings(checked, page),
    ...tiers.flatMap((tier) => [rpoTerms(tier, page), rtoTerms(tier, page)]),
    postures(checked, page),
  ];
  return [...parts, sources(page)]
    .filter((lines) => lines.length > 0)
    .map((lines) => `\n${lines.join('\n')}\n`)
    .join('');
}

function headline({ plan, feasible, feasibility }: Checked, { width, paint }: Page): string[] {
  const promises = feasibility.tiers.flatMap((tier) => [keepsRpo(tier), keepsRto(tier)]);
  const broken = promises.filter((kept) => !kept).length;
  const text = feasible
    ? `FEASIBLE. By the arithmetic, ${plan} can keep every promise. A rehearsal puts it to the test.`
    : `NOT FEASIBLE. ${broken} of ${promises.length} promises of ${plan} cannot be kept.`;
  const colour = feasible ? paint.good : paint.bad;
  return hang(feasible ? '✓ ' : '✗ ', text, width).map((line) => paint.strong(colour(line)));
}

const mark = (kept: boolean): string => (kept ? '✓' : '✗');
const length = (seconds: number): string => (Number.isFinite(seconds) ? lengthText(seconds) : 'no end');

function overview(tiers: readonly TierFeasibility[], { width, paint }: Page): string[] {
  const painted = (line: string) => line.replaceAll('✓', paint.good('✓')).replaceAll('✗', paint.bad('✗'));
  if (width < WIDE)
    return tiers
      .flatMap((tier) => [
        `Tier ${tier.tier}`,
        `  ${mark(keepsRpo(tier))} can lose ${length(tier.rpo.worst)} of ${length(tier.rpo.target)}`,
        `  ${mark(keepsRto(tier))} back after ${length(tier.rto.p90)} of ${length(tier.rto.target)}`,
      ])
      .map(painted);
  const rows = tiers.map((tier) => [
    tier.tier,
    length(tier.rpo.worst),
    length(tier.rpo.target),
    mark(keepsRpo(tier)),
    length(tier.rto.p50),
    length(tier.rto.p90),
    length(tier.rto.target),
    mark(keepsRto(tier)),
  ]);
  const [head = '', ...body] = columns(
    [['Tier', 'can lose', 'promised', ' ', 'back, p50', 'p90', 'promised', ' '], ...rows],
    [1, 2, 4, 5, 6],
  );
  return [paint.strong(head), ...body.map(painted)];
}

function findings({ findings: found }: Checked, { width, paint }: Page): string[] {
  if (found.length === 0) return [];
  const signs = { error: '✗', warning: '!', note: '·' };
  const colours = { error: paint.bad, warning: paint.warn, note: (text: string) => text };
  return [
    paint.strong('What was found'),
    ...found.flatMap(({ severity, what, change }) => [
      ...hang(`  ${signs[severity]} `, `${what}.`, width).map(colours[severity]),
      ...hang('    → ', `${change}.`, width),
    ]),
  ];
}

function rpoTerms({ tier, rpo }: TierFeasibility, page: Page): string[] {
  const title = `What ${tier} can lose: ${length(rpo.worst)} of ${length(rpo.target)}`;
  const terms = rpo.terms.map(({ what, seconds, source }) => ({ times: [length(seconds)], what, source }));
  return [...wrap(title, page.width).map(page.paint.strong), ...termLines(terms, page)];
}

function rtoTerms({ tier, rto }: TierFeasibility, page: Page): string[] {
  const title = `When ${tier} is back: ${length(rto.p50)}, ${length(rto.p90)} at p90, of ${length(rto.target)}`;
  const terms = rto.terms.map(({ what, p50, p90, source }) => ({ times: [length(p50), length(p90)], what, source }));
  return [...wrap(title, page.width).map(page.paint.strong), ...termLines(terms, page)];
}

function termLines(terms: { times: string[]; what: string; source: string }[], page: Page): string[] {
  const leads = columns(
    terms.map(({ times }) => ['', ...times]),
    [1, 2],
  );
  return terms.flatMap(({ times, what, source }, index) => {
    const text = `${what} [${numberOf(source, page)}]`;
    if (page.width >= WIDE) return hang(`${leads[index]}  `, text, page.width);
    return hang('  ', `${text}: ${times.join(', ')}`, page.width, 4);
  });
}

function numberOf(source: string, { sources: known }: Page): number {
  if (!known.includes(source)) known.push(source);
  return known.indexOf(source) + 1;
}

function postures({ posture: own, feasibility, cost }: Checked, { width, paint }: Page): string[] {
  const wide = width >= WIDE;
  const rows = feasibility.postures.map(({ posture, rto }) => [
    posture === own && !wide ? `${posture} ←` : posture,
    `$${cost.monthlyUsd[posture]}`,
    length(rto.p50),
    length(rto.p90),
    ...(posture === own && wide ? ['← the plan'] : []),
  ]);
  const titles = ['Posture', 'a month', wide ? 'back, p50' : 'p50', 'p90'];
  const [head = '', ...body] = columns([titles, ...rows], [1, 2, 3]);
  const said = `With the entry points, at list prices of us-east-1. Lifeboat itself is about $${cost.controlPlaneUsd} more, and backups cost by the gigabyte.`;
  return [paint.strong(head), ...body, ...wrap(said, width).map(paint.quiet)];
}

function sources({ width, paint, sources: known }: Page): string[] {
  return [
    paint.strong('Where the numbers are from'),
    ...known.flatMap((source, index) => hang(`  [${index + 1}] `, source, width)).map(paint.quiet),
  ];
}
