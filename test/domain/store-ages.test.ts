import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CapturedGit } from '../../src/domain/captured.ts';
import type { ScheduleState } from '../../src/domain/catalogue.ts';
import { withRevisions } from '../../src/domain/git-revision.ts';
import { measures } from '../../src/domain/rpo.ts';
import { type Behind, type StoreAge, type StoreEvidence, storeAges } from '../../src/domain/store-ages.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';

const { plan } = planOf(
  SMALL_PLAN.replace(
    'entryPoints:',
    `  buckets:
    - { name: shop-files, replica: shop-files-copy, rule: all, tier: critical }
  git: { kind: GitRepository, namespace: flux-system, name: shop }
entryPoints:`,
  ),
);
const at = (minutes: number): Date => new Date(Date.UTC(2026, 2, 1, 12, minutes));
const iso = (minutes: number): string => at(minutes).toISOString();

const NOTHING: StoreEvidence = { schedules: [], behind: new Map(), git: undefined, before: [] };
const agesAt = (minutes: number, seen: Partial<StoreEvidence>): StoreAge[] =>
  storeAges(plan, { ...NOTHING, ...seen }, at(minutes));
const only = (ages: StoreAge[], store: string): StoreAge => {
  const found = ages.find((age) => age.store === store);
  if (found === undefined) throw new Error(`no age of ${store}`);
  return found;
};
const told = (...points: [minute: number, seconds: number][]): StoreEvidence['behind'] =>
  new Map<string, Behind[]>([['shop-files', points.map(([minute, seconds]) => ({ at: at(minute), seconds }))]]);

describe("an application's bucket", () => {
  const bucket = (minutes: number, seen: Partial<StoreEvidence>) => only(agesAt(minutes, seen), 's3/shop-files');

  it('is as old as the newest moment that its copy is known to have reached, in its tier', () => {
    expect(bucket(10, { behind: told([7, 0], [8, 30], [9, 600]) })).toMatchObject({
      ...{ kind: 'bucket', tier: 'critical', targetSeconds: 900, recoveryPoint: null },
      ...{ moment: new Date(at(8).getTime() - 30_000).toISOString(), ageSeconds: 150 },
    });
  });

  it('grows older from when it was last known, while S3 tells nothing', () => {
    const before = agesAt(10, { behind: told([9, 0]) });
    expect(bucket(11, { before })).toMatchObject({ moment: iso(9), ageSeconds: 120 });
    expect(bucket(200, { before: agesAt(11, { before }) })).toMatchObject({ moment: iso(9), ageSeconds: 191 * 60 });
  });

  it('is wholly unprotected when nothing was ever told of it: never is not zero', () => {
    expect(bucket(10, {})).toMatchObject({ moment: null, ageSeconds: null });
    const worst = measures(plan, agesAt(10, {}), { states: [], open: [] }, at(10));
    const [critical] = worst.filter(({ dimensions }) => dimensions.Tier === 'critical');
    expect(critical?.value).toBeGreaterThan(86_400);
  });

  it('is never said to be younger than what was told allows', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 7200 })));
    always(
      fc.property(points, (some) => {
        const { ageSeconds } = bucket(60, { behind: told(...some) });
        const youngest = Math.min(...some.map(([minute, seconds]) => (60 - minute) * 60 + seconds));
        expect(ageSeconds).toBe(some.length === 0 ? null : youngest);
      }),
    );
  });
});

describe('Git', () => {
  const git = (minutes: number, seen: Partial<StoreEvidence>) => only(agesAt(minutes, seen), 'git/shop');
  /** What hourly looks at both sites saw. */
  const captured = (...looks: [minute: number, primary: string | null, standby: string | null][]) =>
    looks.reduce<CapturedGit | undefined>(
      (before, [minute, primary, standby]) => withRevisions(before, { primary, standby }, at(minute)),
      undefined,
    );
  const restorable = (revision: string, seenMinute: number): ScheduleState => ({
    schedule: 'daily',
    newest: { backup: 'daily-1', moment: iso(seenMinute) },
    restorable: {
      ...{ backup: 'daily-1', moment: iso(seenMinute), expiration: iso(10_000) },
      git: { revision, seenAt: iso(seenMinute) },
    },
    judged: [],
  });

  it('is as old as the last look at which the primary was where the standby is', () => {
    const seen = { git: captured([0, 'a', 'a'], [60, 'b', 'a'], [120, 'c', 'b']) };
    expect(git(130, seen)).toMatchObject({
      ...{ kind: 'git', tier: null, targetSeconds: 4 * 3600 },
      ...{ moment: iso(60), ageSeconds: 70 * 60, recoveryPoint: 'b' },
    });
  });

  it('is brought back by a backup as well, at the revision that is its label', () => {
    const seen = { git: captured([0, 'a', null], [60, 'b', null]), schedules: [restorable('b', 58)] };
    expect(git(70, seen)).toMatchObject({ moment: iso(60), recoveryPoint: 'b' });
    expect(git(70, { schedules: [restorable('b', 58)] })).toMatchObject({ moment: iso(58), recoveryPoint: 'b' });
  });

  it('grows older from when it was last known, wherever the standby is that the primary never was', () => {
    const before = agesAt(5, { git: captured([0, 'a', 'a']) });
    expect(git(70, { before, git: captured([60, 'b', 'x']) })).toMatchObject({ moment: iso(0), recoveryPoint: 'a' });
  });

  it('is wholly unprotected when no revision is known there', () => {
    expect(git(10, { git: captured([0, 'a', null]) })).toMatchObject({ ageSeconds: null, recoveryPoint: null });
  });

  it('counts to the plan, and to no tier', () => {
    const found = measures(plan, agesAt(10, {}), { states: [], open: [] }, at(10)).filter(
      ({ name }) => name === 'RecoveryPointAge',
    );
    const stores = found.flatMap(({ dimensions }) => dimensions.Store ?? []);
    expect(stores.toSorted()).toEqual(['git/shop', 'ingress', 'orders', 's3/shop-files', 'wiki']);
  });
});
