import { NO_ENTRY_POINT } from '../plan/remarks.ts';
import type { Rehearsal } from '../rehearsal/result.ts';
import { invariantWords } from './invariant-words.ts';
import { brokenInvariants } from './verdict.ts';

export type Advice = { who: string; how: string };

/** Who must act on a rehearsal that does not hold, and how; each once. */
export function adviceFor({ summary, problems, notes }: Pick<Rehearsal, 'summary' | 'problems' | 'notes'>): Advice[] {
  const advice: Advice[] = brokenInvariants(summary).map(({ id }) => {
    const { who, how } = invariantWords(id);
    return { who, how };
  });
  const late = summary.tiers.filter((tier) => tier.rtoSeconds !== null && tier.rtoSeconds > tier.rtoTargetSeconds);
  if (late.length > 0)
    advice.push({
      who: "the plan's owner",
      how: `allow ${names(late)} a longer rto, or shorten what took longest`,
    });
  const lost = summary.tiers.filter((tier) => tier.rpoSeconds !== null && tier.rpoSeconds > tier.rpoTargetSeconds);
  if (lost.length > 0)
    advice.push({
      who: "the plan's owner",
      how: `back up ${names(lost)} more often (stores.backups.schedules), or allow a larger rpo`,
    });
  if (summary.outcome === 'held' && !summary.expected)
    advice.push({
      who: 'an operator',
      how: 'read why it holds (lifeboat status), then lifeboat approve, or put right what it names',
    });
  if (summary.outcome === 'none' && !summary.expected && notes.includes(NO_ENTRY_POINT))
    advice.push({
      who: "the plan's owner",
      how: 'name an entry point in the plan, by which a loss is seen; without one an operator must start the failover',
    });
  const runbooks = [...new Set(notes.flatMap((note) => note.match(/docs\/runbooks\/[\w.-]*\w/g) ?? []))];
  if (summary.outcome === 'failed' && runbooks.length > 0)
    advice.push({ who: 'an operator, on the day', how: `follow ${runbooks.join(', ')}` });
  if (advice.length === 0 && problems.length > 0)
    advice.push({ who: 'whoever changed the assembly last', how: 'put right what is named above, and rehearse again' });
  return advice.filter((one, index) => advice.findIndex((other) => same(one, other)) === index);
}

const names = (tiers: { tier: string }[]): string => tiers.map(({ tier }) => tier).join(', ');
const same = (a: Advice, b: Advice): boolean => a.who === b.who && a.how === b.how;
