import { describe, expect, it } from '@jest/globals';
import { unmetExpectations } from '../../src/rehearsal/scenario-expectation.ts';

const tier = { tier: 'critical', rtoSeconds: 712, rtoTargetSeconds: 1800, rpoSeconds: 184, rpoTargetSeconds: 900 };
const result = { outcome: 'recovered' as const, rtoSeconds: 712, tiers: [tier] };

describe('what a scenario expects', () => {
  it('is met by what is within its bounds, to the second', () => {
    expect(unmetExpectations({ outcome: 'recovered', rtoWithin: 712, rpoWithin: 184 }, result)).toEqual([]);
  });

  it('names another outcome, a late recovery and a larger loss, each in a sentence', () => {
    expect(unmetExpectations({ outcome: 'held', rtoWithin: 711, rpoWithin: 183 }, result)).toEqual([
      'it ended recovered; the scenario expects held',
      'its traffic was back after 11m 52s; the scenario expects 11m 51s at most',
      'tier critical lost 3m 4s of writes; the scenario expects 3m 3s at most',
    ]);
  });

  it('holds every tier to its own targets as well', () => {
    const late = { ...tier, tier: 'normal', rtoTargetSeconds: 600, rpoTargetSeconds: 60 };
    expect(unmetExpectations({}, { ...result, tiers: [tier, late] })).toEqual([
      'tier normal: its traffic was back after 11m 52s; the plan promises 10m',
      'tier normal lost 3m 4s of writes; the plan promises 1m at most',
    ]);
  });

  it('says once that nothing came back', () => {
    const gone = { ...tier, rtoSeconds: null, rpoSeconds: null };
    expect(
      unmetExpectations(
        { outcome: 'recovered', rtoWithin: 712, rpoWithin: 184 },
        { outcome: 'failed', rtoSeconds: null, tiers: [gone] },
      ),
    ).toEqual(['it ended failed; the scenario expects recovered']);
  });

  it('asks nothing of tiers where nothing was to be recovered', () => {
    const idle = { ...tier, rtoSeconds: null, rpoSeconds: null };
    expect(unmetExpectations({ outcome: 'none' }, { outcome: 'none', rtoSeconds: null, tiers: [idle] })).toEqual([]);
  });

  it('is not met by a time or a loss that nobody knows', () => {
    const unknown = { ...tier, rtoSeconds: null, rpoSeconds: null };
    const problems = unmetExpectations(
      { rtoWithin: 60, rpoWithin: 60 },
      { ...result, rtoSeconds: null, tiers: [unknown] },
    );
    expect(problems).toContain('its traffic never came back; the scenario expects 1m at most');
    expect(problems).toContain('what tier critical lost is not known; the scenario expects 1m at most');
  });
});
