import { PHASES, type RehearsalSummary } from '../rehearsal/result.ts';

/** One JSON document, its keys in the order of the contract, whatever order they came in. */
export function summaryJson(summary: RehearsalSummary): string {
  const { phases } = summary;
  const ordered: RehearsalSummary = {
    scenario: summary.scenario,
    seed: summary.seed,
    outcome: summary.outcome,
    expected: summary.expected,
    rtoSeconds: summary.rtoSeconds,
    phases:
      phases === null ? null : (Object.fromEntries(PHASES.map((phase) => [phase, phases[phase]])) as typeof phases),
    tiers: summary.tiers.map(({ tier, rtoSeconds, rtoTargetSeconds, rpoSeconds, rpoTargetSeconds }) => ({
      tier,
      rtoSeconds,
      rtoTargetSeconds,
      rpoSeconds,
      rpoTargetSeconds,
    })),
    stores: summary.stores.map(({ store, recoveryPoint, reportedLossSeconds, trueLossSeconds }) => ({
      store,
      recoveryPoint,
      reportedLossSeconds,
      trueLossSeconds,
    })),
    invariants: summary.invariants.map(({ id, held, detail }) => ({ id, held, detail })),
    calls: {
      total: summary.calls.total,
      denied: summary.calls.denied,
      primaryRegion: summary.calls.primaryRegion,
      usEast1ControlPlane: summary.calls.usEast1ControlPlane,
    },
    transitions: summary.transitions,
    virtualSeconds: summary.virtualSeconds,
    wallMs: summary.wallMs,
    digest: summary.digest,
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}
