import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PointVolume } from '../../src/domain/backup-files.ts';
import { candidates, decidePoints, schedulesOfTier } from '../../src/domain/choice-of-points.ts';
import type { PointVerdict, RecoveryPoint } from '../../src/domain/recovery-points.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';
import { BEGAN, HOUR_MS } from './sealed.ts';
import { stuck } from './volumes.ts';

const minutes = (count: number): Date => new Date(BEGAN.getTime() + count * 60_000);
const { plan } = planOf(SMALL_PLAN);
const withDecision = (change: Partial<Plan['decision']>): Plan => ({
  ...plan,
  decision: { ...plan.decision, approval: 'automatic', ...change },
});
const automatic = withDecision({});

const pointOf = (schedule: string, minute: number, found: PointVerdict): RecoveryPoint => ({
  name: `${schedule}-${minute}`,
  schedule,
  moment: minutes(minute),
  namespaces: [],
  verdict: found,
  missing: [],
  reason: found,
});

describe('the points of a tier', () => {
  it('come from schedules that hold everything of all its namespaces', () => {
    expect(schedulesOfTier(plan, 'critical')).toEqual(['critical-5m', 'daily']);
    expect(schedulesOfTier(plan, 'normal')).toEqual(['normal-2h', 'daily']);
  });

  it('never come from a schedule of configuration alone', () => {
    const { plan: changed } = planOf(SMALL_PLAN.replace('every: 5m,', 'every: 5m, contents: configuration,'));
    expect(schedulesOfTier(changed, 'critical')).toEqual(['daily']);
  });

  it('are looked at newest first', () => {
    const points = [
      pointOf('daily', 1, 'arriving'),
      pointOf('critical-5m', 9, 'restorable'),
      pointOf('other', 10, 'restorable'),
    ];
    expect(candidates(plan, 'critical', points).map(({ name }) => name)).toEqual(['critical-5m-9', 'daily-1']);
  });
});

describe('the choice of recovery points', () => {
  const normal = pointOf('normal-2h', 0, 'restorable');
  const decide = (
    points: RecoveryPoint[],
    { of = automatic, volumes = new Map<string, PointVolume[]>(), now = minutes(20) } = {},
  ) => decidePoints(of, [...points, normal], volumes, now);
  const chosen = (points: RecoveryPoint[]) => decide(points).points.find(({ tier }) => tier === 'critical')?.backup;

  it.each<[string, RecoveryPoint[], string | undefined]>([
    [
      'takes the newest restorable one',
      [pointOf('critical-5m', 5, 'restorable'), pointOf('critical-5m', 10, 'restorable')],
      'critical-5m-10',
    ],
    [
      'passes over what is still arriving',
      [pointOf('critical-5m', 5, 'restorable'), pointOf('critical-5m', 10, 'arriving')],
      'critical-5m-5',
    ],
    [
      'takes another schedule when it is newer',
      [pointOf('critical-5m', 5, 'restorable'), pointOf('daily', 8, 'restorable')],
      'daily-8',
    ],
    [
      'prefers an older whole one to a newer that lacks volumes',
      [pointOf('critical-5m', 5, 'restorable'), pointOf('critical-5m', 10, 'not-portable')],
      'critical-5m-5',
    ],
    [
      'takes one that lacks volumes when there is no other',
      [pointOf('critical-5m', 10, 'not-portable'), pointOf('critical-5m', 15, 'unproven')],
      'critical-5m-10',
    ],
    [
      'takes none that is failed, expired or unproven',
      [
        pointOf('critical-5m', 5, 'failed'),
        pointOf('critical-5m', 6, 'expired'),
        pointOf('critical-5m', 7, 'unproven'),
      ],
      undefined,
    ],
  ])('%s', (_, points, backup) => {
    expect(chosen(points)).toBe(backup);
  });

  it('holds when a tier has no point, and says what was seen: nothing is started that cannot be finished', () => {
    expect(decide([pointOf('critical-5m', 5, 'arriving')])).toMatchObject({
      kind: 'hold',
      reason: expect.stringMatching(/tier critical .*critical-5m-5 arriving/),
    });
    expect(decide([])).toMatchObject({ kind: 'hold', reason: expect.stringContaining('there is none at all') });
  });

  it('goes on by itself when the plan says automatic', () => {
    expect(decide([pointOf('critical-5m', 10, 'restorable')]).kind).toBe('proceed');
  });

  it('asks when the plan wants a word from a person', () => {
    const of = withDecision({ approval: 'required' });
    expect(decide([pointOf('critical-5m', 10, 'restorable')], { of }).kind).toBe('ask');
  });

  it('asks when more would be lost than the plan takes unasked, by the worst of all tiers', () => {
    const points = [pointOf('critical-5m', 19, 'restorable')];
    expect(decide(points, { of: withDecision({ maxLoss: 20 * 60 }) }).kind).toBe('proceed');
    expect(decide(points, { of: withDecision({ maxLoss: 20 * 60 - 1 }) }).kind).toBe('ask');
  });

  it("asks when volumes would be lost whole, and names the tier's own", () => {
    const points = [pointOf('critical-5m', 10, 'not-portable')];
    const volumes = new Map([['critical-5m-10', [stuck('queue'), { ...stuck('pages'), namespace: 'wiki' }]]]);
    const decision = decide(points, { volumes });
    expect(decision).toMatchObject({ kind: 'ask', reason: expect.stringContaining('orders/queue') });
    expect(decision.points.map(({ lostVolumes }) => lostVolumes)).toEqual([['orders/queue'], []]);
  });

  describe('whatever lies in the replica', () => {
    const points = fc
      .array(
        fc.tuple(
          fc.constantFrom('critical-5m', 'daily', 'normal-2h', 'config'),
          fc.integer({ min: 0, max: 500 }),
          fc.constantFrom<PointVerdict>('restorable', 'arriving', 'not-portable', 'failed', 'expired', 'unproven'),
        ),
        { maxLength: 20 },
      )
      .map((all) => all.map(([schedule, minute, found]) => pointOf(schedule, minute, found)));
    const later = fc.integer({ min: 0, max: 3 * HOUR_MS }).map((ms) => new Date(minutes(500).getTime() + ms));

    it('says no less loss than the time since the point', () => {
      always(
        fc.property(points, later, (all, now) => {
          for (const { moment, lossSeconds } of decidePoints(automatic, all, new Map(), now).points)
            expect(lossSeconds * 1000).toBeGreaterThanOrEqual(now.getTime() - Date.parse(moment));
        }),
      );
    });

    it('serves every tier from a point that holds all of it, or holds', () => {
      always(
        fc.property(points, later, (all, now) => {
          const decision = decidePoints(automatic, all, new Map(), now);
          if (decision.kind !== 'hold') expect(decision.points.map(({ tier }) => tier)).toEqual(['critical', 'normal']);
          for (const { tier, backup } of decision.points) {
            const point = all.find(({ name }) => name === backup);
            expect(schedulesOfTier(plan, tier)).toContain(point?.schedule);
            expect(['restorable', 'not-portable']).toContain(point?.verdict);
          }
        }),
      );
    });

    it('loses no more than it must: no newer restorable point is left', () => {
      always(
        fc.property(points, later, (all, now) => {
          for (const { tier, moment } of decidePoints(automatic, all, new Map(), now).points) {
            const newer = candidates(plan, tier, all).filter(
              (point) => point.verdict === 'restorable' && point.moment.getTime() > Date.parse(moment),
            );
            expect(newer).toEqual([]);
          }
        }),
      );
    });
  });
});
