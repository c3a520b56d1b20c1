import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChosenPoint } from '../../src/domain/choice-of-points.ts';
import { endingOf, type ReportFacts, report, writeReport } from '../../src/domain/report.ts';
import { always } from './always.ts';

const MOMENT = Date.parse('2026-03-01T04:35:00Z');
const later = (seconds: number): string => new Date(MOMENT + seconds * 1000).toISOString();

const point = (change: Partial<ChosenPoint> = {}): ChosenPoint => ({
  tier: 'critical',
  namespaces: ['orders', 'ingress'],
  backup: 'critical-5m-20260301043500',
  moment: later(0),
  lossSeconds: 420,
  lostVolumes: [],
  ...change,
});
const epoch = (seconds: number) => ({ owner: 'standby', epoch: 2, since: later(seconds), run: 'a' });

const facts = (change: Partial<ReportFacts> = {}): ReportFacts => ({
  plan: 'shop',
  run: { id: 'a', startedAt: later(300), trigger: { kind: 'operator', by: 'anna', reason: 'fire' } },
  ending: 'recovered',
  reason: 'control says down, witness says down',
  failure: undefined,
  facts: { points: [point()], epoch: epoch(450) },
  steps: [{ step: 'shift critical', status: 'Succeeded', startedAt: later(800), endedAt: later(801) }],
  tiers: [{ tier: 'critical', outcome: 'recovered' }],
  now: new Date(later(900)),
  ...change,
});

describe('the ending of a run', () => {
  const recovered = { tier: 'critical', outcome: 'recovered' as const };
  const failed = { tier: 'normal', outcome: 'failed' as const };

  it('is recovered only when every tier is', () => {
    expect(endingOf('recovered', [recovered])).toBe('recovered');
    expect(endingOf('recovered', [recovered, failed])).toBe('failed');
    expect(endingOf('held', [failed])).toBe('held');
  });
});

describe('a report', () => {
  it('is what its own schema says, for whoever reads it later', () => {
    expect(report.parse(writeReport(facts()))).toEqual(writeReport(facts()));
  });

  it('says the loss of each store from its point to when the old owner lost the right to write', () => {
    expect(writeReport(facts()).stores).toEqual([
      { store: 'orders', recoveryPoint: 'critical-5m-20260301043500', lossSeconds: 450 },
      { store: 'ingress', recoveryPoint: 'critical-5m-20260301043500', lossSeconds: 450 },
    ]);
  });

  it('counts the loss of a site that could still be reached to the end of its last pods', () => {
    const fenced = { points: [point()], epoch: epoch(450), fencedAt: later(452) };
    const { stores, nextSteps } = writeReport(facts({ facts: fenced }));
    expect(stores.map(({ lossSeconds }) => lossSeconds)).toEqual([482, 482]);
    expect(nextSteps.join()).not.toMatch(/not answered/);
  });

  it('says that an old site which has not answered may still write', () => {
    expect(writeReport(facts()).nextSteps.join()).toMatch(/The old site has not answered yet/);
  });

  it('says no loss when the epoch was never raised, since nothing was lost yet: what was expected is in its points', () => {
    const { stores, points } = writeReport(facts({ ending: 'held', facts: { points: [point()] }, tiers: [] }));
    expect(stores.map(({ lossSeconds }) => lossSeconds)).toEqual([null, null]);
    expect(points.map(({ lossSeconds }) => lossSeconds)).toEqual([420]);
  });

  it('says no loss of a tier that did not come back, since nobody knows what it will come back from', () => {
    const wiki = point({ tier: 'normal', namespaces: ['wiki'] });
    const tiers = [
      { tier: 'critical', outcome: 'recovered' as const },
      { tier: 'normal', outcome: 'failed' as const },
    ];
    const { stores } = writeReport(facts({ facts: { points: [point(), wiki], epoch: epoch(450) }, tiers }));
    expect(stores.map(({ store, lossSeconds }) => [store, lossSeconds])).toEqual([
      ['orders', 450],
      ['ingress', 450],
      ['wiki', null],
    ]);
  });

  it('says no number of seconds for a store of which a volume was lost whole, whatever its age', () => {
    const lost = point({ namespaces: ['orders', 'orders-eu', 'ingress'], lostVolumes: ['orders/queue'] });
    const written = writeReport(facts({ facts: { points: [lost], epoch: epoch(450) } }));
    expect(written.stores.map(({ store, lossSeconds }) => [store, lossSeconds])).toEqual([
      ['orders', null],
      ['orders-eu', 450],
      ['ingress', 450],
    ]);
    expect(report.parse(written)).toEqual(written);
  });

  it('never says less than the time between the point and the epoch', () => {
    always(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (ms) => {
        const since = new Date(MOMENT + ms).toISOString();
        const { stores } = writeReport(facts({ facts: { points: [point()], epoch: { ...epoch(0), since } } }));
        for (const { lossSeconds } of stores) expect((lossSeconds ?? Number.NaN) * 1000).toBeGreaterThanOrEqual(ms);
      }),
    );
  });

  it('gives the error and its message as the reason of a failure, and leads to its runbook', () => {
    const cause = JSON.stringify({ errorType: 'ClusterNotReady', errorMessage: 'cluster shop-dr does not serve' });
    const { reason, nextSteps } = writeReport(
      facts({ ending: 'failed', failure: { error: 'ClusterNotReady', cause } }),
    );
    expect(reason).toBe('ClusterNotReady: cluster shop-dr does not serve');
    expect(nextSteps).toContain('Open docs/runbooks/ClusterNotReady.md.');
  });

  it.each([
    ['plain text', 'plain text'],
    ['{"errorMessage":"told"}', 'told'],
    ['{"other":1}', '{"other":1}'],
    ['null', 'null'],
    ['', ''],
  ])('reads the cause %j as %j', (cause, message) => {
    expect(writeReport(facts({ failure: { error: 'RestoreFailed', cause } })).reason).toBe(`RestoreFailed: ${message}`);
  });

  it('tells what to do for each tier that did not come back', () => {
    const tiers = [
      { tier: 'normal', outcome: 'failed' as const, error: 'ChecksFailed', cause: 'Deployment wiki/wiki' },
    ];
    expect(writeReport(facts({ ending: 'failed', tiers })).nextSteps).toEqual([
      'Tier normal did not come back: open docs/runbooks/ChecksFailed.md. Deployment wiki/wiki',
    ]);
  });

  it('names lost volumes, missing images and what was not mapped', () => {
    const noted = {
      points: [point({ lostVolumes: ['orders/queue'] })],
      missingImages: ['shop/app:2'],
      unmapped: ['storage class files has no counterpart'],
    };
    expect(writeReport(facts({ facts: noted })).nextSteps.slice(2)).toEqual([
      'Volume orders/queue was in no recovery point: its data is lost.',
      "Image shop/app:2 is not in the standby's registry: push it there.",
      'Not mapped: storage class files has no counterpart.',
    ]);
  });

  it('is written though what was noted is not what it should be: a run always ends with one', () => {
    const noted = { points: 'nonsense', epoch: 7, missingImages: {}, unmapped: null };
    expect(writeReport(facts({ facts: noted }))).toMatchObject({ points: [], stores: [], ending: 'recovered' });
    expect(writeReport(facts({ facts: {} }))).not.toHaveProperty('epoch');
  });
});
