import { PHASES, type Rehearsal, type RehearsalSummary, type StoreResult } from '../rehearsal/result.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';
import { adviceFor } from './advice.ts';
import { invariantWords } from './invariant-words.ts';
import { bar, columns, hang, wrap } from './layout.ts';
import { type Output, type Paint, paintFor } from './terminal.ts';
import { brokenInvariants, notExercised, verdictOf } from './verdict.ts';

/** Below this, tables become short lists. */
const WIDE = 60;
/** More notes than this are left to the report. */
const NOTES_SHOWN = 4;
const DIGEST_SHOWN = 16;
/** Of one sentence about what broke: some quote whole answers. */
const LONGEST = 600;

type Page = { width: number; paint: Paint };

/** A rehearsal's end, for a tired person: recovered or not, kept or not, what was lost, where the time went. */
export function summaryText(rehearsal: Rehearsal, output: Pick<Output, 'columns' | 'colour'>): string {
  const page = { width: output.columns, paint: paintFor(output) };
  const { summary } = rehearsal;
  const parts = [
    headline(rehearsal, page),
    whatBroke(rehearsal, page),
    tiers(summary, page),
    losses(summary, page),
    whereTimeWent(summary, page),
    invariants(summary, page),
    notes(rehearsal, page),
    footing(rehearsal, page),
    whoActs(rehearsal, page),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `\n${lines.join('\n')}\n`)
    .join('');
}

function headline(rehearsal: Rehearsal, { width, paint }: Page): string[] {
  const verdict = verdictOf(rehearsal);
  const mark = verdict.holds ? '✓ ' : '✗ ';
  const colour = verdict.holds ? paint.good : paint.bad;
  return hang(mark, `${verdict.title}. ${verdict.sentence}`, width).map((line) => paint.strong(colour(line)));
}

function whatBroke({ summary, problems }: Rehearsal, { width, paint }: Page): string[] {
  const broken = brokenInvariants(summary);
  if (broken.length === 0 && problems.length === 0) return [];
  return [
    paint.strong('What broke'),
    ...problems.flatMap((problem) => hang('  ✗ ', brief(problem), width).map(paint.bad)),
    ...broken.flatMap(({ id, detail }) => [
      ...hang(`  ✗ ${id}  `, invariantWords(id).says, width).map(paint.bad),
      ...hang('    ', brief(detail), width),
    ]),
  ];
}

/** The reports have all of it. */
const brief = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST).trimEnd()} …`);

const kept = (value: number | null, target: number): string => (value === null ? '–' : value <= target ? '✓' : '✗');
const measured = (value: number | null): string => (value === null ? '–' : lengthText(value));

function tiers(summary: RehearsalSummary, { width, paint }: Page): string[] {
  if (summary.tiers.every((tier) => tier.rtoSeconds === null && tier.rpoSeconds === null)) return [];
  const painted = (line: string) => line.replaceAll('✓', paint.good('✓')).replaceAll('✗', paint.bad('✗'));
  if (width < WIDE) return narrowTiers(summary).map(painted);
  const rows = summary.tiers.map((tier) => [
    tier.tier,
    measured(tier.rtoSeconds),
    lengthText(tier.rtoTargetSeconds),
    kept(tier.rtoSeconds, tier.rtoTargetSeconds),
    measured(tier.rpoSeconds),
    lengthText(tier.rpoTargetSeconds),
    kept(tier.rpoSeconds, tier.rpoTargetSeconds),
  ]);
  const [head = '', ...body] = columns(
    [['Tier', 'back after', 'promised', ' ', 'lost', 'promised', ' '], ...rows],
    [1, 2, 4, 5],
  );
  return [paint.strong(head), ...body.map(painted)];
}

const narrowTiers = (summary: RehearsalSummary): string[] =>
  summary.tiers.flatMap((tier) => [
    `Tier ${tier.tier}`,
    `  ${kept(tier.rtoSeconds, tier.rtoTargetSeconds)} back ${measured(tier.rtoSeconds)} of ${lengthText(tier.rtoTargetSeconds)}`,
    `  ${kept(tier.rpoSeconds, tier.rpoTargetSeconds)} lost ${measured(tier.rpoSeconds)} of ${lengthText(tier.rpoTargetSeconds)}`,
  ]);

function losses(summary: RehearsalSummary, { width, paint }: Page): string[] {
  if (summary.outcome !== 'recovered' || summary.stores.length === 0) return [];
  return [
    paint.strong('What was lost'),
    ...summary.stores.flatMap((store) => hang(`  ${store.store}: `, lossSentence(store), width, 4)),
  ];
}

/** What one store lost, in words. */
export function lossSentence({ recoveryPoint, reportedLossSeconds, trueLossSeconds }: StoreResult): string {
  const back = recoveryPoint === null ? 'it was not brought back' : `brought back to ${recoveryPoint}`;
  if (trueLossSeconds === null) return back;
  const loss = trueLossSeconds === 0 ? 'nothing' : `the last ${lengthText(trueLossSeconds)} of writes`;
  const told =
    reportedLossSeconds === null ? "Lifeboat's report does not say" : `reported as ${measured(reportedLossSeconds)}`;
  return `${loss}; ${back}; ${told}`;
}

function whereTimeWent({ phases, rtoSeconds }: RehearsalSummary, { width, paint }: Page): string[] {
  if (phases === null || !rtoSeconds) return [];
  const longest = Math.max(...PHASES.map((phase) => phases[phase]));
  const rows = columns(
    PHASES.map((phase) => [phase, lengthText(phases[phase]), `${Math.round((100 * phases[phase]) / rtoSeconds)} %`]),
    [1, 2],
  );
  const room = Math.min(40, width - 4 - Math.max(...rows.map((row) => row.length)));
  return [
    paint.strong('Where the time went'),
    ...PHASES.map((phase, index) => {
      const length = longest === 0 ? 0 : phases[phase] / longest;
      return `  ${rows[index]}  ${paint.accent(bar(length, room))}`.trimEnd();
    }),
  ];
}

function invariants(summary: RehearsalSummary, { width, paint }: Page): string[] {
  const idle = summary.invariants.filter(notExercised).map(({ id }) => id);
  const held = summary.invariants.length - brokenInvariants(summary).length;
  const lines = wrap(`Invariants: ${held} of ${summary.invariants.length} held.`, width);
  if (idle.length === 0) return lines;
  return [...lines, ...hang('  ', `Not exercised: ${idle.join(', ')}.`, width).map(paint.quiet)];
}

function notes(rehearsal: Rehearsal, { width, paint }: Page): string[] {
  if (rehearsal.notes.length === 0) return [];
  const more = rehearsal.notes.length - NOTES_SHOWN;
  return [
    paint.strong('Good to know'),
    ...rehearsal.notes.slice(0, NOTES_SHOWN).flatMap((note) => hang('  · ', note, width)),
    ...(more > 0 ? [`  · ${more} more in the report (--report DIR)`] : []),
  ];
}

function footing({ summary, plan, time }: Rehearsal, { width, paint }: Page): string[] {
  const { calls } = summary;
  const text = [
    `${calls.total} AWS calls: ${calls.denied} denied, ${calls.primaryRegion} to ${plan.primary} after its loss,`,
    `${calls.usEast1ControlPlane} to a control plane in us-east-1.`,
    `${summary.transitions} transitions. ${lengthText(summary.virtualSeconds)} of ${time} time in ${(summary.wallMs / 1000).toFixed(1)} s.`,
    `Digest ${summary.digest.slice(0, DIGEST_SHOWN)}.`,
  ].join(' ');
  return wrap(text, width).map(paint.quiet);
}

function whoActs(rehearsal: Rehearsal, { width, paint }: Page): string[] {
  if (verdictOf(rehearsal).holds) return [];
  const advice = adviceFor(rehearsal).flatMap(({ who, how }) => hang('  → ', `${who}: ${how}.`, width));
  return [paint.strong('Who must act'), ...advice];
}
