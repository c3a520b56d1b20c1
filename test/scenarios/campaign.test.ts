import { beforeAll, describe, expect, it } from '@jest/globals';
import { runCampaign } from '../../src/rehearsal/campaign.ts';
import type { CampaignRun } from '../../src/rehearsal/campaign-run.ts';
import { summarizeCampaign, varietyOf } from '../../src/rehearsal/campaign-summary.ts';
import { scenarioNamed } from './scene.ts';

const RUNS = 8;

const campaign = (jobs: number): Promise<CampaignRun[]> =>
  runCampaign({
    scenarios: [{ name: 'region-loss', options: scenarioNamed('region-loss') }],
    runs: RUNS,
    seed: 1,
    jobs,
    repeat: (scenario, seed) => `npx lifeboat rehearse ${scenario} --seed ${seed}`,
    rehearseModule: new URL('../../src/rehearsal/rehearse.ts', import.meta.url).href,
  });

describe('a campaign', () => {
  let runs: CampaignRun[] = [];
  beforeAll(async () => {
    runs = await campaign(2);
  }, 120_000);

  it('holds every invariant', () => {
    expect(runs.flatMap(({ broken, problems }) => [...broken, ...problems])).toEqual([]);
    expect(runs.every(({ holds }) => holds)).toBe(true);
  });

  it('sees something else with every seed: its end, its order of events, the recovery points it stands on', () => {
    const { digests, recoveryPoints, interleavings } = varietyOf(runs);
    expect(digests).toBe(RUNS);
    expect(interleavings).toBe(RUNS);
    expect(recoveryPoints).toBeGreaterThan(2);
  });

  it('has the same digest whatever the number of threads', async () => {
    const measured = { seed: 1, wallMs: 1, peakMiB: 1 };
    const digestOf = (all: CampaignRun[], jobs: number) =>
      summarizeCampaign(all, ['region-loss'], { ...measured, jobs }).digest;
    expect(digestOf(await campaign(1), 1)).toBe(digestOf(runs, 2));
  }, 120_000);
});
