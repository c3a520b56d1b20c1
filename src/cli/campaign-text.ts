import type { CampaignRun } from '../rehearsal/campaign-run.ts';
import type { CampaignSummary, CampaignVariety, Percentiles } from '../rehearsal/campaign-summary.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';
import { invariantWords } from './invariant-words.ts';
import { columns, hang, wrap } from './layout.ts';
import { type Output, type Paint, paintFor } from './terminal.ts';

const FAILURES_SHOWN = 10;

type Campaign = { summary: CampaignSummary; variety: CampaignVariety; runs: CampaignRun[]; names: string[] };
type Page = { width: number; paint: Paint };

/** A campaign's end: held or not, what was seen, and the command that repeats the first failure as the last line. */
export function campaignText(campaign: Campaign, output: Pick<Output, 'columns' | 'colour'>): string {
  const page = { width: output.columns, paint: paintFor(output) };
  const parts = [
    headline(campaign, page),
    seen(campaign, page),
    table(campaign.summary, page),
    failures(campaign, page),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headline({ summary: { runs, failures, seed } }: Campaign, { width, paint }: Page): string[] {
  const seeds = runs === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + runs - 1}`;
  const rehearsals = `${runs} ${runs === 1 ? 'rehearsal' : 'rehearsals'}, ${seeds}`;
  const held = failures.length === 0;
  const text = held ? `ALL HELD: ${rehearsals}.` : `${failures.length} FAILED of ${rehearsals}.`;
  return hang(held ? '✓ ' : '✗ ', text, width).map((line) => paint.strong(held ? paint.good(line) : paint.bad(line)));
}

function seen({ summary, variety }: Campaign, { width, paint }: Page): string[] {
  const { digests, recoveryPoints, interleavings } = variety;
  return [
    ...wrap(
      `Seen: ${digests} distinct digests, ${recoveryPoints} recovery points, ${interleavings} interleavings.`,
      width,
    ),
    ...wrap(
      `${summary.ratePerMinute} a minute on ${summary.jobs} ${summary.jobs === 1 ? 'thread' : 'threads'}, ${summary.peakMiB} MiB at most.`,
      width,
    ),
    paint.quiet(`Digest ${summary.digest.slice(0, 16)}`),
  ];
}

const shown = ({ p50, p90, p99 }: Percentiles): string[] =>
  [p50, p90, p99].map((value) => (value === null ? '–' : lengthText(value)));

function table({ scenarios }: CampaignSummary, { width, paint }: Page): string[] {
  const [head = '', ...rows] = columns(
    [
      ['Scenario', 'runs', 'back p50', 'p90', 'p99', 'lost p50', 'p90', 'p99'],
      ...scenarios.map(({ scenario, runs, rtoSeconds, lossSeconds }) => [
        scenario,
        String(runs),
        ...shown(rtoSeconds),
        ...shown(lossSeconds),
      ]),
    ],
    [1, 2, 3, 4, 5, 6, 7],
  );
  if (Math.max(head.length, ...rows.map((row) => row.length)) <= width) return [paint.strong(head), ...rows];
  return [
    paint.strong('Each scenario: p50 / p90 / p99'),
    ...scenarios.flatMap(({ scenario, runs, rtoSeconds, lossSeconds }) => [
      `${scenario}, ${runs} ${runs === 1 ? 'run' : 'runs'}`,
      ...hang('  back ', shown(rtoSeconds).join(' / '), width),
      ...hang('  lost ', shown(lossSeconds).join(' / '), width),
    ]),
  ];
}

function failures({ runs, names }: Campaign, { width, paint }: Page): string[] {
  const failed = runs.filter(({ holds }) => !holds);
  const worst = failed.find(({ broken }) => broken.length > 0) ?? failed[0];
  if (worst === undefined) return [];
  const more = failed.length - FAILURES_SHOWN;
  return [
    paint.strong('What broke'),
    ...failed.slice(0, FAILURES_SHOWN).flatMap((run) => {
      const what = run.broken.map(({ id }) => id).join(', ') || run.problems[0] || 'the expectation';
      return hang('  ✗ ', `${names[run.scenario]} seed ${run.seed}: ${what}`, width, 4);
    }),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    '',
    paint.strong(worst.broken.length > 0 ? 'First broken invariant' : 'First failure'),
    ...worst.broken
      .slice(0, 1)
      .flatMap(({ id, detail }) => [
        ...hang(`  ${id}  `, invariantWords(id).says, width),
        ...hang('    ', detail, width),
      ]),
    ...(worst.broken.length > 0 ? [] : worst.problems.flatMap((problem) => hang('  ', problem, width))),
    '',
    'Repeat it:',
    worst.repeat,
  ];
}
