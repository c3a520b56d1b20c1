import type { InvariantResult, Outcome, Rehearsal, RehearsalSummary } from '../rehearsal/result.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';

export type Verdict = {
  /** The command's exit status is 0. */
  holds: boolean;
  /** The first words that anyone reads. */
  title: string;
  /** How that compares with what was promised. */
  sentence: string;
};

const NOT_RECOVERED: Record<Exclude<Outcome, 'recovered'>, string> = {
  held: 'NOT RECOVERED: the run holds and waits for a person',
  aborted: 'NOT RECOVERED: the run was aborted',
  failed: 'NOT RECOVERED: the run failed',
  none: 'NO FAILOVER: none was started',
};

/** The same, where the scenario wants just that. */
const AS_IT_SHOULD: Partial<Record<Outcome, string>> = {
  held: 'HELD: the run waits for a person',
  aborted: 'ABORTED: the run was aborted',
};

/** What came of a rehearsal, in the words of every output of ours. */
export function verdictOf({ summary, problems }: Pick<Rehearsal, 'summary' | 'problems'>): Verdict {
  const broken = brokenInvariants(summary);
  const holds = summary.expected && broken.length === 0 && problems.length === 0;
  return { holds, title: titleOf(summary, holds), sentence: sentenceOf(summary, holds, broken.length) };
}

export const brokenInvariants = (summary: RehearsalSummary): InvariantResult[] =>
  summary.invariants.filter((invariant) => !invariant.held);

/** Held, but nothing in this rehearsal put it to the test. */
export const notExercised = (invariant: InvariantResult): boolean =>
  invariant.held && invariant.detail === 'not exercised';

function titleOf({ outcome, rtoSeconds }: RehearsalSummary, holds: boolean): string {
  if (outcome !== 'recovered') return (holds ? AS_IT_SHOULD[outcome] : undefined) ?? NOT_RECOVERED[outcome];
  return rtoSeconds === null ? 'RECOVERED' : `RECOVERED in ${lengthText(rtoSeconds)}`;
}

function sentenceOf({ outcome, expected }: RehearsalSummary, holds: boolean, broken: number): string {
  if (holds && outcome === 'recovered') return 'Every promise was kept.';
  if (holds) return 'That is what this scenario expects, and nothing was broken.';
  const invariants = `${broken} ${broken === 1 ? 'invariant was' : 'invariants were'} broken`;
  if (broken > 0 && !expected) return `That is not what was promised, and ${invariants}.`;
  if (broken > 0) return `But ${invariants}.`;
  return outcome === 'recovered' ? 'But not as promised.' : 'That is not what this scenario expects.';
}
