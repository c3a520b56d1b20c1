import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advance, catalogue, isOpen, pointOf, type ScheduleState } from '../../src/domain/catalogue.ts';
import { measures, overdue } from '../../src/domain/rpo.ts';
import { storeAges } from '../../src/domain/store-ages.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';
import { BEGAN, HOUR_MS, named, orders, sealOf } from './sealed.ts';

const { plan } = planOf(SMALL_PLAN);
const minutes = (count: number): Date => new Date(BEGAN.getTime() + count * 60_000);
const iso = (count: number): string => minutes(count).toISOString();

const stateOf = (
  schedule: string,
  restorableAt: number | null,
  judged: ScheduleState['judged'] = [],
): ScheduleState => ({
  schedule,
  newest: { backup: `${schedule}-newest`, moment: iso(restorableAt ?? 0) },
  restorable:
    restorableAt === null
      ? null
      : { backup: `${schedule}-${restorableAt}`, moment: iso(restorableAt), expiration: iso(restorableAt + 1440) },
  judged,
});

const agesAt = (schedules: ScheduleState[], now: Date) =>
  storeAges(plan, { schedules, behind: new Map(), git: undefined, before: [] }, now);
const ageOf = (states: ScheduleState[], store: string, now: Date) =>
  agesAt(states, now).find((age) => age.store === store);

describe('how long a store has been unprotected', () => {
  it('counts from the beginning of the newest restorable backup that holds its whole tier', () => {
    const states = [stateOf('critical-5m', 10), stateOf('daily', 2)];
    expect(ageOf(states, 'orders', minutes(14))).toMatchObject({ ageSeconds: 240, recoveryPoint: 'critical-5m-10' });
    expect(ageOf(states, 'wiki', minutes(14))).toMatchObject({ ageSeconds: 720, recoveryPoint: 'daily-2' });
  });

  it('is everything when there is none, or it has expired: missing evidence is never nothing lost', () => {
    expect(ageOf([], 'orders', minutes(1))).toMatchObject({ ageSeconds: null, recoveryPoint: null });
    const expired = ageOf([stateOf('critical-5m', 0)], 'orders', new Date(BEGAN.getTime() + 24 * HOUR_MS));
    expect(expired).toMatchObject({ ageSeconds: null });
  });

  it('is published for each store, tier and the plan, which are as bad as the worst in them', () => {
    const states = [stateOf('critical-5m', 10)];
    const found = measures(plan, agesAt(states, minutes(12)), { states, open: [] }, minutes(12)).filter(
      ({ name }) => name === 'RecoveryPointAge',
    );
    const value = (dimensions: object) =>
      found.find((one) => JSON.stringify(one.dimensions) === JSON.stringify(dimensions));
    expect(value({ Store: 'orders' })?.value).toBe(120);
    expect(value({ Tier: 'critical' })?.value).toBe(120);
    expect(value({ Tier: 'normal' })?.value).toBeGreaterThan(86_400);
    expect(value({})?.value).toBe(value({ Tier: 'normal' })?.value);
  });
});

describe('what is published of backups', () => {
  const judged = (...restorable: boolean[]) =>
    restorable.map((one, index) => ({ moment: iso(-5 * index), restorable: one, items: 100, bytes: 1000 }));
  const value = (name: string, states: ScheduleState[], now = minutes(5)) =>
    measures(plan, [], { states, open: [] }, now).find((measure) => measure.name === name)?.value;

  it('counts the schedules whose newest backup did not become restorable', () => {
    const failing = [stateOf('critical-5m', 0, judged(false, true)), stateOf('daily', 0, judged(true, false))];
    expect(value('BackupsFailing', failing)).toBe(1);
  });

  it('says how many of the last day became restorable, and none when none was judged', () => {
    expect(value('BackupSuccessRate', [stateOf('critical-5m', 0, judged(true, true, true, false))])).toBe(75);
    expect(value('BackupSuccessRate', [])).toBe(0);
  });

  it('says how far the newest is off the median of those before it, by items or by bytes', () => {
    const small = judged(true, true, true).map((one, index) => (index === 0 ? { ...one, bytes: 400 } : one));
    expect(value('BackupDeviation', [stateOf('critical-5m', 0, small)])).toBe(60);
    expect(value('BackupDeviation', [stateOf('critical-5m', 0, judged(true))])).toBe(0);
  });

  it('says since when the longest awaited object is awaited', () => {
    const seal = sealOf(0);
    const waiting = catalogue(seal, true, { files: named(seal), repositories: new Map() });
    const [lag] = measures(
      plan,
      [],
      { states: [], open: [waiting] },
      new Date(Date.parse(seal.sealedAt) + 90_000),
    ).filter(({ name }) => name === 'ReplicationLag');
    expect(lag?.value).toBe(90);
  });
});

describe('a schedule', () => {
  it('is overdue when its newest known backup is older than its interval, or none is known', () => {
    const states = [stateOf('critical-5m', 0), stateOf('daily', 0), stateOf('normal-2h', 0)];
    expect(overdue(plan, states, minutes(5))).toEqual([]);
    expect(overdue(plan, states, minutes(6))).toEqual(['critical-5m']);
    expect(overdue(plan, [], minutes(6))).toEqual(['critical-5m', 'normal-2h', 'daily']);
  });

  it('comes to the same state in whatever order and how often its points are judged', () => {
    const points = [0, 5, 10, 15].map((minute) => {
      const seal = sealOf(minute, {
        phase: minute === 10 ? 'PartiallyFailed' : 'Completed',
        repositories: [orders([])],
      });
      const known = { ...catalogue(seal, true, { files: [], repositories: new Map() }), volumes: [] };
      return { known, point: pointOf(known, new Map(), minutes(20)) };
    });
    const stateAfter = (order: typeof points) =>
      order.reduce<ScheduleState | undefined>((state, { known, point }) => advance(state, known, point), undefined);
    const expected = stateAfter(points);
    expect(expected).toMatchObject({ newest: { moment: iso(15) }, restorable: { moment: iso(15) } });
    expect(expected?.judged.map(({ restorable }) => restorable)).toEqual([true, false, true, true]);
    always(
      fc.property(fc.shuffledSubarray(points, { minLength: 4 }), fc.subarray(points), (order, again) => {
        expect(stateAfter([...order, ...again])).toEqual(expected);
      }),
    );
  });

  it('does not count what is still open', () => {
    const seal = sealOf(0);
    const known = catalogue(seal, true, { files: named(seal), repositories: new Map() });
    const point = pointOf(known, new Map(), minutes(1));
    expect(isOpen(point)).toBe(true);
    expect(advance(undefined, known, point)).toMatchObject({ restorable: null, judged: [] });
  });
});
