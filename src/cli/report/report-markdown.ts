import { PHASES, type Rehearsal } from '../../rehearsal/result.ts';
import { lengthText } from '../../rehearsal/scenario-time.ts';
import { adviceFor } from '../advice.ts';
import { moment, sinceFault } from '../clock.ts';
import { invariantWords } from '../invariant-words.ts';
import { lossSentence } from '../summary.ts';
import { brokenInvariants, notExercised, verdictOf } from '../verdict.ts';

/** The report as Markdown: for a pull request, a ticket, a terminal. */
export function reportMarkdown(rehearsal: Rehearsal): string {
  const { title, sentence, holds } = verdictOf(rehearsal);
  const { summary, plan } = rehearsal;
  const where = `${plan.name}: ${plan.primary} protected by ${plan.standby}, controlled from ${plan.control}`;
  const parts = [
    `# ${holds ? '✓' : '✗'} ${plain(title)}`,
    plain(sentence),
    `Scenario ${plain(summary.scenario)}, seed ${summary.seed}, from ${moment(rehearsal.startedAt)}. ${plain(where)}.`,
    ...broke(rehearsal),
    ...tiers(rehearsal),
    ...phases(rehearsal),
    ...list(
      'What was lost',
      summary.stores.map((store) => `${store.store}: ${lossSentence(store)}`),
    ),
    ...points(rehearsal),
    ...invariants(rehearsal),
    ...happenings(rehearsal),
    ...list('Good to know', rehearsal.notes),
    '## Repeat it',
    `\`\`\`sh\n${rehearsal.repeat}\n\`\`\``,
    `Digest \`${summary.digest}\`.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Text that is text to Markdown and to the HTML in it. https://spec.commonmark.org/0.31.2/#backslash-escapes */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#~&]/g, '\\$&');

const list = (title: string, items: string[]): string[] =>
  items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${plain(item)}`).join('\n')];

function table(title: string, heads: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${title}`,
    [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(row.map(plain)))].join('\n'),
  ];
}

function broke(rehearsal: Rehearsal): string[] {
  const broken = brokenInvariants(rehearsal.summary).map(
    ({ id, detail }) => `${id}: ${invariantWords(id).says}. ${detail}`,
  );
  if (verdictOf(rehearsal).holds) return [];
  const advice = adviceFor(rehearsal).map(({ who, how }) => `${who}: ${how}.`);
  return [...list('What broke', [...rehearsal.problems, ...broken]), ...list('Who must act', advice)];
}

const against = (value: number | null, target: number): string =>
  value === null ? '–' : `${lengthText(value)} ${value <= target ? '✓' : '✗'}`;

const tiers = ({ summary }: Rehearsal): string[] =>
  table(
    'Promises',
    ['Tier', 'Back after', 'Promised', 'Lost', 'Promised'],
    summary.tiers.map((tier) => [
      tier.tier,
      against(tier.rtoSeconds, tier.rtoTargetSeconds),
      lengthText(tier.rtoTargetSeconds),
      against(tier.rpoSeconds, tier.rpoTargetSeconds),
      lengthText(tier.rpoTargetSeconds),
    ]),
  );

function phases({ summary }: Rehearsal): string[] {
  const spent = summary.phases;
  if (spent === null) return [];
  return table(
    'Where the time went',
    ['Phase', 'Took'],
    PHASES.map((phase) => [phase, lengthText(spent[phase])]),
  );
}

const points = ({ recoveryPoints }: Rehearsal): string[] =>
  table(
    'Recovery points considered',
    ['Recovery point', 'Moment', 'Verdict', 'Why'],
    recoveryPoints.map((point) => [
      `${point.name}${point.chosen ? ' (chosen)' : ''}`,
      moment(point.moment),
      point.verdict,
      point.reason,
    ]),
  );

const invariants = ({ summary }: Rehearsal): string[] =>
  table(
    'Invariants',
    ['Id', 'What must hold', 'Verdict'],
    summary.invariants.map((one) => [
      one.id,
      invariantWords(one.id).says,
      notExercised(one)
        ? 'not exercised'
        : `${one.held ? '✓ held' : '✗ broken'}${one.detail === '' ? '' : `: ${one.detail}`}`,
    ]),
  );

function happenings(rehearsal: Rehearsal): string[] {
  const zero = rehearsal.faultAt ?? rehearsal.startedAt;
  const events = [
    ...rehearsal.faults.map(({ at, text }) => ({ at, text: `Fault: ${text}` })),
    ...rehearsal.marks.map(({ at, what, detail }) => ({
      at,
      text: detail === undefined ? what : `${what}: ${detail}`,
    })),
    ...rehearsal.steps.map((step) => ({
      at: step.startedAt,
      text: `${step.name} (${step.phase}), ${lengthText((step.endedAt - step.startedAt) / 1000)}`,
    })),
  ];
  const rows = events.toSorted((a, b) => a.at - b.at).map(({ at, text }) => [sinceFault(at - zero), text]);
  return table('What happened', ['Clock', 'What'], rows);
}
