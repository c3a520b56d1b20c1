import type { RehearsalSummary } from './result.ts';
import type { Expectation } from './scenario-schema.ts';
import { lengthText } from './scenario-time.ts';

type Judged = Pick<RehearsalSummary, 'outcome' | 'rtoSeconds' | 'tiers'>;

/**
 * What a rehearsal did not keep of what its scenario expects, a sentence each; none when all was as expected.
 * Where something was recovered, every tier must keep its own targets too.
 */
export function unmetExpectations(expect: Expectation, result: Judged): string[] {
  return [...unmetByScenario(expect, result), ...(result.outcome === 'recovered' ? unmetByTiers(result) : [])];
}

function unmetByScenario(expect: Expectation, { outcome, rtoSeconds, tiers }: Judged): string[] {
  const unmet: string[] = [];
  if (expect.outcome !== undefined && expect.outcome !== outcome)
    unmet.push(`it ended ${outcome}; the scenario expects ${expect.outcome}`);
  // What never came back cannot be late: that is said once.
  if (unmet.length > 0 && outcome !== 'recovered') return unmet;
  if (expect.rtoWithin !== undefined && !(rtoSeconds !== null && rtoSeconds <= expect.rtoWithin))
    unmet.push(`${took(rtoSeconds)}; the scenario expects ${lengthText(expect.rtoWithin)} at most`);
  const loss = tiers[0]?.rpoSeconds ?? null;
  if (expect.rpoWithin !== undefined && !(loss !== null && loss <= expect.rpoWithin))
    unmet.push(`${lost(tiers[0]?.tier, loss)}; the scenario expects ${lengthText(expect.rpoWithin)} at most`);
  return unmet;
}

function unmetByTiers({ tiers }: Judged): string[] {
  return tiers.flatMap((tier) => {
    const unmet: string[] = [];
    if (tier.rtoSeconds === null || tier.rtoSeconds > tier.rtoTargetSeconds)
      unmet.push(`tier ${tier.tier}: ${took(tier.rtoSeconds)}; the plan promises ${lengthText(tier.rtoTargetSeconds)}`);
    if (tier.rpoSeconds !== null && tier.rpoSeconds > tier.rpoTargetSeconds)
      unmet.push(`${lost(tier.tier, tier.rpoSeconds)}; the plan promises ${lengthText(tier.rpoTargetSeconds)} at most`);
    return unmet;
  });
}

const took = (seconds: number | null): string =>
  seconds === null ? 'its traffic never came back' : `its traffic was back after ${lengthText(seconds)}`;

const lost = (tier: string | undefined, seconds: number | null): string =>
  seconds === null
    ? `what tier ${tier ?? 'one'} lost is not known`
    : `tier ${tier ?? 'one'} lost ${lengthText(seconds)} of writes`;
