import * as z from 'zod';
import { type ChosenPoint, chosenPoint } from './choice-of-points.ts';
import { ownership, RUN_ENDINGS, type Run, type RunEnding, run } from './run.ts';
import { runbookOf } from './runbooks.ts';

/** How one tier came out, as the machine tells it. */
export const tierOutcome = z.object({
  tier: z.string(),
  outcome: z.enum(['recovered', 'failed']),
  error: z.string().optional(),
  cause: z.string().optional(),
});
export type TierOutcome = z.infer<typeof tierOutcome>;

export const failure = z.object({ error: z.string(), cause: z.string() });
export type Failure = z.infer<typeof failure>;

export const report = z.object({
  version: z.literal(1),
  plan: z.string(),
  run,
  ending: z.enum(RUN_ENDINGS),
  endedAt: z.iso.datetime(),
  epoch: ownership.optional(),
  reason: z.string(),
  points: z.array(chosenPoint),
  /**
   * Loss by store, in seconds: at most this much was lost. Null where that cannot be said: the tier was not brought
   * back, or a volume was lost whole, whatever its age.
   */
  stores: z.array(z.object({ store: z.string(), recoveryPoint: z.string(), lossSeconds: z.number().nullable() })),
  tiers: z.array(tierOutcome),
  steps: z.array(
    z.object({ step: z.string(), status: z.string(), startedAt: z.string(), endedAt: z.string().optional() }),
  ),
  /** What a person should know and do next, a sentence each. */
  nextSteps: z.array(z.string()),
});
export type Report = z.infer<typeof report>;

export type ReportFacts = {
  plan: string;
  run: Run;
  ending: RunEnding;
  reason: string;
  failure: Failure | undefined;
  facts: Record<string, unknown>;
  steps: { step: string; status: string; startedAt: string; endedAt?: string }[];
  tiers: TierOutcome[];
  now: Date;
};

/** How a run ended, from what the machine hands over and how its tiers came out. */
export function endingOf(asked: RunEnding, tiers: TierOutcome[]): RunEnding {
  return asked === 'recovered' && tiers.some((tier) => tier.outcome === 'failed') ? 'failed' : asked;
}

/** A pod that is scaled away goes on for as long. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination */
const TERMINATION_GRACE_SECONDS = 30;

/**
 * The report of a run. Losses are upper bounds: from the recovery point's moment to when the epoch was raised, and where
 * the old site could still be reached, to when its last pods were gone.
 */
export function writeReport(facts: ReportFacts): Report {
  const points = z.array(chosenPoint).catch([]).parse(facts.facts.points);
  const raised = ownership.optional().catch(undefined).parse(facts.facts.epoch);
  const fencedAt = z.iso.datetime().optional().catch(undefined).parse(facts.facts.fencedAt);
  return {
    version: 1,
    plan: facts.plan,
    run: facts.run,
    ending: facts.ending,
    endedAt: facts.now.toISOString(),
    ...(raised && { epoch: raised }),
    reason: facts.failure === undefined ? facts.reason : `${facts.failure.error}: ${messageOf(facts.failure.cause)}`,
    points,
    stores: points.flatMap((point) => losses(point, lastWriteAt(raised?.since, fencedAt), facts.tiers)),
    tiers: facts.tiers,
    steps: facts.steps.map(({ step, status, startedAt, endedAt }) => ({
      step,
      status,
      startedAt,
      ...(endedAt && { endedAt }),
    })),
    nextSteps: nextSteps(facts),
  };
}

/** In milliseconds since 1970; of a site that was lost, no write is later than the epoch. */
function lastWriteAt(raisedAt: string | undefined, fencedAt: string | undefined): number | undefined {
  if (raisedAt === undefined) return undefined;
  const raised = Date.parse(raisedAt);
  return fencedAt === undefined ? raised : Math.max(raised, Date.parse(fencedAt) + TERMINATION_GRACE_SECONDS * 1000);
}

function losses(point: ChosenPoint, until: number | undefined, tiers: TierOutcome[]) {
  const back = tiers.some((tier) => tier.tier === point.tier && tier.outcome === 'recovered');
  const seconds = until === undefined ? null : Math.ceil((until - Date.parse(point.moment)) / 1000);
  const whole = (store: string) => point.lostVolumes.some((volume) => volume.startsWith(`${store}/`));
  return point.namespaces.map((store) => ({
    store,
    recoveryPoint: point.backup,
    lossSeconds: back && !whole(store) ? seconds : null,
  }));
}

function nextSteps({ ending, failure: failed, tiers, facts }: ReportFacts): string[] {
  const steps: string[] = [];
  if (ending === 'recovered')
    steps.push('The standby serves. It has no standby of its own until failback: watch it, and plan the way home.');
  if (ending === 'recovered' && facts.fencedAt === undefined)
    steps.push(
      'The old site has not answered yet and is fenced as soon as it does. What it still writes until then is in no number here.',
    );
  if (ending === 'held')
    steps.push('Nothing was moved. Read the reason, mend it, then start a failover by hand: lifeboat failover.');
  if (failed !== undefined) steps.push(`Open ${runbookOf(failed.error)}.`);
  for (const tier of tiers)
    if (tier.error !== undefined)
      steps.push(
        `Tier ${tier.tier} did not come back: open ${runbookOf(tier.error)}. ${messageOf(tier.cause ?? '')}`.trim(),
      );
  const lost = z
    .array(chosenPoint)
    .catch([])
    .parse(facts.points)
    .flatMap((point) => point.lostVolumes);
  for (const volume of lost) steps.push(`Volume ${volume} was in no recovery point: its data is lost.`);
  const missing = z.array(z.string()).catch([]).parse(facts.missingImages);
  for (const image of missing) steps.push(`Image ${image} is not in the standby's registry: push it there.`);
  const unmapped = z.array(z.string()).catch([]).parse(facts.unmapped);
  return [...steps, ...unmapped.map((sentence) => `Not mapped: ${sentence}.`)];
}

/** Lambda's failures come with a JSON document as their cause. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function messageOf(cause: string): string {
  try {
    return String((JSON.parse(cause) as { errorMessage?: unknown }).errorMessage ?? cause);
  } catch {
    return cause;
  }
}
