import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { complaints, run } from './scene.ts';

const names = readdirSync('scenarios').map((file) => file.replace(/\.yaml$/, ''));

describe('every shipped scenario', () => {
  it.each(names)(
    '%s comes out as it expects, and every invariant holds',
    async (name) => {
      const rehearsal = await run(name);
      expect(complaints(rehearsal)).toBe('');
      expect(rehearsal.summary.expected).toBe(true);
      expect(rehearsal.summary.calls.denied).toBe(0);
      expect(rehearsal.summary.invariants.map(({ id }) => id)).toEqual(
        Array.from({ length: 11 }, (_, index) => `S${index + 1}`),
      );
    },
    600_000,
  );
});

describe('a region loss', () => {
  it('divides the whole time to recovery into phases', async () => {
    const { summary } = await run('region-loss');
    const sum = Object.values(summary.phases ?? {}).reduce((total, seconds) => total + seconds, 0);
    expect(summary.outcome).toBe('recovered');
    expect(sum).toBe(summary.rtoSeconds);
  }, 60_000);

  it('is the same to the last byte for the same seed, and another one for another seed', async () => {
    const [first, again, other] = [
      await run('region-loss', 3),
      await run('region-loss', 3),
      await run('region-loss', 4),
    ];
    const { wallMs: _first, ...summary } = first.summary;
    const { wallMs: _again, ...repeated } = again.summary;
    expect(repeated).toEqual(summary);
    expect(other.summary.digest).not.toBe(first.summary.digest);
  }, 60_000);

  it('reports no store as losing less than it lost', async () => {
    const { summary } = await run('region-loss');
    for (const store of summary.stores)
      expect(store.reportedLossSeconds ?? 0).toBeGreaterThanOrEqual(store.trueLossSeconds ?? 0);
    expect(Math.max(...summary.stores.map((store) => store.trueLossSeconds ?? 0))).toBeGreaterThan(0);
  }, 60_000);

  it('calls neither the lost region nor a control plane in us-east-1 for anything it needs', async () => {
    const { summary } = await run('us-east-1-loss');
    expect(summary.calls.usEast1ControlPlane).toBe(0);
  }, 60_000);
});
