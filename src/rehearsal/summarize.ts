import { createHash } from 'node:crypto';
import { controlRegion } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { causesOf } from './causes.ts';
import { criticalPath } from './critical-path.ts';
import type { Observation } from './observation.ts';
import type { Platform } from './platform.ts';
import type { RehearseOptions } from './rehearse-options.ts';
import type { InvariantResult, Outcome, Rehearsal, RehearsalSummary } from './result.ts';
import { givenUpBefore, nobodyLooked, stillUnderWay, whyHeld } from './run-stories.ts';
import { unmetExpectations } from './scenario-expectation.ts';
import type { Expectation } from './scenario-schema.ts';
import { contentsOf, storeResults, tierResults } from './truth.ts';

type Ended = {
  platform: Platform;
  observation: Observation;
  judge: () => InvariantResult[];
  options: RehearseOptions;
  wallMs: number;
};

/** What came of a scenario, from what the twin saw; Lifeboat's own report is only put beside it. */
export function summarize({ platform, observation, judge, options, wallMs }: Ended): Rehearsal {
  const { twin, watched, startsAt, faultAt, calls } = observation;
  const { scenario, seed } = options;
  const run = failoverRun(observation);
  const report = run === undefined ? undefined : storedReport(observation, run);
  const lost = observation.lastKnown ?? (run === undefined ? undefined : contentsOf(twin.clusters.primary));
  const stores = storeResults(twin, lost, report);
  watched.stores.push(...stores);
  const early = givenUpBefore(observation);
  const served = (tier: string) => (early === undefined ? servedAt(observation, tier) : null);
  const tiers = tierResults(twin, stores, run === undefined ? null : faultAt, served);
  const invariants = judge();
  const outcome = outcomeOf(
    observation,
    run,
    tiers.every((tier) => served(tier.tier) !== null),
  );
  const last = tiers.reduce((a, b) => ((served(b.tier) ?? 0) >= (served(a.tier) ?? 0) ? b : a));
  const lastAt = outcome === 'recovered' ? served(last.tier) : null;
  const phases =
    run === undefined || lastAt === null || faultAt === null
      ? null
      : criticalPath(twin.invocations, run, faultAt, last.tier, lastAt);
  const seconds = lastAt === null || faultAt === null ? null : Math.round((lastAt - faultAt) / 1000);
  const rtoSeconds = phases === null ? seconds : sum(phases);
  const unmet = unmetExpectations(boundsFor(platform.plan, options), { outcome, rtoSeconds, tiers });
  const why = unmet.length > 0 ? nobodyLooked(platform, outcome) : [];
  const problems = [...(early ?? []), ...unmet, ...why, ...stillUnderWay(observation, outcome, run)];
  const measured = {
    scenario: scenario.name,
    seed,
    outcome,
    expected: problems.length === 0,
    rtoSeconds,
    phases,
    tiers,
    stores: run === undefined ? [] : stores,
    invariants,
    calls,
    transitions: observation.transitions,
    virtualSeconds: Math.round((twin.kernel.now - startsAt) / 1000),
  };
  const { transcript, interleaving } = observation.digest;
  const digest = createHash('sha256').update(transcript).update(JSON.stringify(measured)).digest('hex');
  const summary: RehearsalSummary = { ...measured, wallMs: Math.round(wallMs), digest };
  return {
    summary,
    problems: [...problems, ...causesOf(twin, problems.length > 0)],
    repeat: options.repeat,
    time: 'virtual',
    interleaving,
    ...story(observation, platform, outcome, run, report),
  };
}

/** A scenario's bound on the first tier's loss says nothing of another tier that has become the first. */
function boundsFor({ tiers }: Plan, { scenario, plan }: RehearseOptions): Expectation {
  if (tiers[0]?.name === plan.tiers[0]?.name) return scenario.expect;
  const { rpoWithin: _, ...bounds } = scenario.expect;
  return bounds;
}

const sum = (phases: Record<string, number>): number =>
  Object.values(phases).reduce((total, seconds) => total + seconds, 0);

/** The run that came furthest: the one that raised the epoch, else the last that was begun. */
function failoverRun({ twin, startsAt }: Observation): string | undefined {
  const raised = twin.invocations.of('raise-epoch').find(({ output }) => output !== undefined);
  if (raised !== undefined) return raised.input.run.id;
  const begun = twin.invocations.of('choose-recovery-points').filter(({ startedAt }) => startedAt >= startsAt);
  return begun.at(-1)?.input.run.id;
}

// biome-ignore lint/suspicious/noExplicitAny: the report is shown as it was stored
function storedReport({ twin }: Observation, run: string): any {
  for (const bucket of twin.s3.buckets()) {
    const stored = twin.s3.get(bucket.name, `reports/${run}/report.json`);
    if (stored !== undefined) return JSON.parse(Buffer.from(stored.bytes).toString('utf8')).report;
  }
  return undefined;
}

/** A tier is back when each of its entry points is answered by the standby; one without any, when its checks passed. */
function servedAt({ twin, clients }: Observation, tier: string): number | null {
  const entryPoints = twin.plan.entryPoints.filter((entry) => entry.tier === tier);
  if (entryPoints.length === 0) {
    const healthy = twin.invocations
      .of('check-tier')
      .find(({ input, output }) => input?.point?.tier === tier && output?.kind === 'healthy');
    return healthy?.endedAt ?? null;
  }
  const answered = entryPoints.map(({ name }) => clients.answeredBy(name, twin.plan.sites.standby.region)?.at);
  return answered.some((at) => at === undefined) ? null : Math.max(...answered.map((at) => at ?? 0));
}

function outcomeOf({ twin, startsAt }: Observation, run: string | undefined, allServed: boolean): Outcome {
  const executions = twin.sfn.executions.filter(
    ({ machine, startedAt }) => machine.name.endsWith('-failover') && startedAt >= startsAt,
  );
  const ownRun = executions.find(({ name }) => name === run);
  const raised = twin.invocations.of('raise-epoch').some(({ output }) => output !== undefined);
  if (raised) return allServed && ownRun?.status === 'SUCCEEDED' ? 'recovered' : 'failed';
  if (executions.some(({ status }) => status === 'FAILED' || status === 'TIMED_OUT')) return 'failed';
  const holds = twin.invocations.of('finish-run').some(({ output }) => output?.ending === 'held');
  const waits = twin.invocations.of('confirm-loss').at(-1)?.output;
  const undecided = executions.some(({ status }) => status === 'RUNNING') && waits?.kind === 'wait';
  const asked = twin.invocations.of('ask-approval').length > 0;
  return holds || asked || (undecided && /standby cannot/.test(waits?.reason ?? '')) ? 'held' : 'none';
}

function story(
  observation: Observation,
  { plan, said }: Platform,
  outcome: Outcome,
  run: string | undefined,
  report: { nextSteps?: string[] } | undefined,
) {
  const { twin, startsAt, faultAt, faults, marks, steps } = observation;
  const considered = twin.invocations.of('choose-recovery-points').find(({ input }) => input.run.id === run)?.output;
  const chosen = new Set<string>((considered?.points ?? []).map((point: { backup: string }) => point.backup));
  return {
    plan: {
      name: plan.name,
      primary: plan.sites.primary.region,
      standby: plan.sites.standby.region,
      control: controlRegion(plan),
      witness: plan.witness?.region ?? null,
    },
    startedAt: startsAt,
    faultAt,
    faults,
    steps: steps.all.filter((step) => step.startedAt >= startsAt),
    marks,
    recoveryPoints: (considered?.considered ?? []).map(
      (point: { name: string; moment: string; verdict: string; reason: string }) => ({
        name: point.name,
        moment: Date.parse(point.moment),
        verdict: point.verdict,
        reason: point.reason,
        chosen: chosen.has(point.name),
      }),
    ),
    notes: [...whyHeld(observation, outcome), ...(report?.nextSteps ?? []), ...said],
    report: report ?? null,
  };
}
