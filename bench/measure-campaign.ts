import { runCampaign } from '../src/rehearsal/campaign.ts';
import { regionLoss } from './example.ts';
import type { Row } from './row.ts';

const BUDGET_A_MINUTE = 1_200;
/** Two threads at less than this times the rate of one are not called linear. */
const LINEAR_AT_LEAST = 1.8;

export type CampaignMeasured = { rows: Row[]; rtoSeconds: number[] };

type Rates = { whole: number; steady: number; rtoSeconds: (number | null)[] };

/** Short campaigns on one thread and on two. What they recovered in comes with it. */
export async function measureCampaign(runsEach: number): Promise<CampaignMeasured> {
  const two = await rates(2, 2 * runsEach);
  const one = await rates(1, runsEach);
  const ratio = two.steady / one.steady;
  return {
    rtoSeconds: two.rtoSeconds.filter((seconds) => seconds !== null),
    rows: [
      {
        what: `campaign on 2 threads, rehearsals a minute, once warm`,
        measured: `${Math.round(two.steady)} /min`,
        budget: `${BUDGET_A_MINUTE} /min`,
        misses: two.steady < BUDGET_A_MINUTE,
      },
      { what: `  of ${2 * runsEach} runs with the threads' start`, measured: `${Math.round(two.whole)} /min` },
      {
        what: 'linear in cores: 2 threads to 1, once warm',
        measured: `${ratio.toFixed(2)} ×`,
        budget: '2 ×',
        misses: ratio < LINEAR_AT_LEAST,
      },
    ],
  };
}

/** @returns runs a minute, of the whole and of all but each thread's first, which loads and synthesizes */
async function rates(jobs: number, runs: number): Promise<Rates> {
  const ends: number[] = [];
  const begun = performance.now();
  const done = await runCampaign({
    scenarios: [{ name: 'region-loss', options: regionLoss() }],
    runs,
    seed: 1,
    jobs,
    repeat: (scenario, seed) => `npx lifeboat rehearse ${scenario} --seed ${seed}`,
    rehearseModule: new URL('../src/rehearsal/rehearse.ts', import.meta.url).href,
    onRun: () => ends.push(performance.now()),
  });
  const last = ends.at(-1) ?? begun;
  const warmAt = ends[jobs - 1] ?? begun;
  const aMinute = (count: number, from: number) => (count * 60_000) / (last - from);
  return {
    whole: aMinute(runs, begun),
    steady: aMinute(runs - jobs, warmAt),
    rtoSeconds: done.map(({ rtoSeconds }) => rtoSeconds),
  };
}
