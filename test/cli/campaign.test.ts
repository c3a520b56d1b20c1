import { describe, expect, it } from '@jest/globals';
import type { CampaignSummary } from '../../src/rehearsal/campaign-summary.ts';
import { lifeboat } from './command-line.ts';

const KEYS = ['runs', 'seed', 'jobs', 'failures', 'ratePerMinute', 'peakMiB', 'digest', 'scenarios'];

async function campaign(...args: string[]): Promise<{ status: number; summary: CampaignSummary }> {
  const { status, out } = await lifeboat(['campaign', '--json', ...args]);
  return { status, summary: JSON.parse(out) as CampaignSummary };
}

describe('lifeboat campaign', () => {
  it('gives the same result whatever the number of threads', async () => {
    const one = await campaign('--runs', '9', '--jobs', '1', '--scenario', 'region-loss*');
    const three = await campaign('--runs', '9', '--jobs', '3', '--scenario', 'region-loss*');
    expect(three.summary.digest).toBe(one.summary.digest);
    expect(three.summary.scenarios).toEqual(one.summary.scenarios);
    expect(Object.keys(one.summary)).toEqual(KEYS);
  });

  it('takes scenario i mod k, by name, with seed S + i', async () => {
    const { summary } = await campaign('--runs', '5', '--jobs', '2', '--scenario', 'region-loss*', '--seed', '12');
    expect(summary.scenarios.map(({ scenario, runs }) => [scenario, runs])).toEqual([
      ['region-loss', 3],
      ['region-loss-approved', 2],
    ]);
    expect(summary.failures).toEqual([
      expect.objectContaining({ scenario: 'region-loss-approved', seed: 13, invariants: ['S9'] }),
      expect.objectContaining({ scenario: 'region-loss', seed: 14, invariants: [] }),
      expect.objectContaining({ scenario: 'region-loss-approved', seed: 15 }),
      expect.objectContaining({ scenario: 'region-loss', seed: 16 }),
    ]);
    expect(summary.failures[0]?.repeat).toBe('npx lifeboat rehearse region-loss-approved --seed 13');
  });

  it('ends with status 0 when all held, and with 1 and the command that repeats it when one did not', async () => {
    expect((await lifeboat(['campaign', '--runs', '2', '--jobs', '1', '--scenario', 'region-loss'])).status).toBe(0);
    const failed = await lifeboat([
      'campaign',
      '--runs',
      '2',
      '--jobs',
      '1',
      '--scenario',
      'region-loss',
      '--seed',
      '12',
    ]);
    expect(failed.status).toBe(1);
    expect(failed.out.trimEnd().split('\n').at(-1)).toBe('npx lifeboat rehearse region-loss --seed 13');
  });

  it('says how many distinct digests, recovery points and interleavings it saw', async () => {
    const { out } = await lifeboat(['campaign', '--runs', '8', '--jobs', '2', '--scenario', 'region-loss']);
    expect(out).toContain('Seen: 8 distinct digests, 2 recovery points, 7 interleavings.');
  });

  it('shows how far it is on a terminal, and leaves no trace of that', async () => {
    const { err } = await lifeboat(['campaign', '--runs', '2', '--jobs', '1', '--scenario', 'region-loss'], {
      interactive: true,
    });
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });

  it('tells of a thread that died, and goes on with another', async () => {
    const rehearseModule = new URL('./dying-rehearse.ts', import.meta.url).href;
    const { status, out } = await lifeboat(
      ['campaign', '--runs', '4', '--jobs', '1', '--scenario', 'region-loss', '--json'],
      { rehearseModule },
    );
    expect(status).toBe(1);
    expect((JSON.parse(out) as CampaignSummary).failures.map(({ seed }) => seed)).toEqual([2]);
  });

  it('refuses a glob that no scenario matches', async () => {
    const { status, err } = await lifeboat(['campaign', '--scenario', 'no-*']);
    expect(status).toBe(2);
    expect(err).toMatch(/^--scenario no-\*: matches none of .*region-loss/);
  });
});
