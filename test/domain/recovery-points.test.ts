import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PointVolume } from '../../src/domain/backup-files.ts';
import {
  type Arrived,
  candidates,
  decidePoints,
  judgePoint,
  type PointVerdict,
  provenRepositories,
  type RecoveryPoint,
  schedulesOfTier,
  withVolumes,
} from '../../src/domain/recovery-points.ts';
import { type Seal, type SealedObject, tarballKey } from '../../src/domain/seal.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';
import { BEGAN, HOUR_MS, object, sealOf, signed } from './sealed.ts';

const minutes = (count: number): Date => new Date(BEGAN.getTime() + count * 60_000);
const arrivedOf = (objects: SealedObject[]): Arrived =>
  new Map(objects.map(({ key, versionId, size }) => [key, { versionId, size }]));

/** The verdict on the first of these seals, with all of them known. */
function verdict(seals: Seal[], objects: SealedObject[], { genuine = true, now = minutes(20) } = {}): RecoveryPoint {
  const arrived = arrivedOf(objects);
  const [first = sealOf(0)] = seals;
  return judgePoint(signed(first), genuine, arrived, provenRepositories(seals.map(signed), arrived), now);
}

describe('a sealed backup', () => {
  const seal = sealOf(0);

  it('is restorable when all that it names has arrived', () => {
    expect(verdict([seal], seal.objects)).toMatchObject({ verdict: 'restorable', missing: [], moment: BEGAN });
  });

  it('is restorable with exactly all of it: of every subset, no other will do', () => {
    always(
      fc.property(fc.subarray(seal.objects), (some) => {
        const { verdict: found, missing } = verdict([seal], some);
        expect(found).toBe(some.length === seal.objects.length ? 'restorable' : 'arriving');
        expect([...some.map(({ key }) => key), ...missing].toSorted()).toEqual(
          seal.objects.map(({ key }) => key).toSorted(),
        );
      }),
    );
  });

  it('is not restorable with another version of an object, older or newer', () => {
    const [tarball, ...others] = seal.objects;
    expect(verdict([seal], [object(tarball?.key ?? '', 'v0'), ...others])).toMatchObject({
      verdict: 'arriving',
      missing: [tarballKey(seal.backup)],
    });
  });

  it('has a whole repository by a later seal, though maintenance has rewritten its blobs since', () => {
    const later = sealOf(5, { objects: [object('velero/kopia/orders/p2'), object('velero/kopia/orders/xn0_2')] });
    const files = seal.objects.filter(({ key }) => key.startsWith('velero/backups/'));
    expect(verdict([seal], [...files, ...later.objects]).verdict).toBe('arriving');
    expect(verdict([seal, later], [...files, ...later.objects]).verdict).toBe('restorable');
  });

  it("has nothing by an earlier seal: what it wrote itself is not in that seal's list", () => {
    const earlier = sealOf(-5, { objects: [object('velero/kopia/orders/p0')] });
    const files = seal.objects.filter(({ key }) => key.startsWith('velero/backups/'));
    expect(verdict([seal, earlier], [...files, ...earlier.objects]).verdict).toBe('arriving');
  });

  it('is restorable by every mixture exactly when its files and each of its repositories are proven', () => {
    const repository = (folder: string, blob: string) => object(`velero/kopia/${folder}/${blob}`);
    const own = sealOf(0, {
      objects: [
        object(tarballKey('critical-5m-20260301043000')),
        repository('orders', 'p1'),
        repository('orders', 'q1'),
        repository('ingress', 'p1'),
      ],
    });
    const later = sealOf(5, { objects: [repository('orders', 'p2'), repository('ingress', 'p2')] });
    const all = [...own.objects, ...later.objects];
    always(
      fc.property(fc.subarray(all), (some) => {
        const has = (one: SealedObject) => some.includes(one);
        const inFolder = (seals: Seal, folder: string) =>
          seals.objects.filter(({ key }) => key.startsWith(`velero/kopia/${folder}/`));
        const proven = ['orders', 'ingress'].every(
          (folder) => inFolder(own, folder).every(has) || inFolder(later, folder).every(has),
        );
        const files = own.objects.filter(({ key }) => key.startsWith('velero/backups/')).every(has);
        expect(verdict([own, later], some).verdict).toBe(files && proven ? 'restorable' : 'arriving');
      }),
    );
  });

  it('is unproven when the key of the primary did not sign its seal', () => {
    expect(verdict([seal], seal.objects, { genuine: false }).verdict).toBe('unproven');
  });

  it('counts as failed unless Velero completed it', () => {
    const partial = sealOf(0, { phase: 'PartiallyFailed' });
    expect(verdict([partial], partial.objects).verdict).toBe('failed');
  });

  it('counts as expired when it would expire while it is restored', () => {
    const expiration = new Date(Date.parse(seal.expiration)).getTime();
    const at = (before: number) => ({ now: new Date(expiration - before * 60_000) });
    expect(verdict([seal], seal.objects, at(46)).verdict).toBe('restorable');
    expect(verdict([seal], seal.objects, at(45)).verdict).toBe('expired');
  });
});

const volume = (name: string, change: Partial<PointVolume> = {}): PointVolume => ({
  namespace: 'orders',
  name,
  portable: true,
  optedOut: false,
  bytes: 100,
  reason: 'PodVolumeBackup',
  ...change,
});
const stuck = (name: string) => volume(name, { portable: false, reason: 'CSISnapshot: its bytes stay in the region' });

describe('the volumes of a point', () => {
  const point = verdict([sealOf(0)], sealOf(0).objects);

  it('leave it restorable while all of them left their region, or were left out on purpose', () => {
    const optedOut = volume('cache', { portable: false, optedOut: true });
    expect(withVolumes(point, [volume('data'), optedOut]).verdict).toBe('restorable');
  });

  it('make it not portable when one stayed, and name it', () => {
    const judged = withVolumes(point, [volume('data'), stuck('queue')]);
    expect(judged).toMatchObject({ verdict: 'not-portable', reason: expect.stringContaining('orders/queue') });
  });

  it('do not better a point that is not restorable', () => {
    const arriving = verdict([sealOf(0)], []);
    expect(withVolumes(arriving, [stuck('queue')])).toEqual(arriving);
  });
});

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
