import { durationText } from './duration.ts';
import { type Figure, ROUTE53_ALARM, type RtoTerm, within } from './feasibility-figures.ts';
import type { Plan } from './schema.ts';

/** Health checks' metrics exist there alone. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html */
const ALARMS_REGION = 'us-east-1';
/** Left before the next scheduled look, and the pause between two questions of the run. */
const SPARE_SECONDS = 10;
const ASK_AGAIN_SECONDS = 5;

export type Detection = {
  terms: RtoTerm[];
  /** Observers that are left when the primary is lost. None without an entry point: there is nothing to look at. */
  observers: number;
};

/**
 * From the loss until enough observers have seen it for long enough; infinite when fewer are left than must say so.
 * Where nobody looks, an operator begins, whose time is not counted.
 */
export function detectionOf(plan: Plan): Detection {
  const { interval, failures, tightInterval, downVotes, holdDown } = plan.detection;
  const { observers } = observersOf(plan);
  if (observers === 0)
    return { observers, terms: [{ what: 'detect: nobody looks, an operator begins', p50: 0, p90: 0, source: LOOKS }] };
  // A look that would run into the next scheduled one is left to that.
  const step = tightInterval <= interval - SPARE_SECONDS ? tightInterval : interval;
  const inARow = (failures - 1) * step;
  const steady = Math.max(holdDown, inARow);
  const what =
    holdDown >= inARow
      ? `detect: it stays down for ${durationText(holdDown)}`
      : `detect: ${failures} failures in a row, one every ${durationText(step)}`;
  const late = within(step + ASK_AGAIN_SECONDS, 'the plan: detection.tightInterval');
  return {
    observers,
    terms: [
      {
        what: `detect: ${downVotes} of ${observers} observers see it, one look every ${durationText(interval)}`,
        ...seen(plan),
      },
      { what, p50: steady, p90: steady, source: STAYS },
      { what: 'detect: the look that shows it, and the run that asks', ...late },
    ],
  };
}

const LOOKS = 'the plan: detection.interval, detection.downVotes';
const STAYS = 'the plan: detection.holdDown, detection.failures';

/** Until the last of those that must agree has seen it: each looks at a moment of its own. */
function seen(plan: Plan): Figure {
  const { interval, downVotes } = plan.detection;
  const { probers, observers } = observersOf(plan);
  if (observers < downVotes) return { p50: Number.POSITIVE_INFINITY, p90: Number.POSITIVE_INFINITY, source: LOOKS };
  const byLast = (share: number): number => interval * share ** (1 / Math.min(downVotes, probers));
  const looked = { p50: byLast(0.5), p90: byLast(0.9) };
  if (downVotes <= probers) return { ...looked, source: LOOKS };
  const { p50, p90, source } = ROUTE53_ALARM;
  return { p50: Math.max(looked.p50, p50), p90: Math.max(looked.p90, p90), source };
}

function observersOf(plan: Plan): { probers: number; observers: number } {
  if (plan.entryPoints.length === 0) return { probers: 0, observers: 0 };
  const probers = plan.witness ? 2 : 1;
  return { probers, observers: plan.sites.primary.region === ALARMS_REGION ? probers : probers + 1 };
}
