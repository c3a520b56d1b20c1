import { createHash } from 'node:crypto';
import type { CampaignRun } from './campaign-run.ts';

export type Percentiles = { p50: number | null; p90: number | null; p99: number | null };

/** `lifeboat campaign --json`, exactly. */
export type CampaignSummary = {
  runs: number;
  seed: number;
  jobs: number;
  failures: { scenario: string; seed: number; invariants: string[]; repeat: string }[];
  ratePerMinute: number;
  peakMiB: number;
  /** SHA-256 of the runs' digests in order: the same whatever the number of jobs. */
  digest: string;
  scenarios: { scenario: string; runs: number; rtoSeconds: Percentiles; lossSeconds: Percentiles }[];
};

/** How much a campaign has seen: many seeds that all do the same prove little. */
export type CampaignVariety = { digests: number; recoveryPoints: number; interleavings: number };

export type Measured = { seed: number; jobs: number; wallMs: number; peakMiB: number };

export function summarizeCampaign(runs: CampaignRun[], names: string[], measured: Measured): CampaignSummary {
  const { seed, jobs, wallMs, peakMiB } = measured;
  return {
    runs: runs.length,
    seed,
    jobs,
    failures: runs.filter(({ holds }) => !holds).map((run) => failure(run, names)),
    ratePerMinute: Math.round((runs.length * 60_000) / Math.max(1, wallMs)),
    peakMiB: Math.round(peakMiB),
    digest: createHash('sha256')
      .update(runs.map(({ digest }) => digest).join('\n'))
      .digest('hex'),
    scenarios: names.flatMap((scenario, index) => {
      const own = runs.filter((run) => run.scenario === index);
      if (own.length === 0) return [];
      const rtoSeconds = percentiles(own.map((run) => run.rtoSeconds));
      return [{ scenario, runs: own.length, rtoSeconds, lossSeconds: percentiles(own.map((run) => run.lossSeconds)) }];
    }),
  };
}

export function varietyOf(runs: CampaignRun[]): CampaignVariety {
  const seen = (of: (run: CampaignRun) => string[]) => new Set(runs.flatMap(of).filter((one) => one !== '')).size;
  return {
    digests: seen(({ digest }) => [digest]),
    recoveryPoints: seen(({ recoveryPoints }) => recoveryPoints),
    interleavings: seen(({ interleaving }) => [interleaving]),
  };
}

const failure = ({ scenario, seed, broken, repeat }: CampaignRun, names: string[]) => ({
  scenario: names[scenario] ?? '',
  seed,
  invariants: broken.map(({ id }) => id),
  repeat,
});

/** Nearest rank: a percentile is a value that was seen. https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method */
function percentiles(values: (number | null)[]): Percentiles {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const rank = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? null;
  return { p50: rank(50), p90: rank(90), p99: rank(99) };
}
