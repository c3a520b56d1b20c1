import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lackingBy, type MissingOf, type ProvenRepositories, proveBy } from '../../src/domain/arrival.ts';
import type { PointVolume } from '../../src/domain/backup-files.ts';
import { judgePoint, type RecoveryPoint, withVolumes } from '../../src/domain/recovery-points.ts';
import { type Seal, type SealedObject, tarballKey } from '../../src/domain/seal.ts';
import { always } from './always.ts';
import { BEGAN, HOUR_MS, named, object, orders, repository, sealOf } from './sealed.ts';
import { stuck, volume } from './volumes.ts';

const minutes = (count: number): Date => new Date(BEGAN.getTime() + count * 60_000);
const missingAmong =
  (arrived: SealedObject[]): MissingOf =>
  (objects) =>
    objects.filter(
      (wanted) => !arrived.some(({ key, versionId }) => key === wanted.key && versionId === wanted.versionId),
    );

type Known = { genuine?: boolean; now?: Date; volumes?: PointVolume[] | undefined; troubled?: boolean };

/** The verdict on the first of these seals, with all of them known. */
function verdict(seals: Seal[], arrived: SealedObject[], known: Known = {}): RecoveryPoint {
  const missingOf = missingAmong(arrived);
  const lackingOf = lackingBy(new Map(seals.map((seal) => [seal.backup, seal])), missingOf);
  const proven: ProvenRepositories = new Map();
  for (const { backup, sealedAt } of seals) proveBy(proven, backup, sealedAt, lackingOf(backup));
  const [first = sealOf(0)] = seals;
  const evidence = {
    genuine: known.genuine ?? true,
    files: missingOf(first.objects),
    repositories: lackingOf(first.backup),
    volumes: 'volumes' in known ? known.volumes : [],
    troubled: known.troubled ?? false,
  };
  return judgePoint(first, evidence, proven, known.now ?? minutes(20));
}

describe('a sealed backup', () => {
  const seal = sealOf(0);

  it('is restorable when all that it names has arrived', () => {
    expect(verdict([seal], named(seal))).toMatchObject({ verdict: 'restorable', missing: [], moment: BEGAN });
  });

  it('is restorable with exactly all of it: of every subset, no other will do', () => {
    always(
      fc.property(fc.subarray(named(seal)), (some) => {
        const { verdict: found, missing } = verdict([seal], some);
        expect(found).toBe(some.length === named(seal).length ? 'restorable' : 'arriving');
        expect([...some.map(({ key }) => key), ...missing].toSorted()).toEqual(
          named(seal)
            .map(({ key }) => key)
            .toSorted(),
        );
      }),
    );
  });

  it('is not restorable with another version of an object, older or newer', () => {
    const [tarball, ...others] = named(seal);
    expect(verdict([seal], [object(tarball?.key ?? '', 'v0'), ...others])).toMatchObject({
      verdict: 'arriving',
      missing: [tarballKey(seal.backup)],
    });
  });

  it('has a whole repository by a later seal, though maintenance has rewritten its blobs since', () => {
    const later = sealOf(5, { repositories: [orders(['p2', 'xn0_2'])] });
    expect(verdict([seal], [...seal.objects, ...named(later)]).verdict).toBe('arriving');
    expect(verdict([seal, later], [...seal.objects, ...named(later)]).verdict).toBe('restorable');
  });

  it("has nothing by an earlier seal: what it wrote itself is not in that seal's list", () => {
    const earlier = sealOf(-5, { repositories: [orders(['p0'])] });
    expect(verdict([seal, earlier], [...seal.objects, ...named(earlier)]).verdict).toBe('arriving');
  });

  it('is unproven when the key of the primary did not sign its seal', () => {
    expect(verdict([seal], named(seal), { genuine: false }).verdict).toBe('unproven');
  });

  it('is unproven while its volumes cannot be told', () => {
    expect(verdict([seal], named(seal), { volumes: undefined }).verdict).toBe('unproven');
  });

  it('counts as failed unless Velero completed it', () => {
    const partial = sealOf(0, { phase: 'PartiallyFailed' });
    expect(verdict([partial], named(partial)).verdict).toBe('failed');
  });

  it('counts as expired when it would expire while it is restored', () => {
    const expiration = new Date(Date.parse(seal.expiration)).getTime();
    const at = (before: number) => ({ now: new Date(expiration - before * 60_000) });
    expect(verdict([seal], named(seal), at(46)).verdict).toBe('restorable');
    expect(verdict([seal], named(seal), at(45)).verdict).toBe('expired');
  });

  it('is incomplete when what is missing is an hour late, or S3 said that it could not copy it', () => {
    const sealed = Date.parse(seal.sealedAt);
    expect(verdict([seal], seal.objects, { now: new Date(sealed + HOUR_MS) }).verdict).toBe('arriving');
    expect(verdict([seal], seal.objects, { now: new Date(sealed + HOUR_MS + 1) }).verdict).toBe('incomplete');
    expect(verdict([seal], seal.objects, { troubled: true }).verdict).toBe('incomplete');
    expect(verdict([seal], named(seal), { troubled: true }).verdict).toBe('restorable');
  });
});

describe('a seal since another', () => {
  const base = sealOf(0, { repositories: [orders(['p1', 'p2', 'xn0_1'])] });
  const next = sealOf(5, {
    repositories: [orders(['p3', 'xn0_2'], { since: base.backup, removed: ['velero/kopia/orders/xn0_1'] })],
  });
  const blobs = (...names: string[]) => orders(names).added;

  it('needs what it added, and what the other named but for what is gone', () => {
    const all = [...next.objects, ...blobs('p1', 'p2', 'p3', 'xn0_2')];
    expect(verdict([next, base], all).verdict).toBe('restorable');
    for (const [index] of all.entries())
      expect(verdict([next, base], all.toSpliced(index, 1))).toMatchObject({
        verdict: 'arriving',
        missing: [all[index]?.key],
      });
  });

  it('proves nothing while the other is not known', () => {
    const all = [...next.objects, ...blobs('p1', 'p2', 'p3', 'xn0_2')];
    expect(verdict([next], all)).toMatchObject({ verdict: 'unproven', reason: expect.stringContaining('orders') });
  });

  it('proves nothing in a circle', () => {
    const circle = { ...base, repositories: [orders(['p1'], { since: next.backup })] };
    expect(verdict([next, circle], [...next.objects, ...blobs('p1', 'p3', 'xn0_2')]).verdict).toBe('unproven');
  });

  it('lets an overwritten object of the other go', () => {
    const rewritten = sealOf(5, {
      repositories: [orders([], { since: base.backup, added: [object('velero/kopia/orders/p2', 'v2')] })],
    });
    const now = [...rewritten.objects, ...blobs('p1', 'xn0_1'), object('velero/kopia/orders/p2', 'v2')];
    expect(verdict([rewritten, base], now).verdict).toBe('restorable');
  });

  it('is judged as one seal of everything would be, for every history and whatever has arrived', () => {
    const names = ['p1', 'p2', 'p3', 'xn0_1', 'xn0_2'];
    const step = fc.record({ added: fc.subarray(names), removed: fc.subarray(names) });
    always(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), fc.subarray(names), (steps, arrived) => {
        const present = new Set<string>();
        const seals = steps.map(({ added, removed }, index) => {
          for (const name of removed) present.delete(name);
          for (const name of added) present.add(name);
          const since = index === 0 ? {} : { since: sealOf(index - 1).backup };
          const gone = removed.map((name) => `velero/kopia/orders/${name}`);
          return sealOf(index, { objects: [], repositories: [orders(added, { ...since, removed: gone })] });
        });
        const last = seals.at(-1) ?? sealOf(0);
        const whole = { ...last, repositories: [orders([...present])] };
        const missing = (found: RecoveryPoint) => found.missing.toSorted();
        const lackingOf = lackingBy(new Map(seals.map((seal) => [seal.backup, seal])), missingAmong(blobs(...arrived)));
        const lacking = lackingOf(last.backup).get('velero/kopia/orders/') ?? [];
        expect(lacking.map(({ key }) => key).toSorted()).toEqual(missing(verdict([whole], blobs(...arrived))));
      }),
    );
  });
});

describe('a proven repository', () => {
  const wiki = (blob: string) => repository('velero/kopia/wiki/', [blob]);
  const first = sealOf(0, { repositories: [orders(['p1']), wiki('p1')] });
  const second = sealOf(5, { repositories: [orders(['p2']), wiki('p2')] });

  function proven(...arrived: SealedObject[]): Record<string, unknown> {
    const lackingOf = lackingBy(new Map([first, second].map((seal) => [seal.backup, seal])), missingAmong(arrived));
    const found: ProvenRepositories = new Map();
    for (const { backup, sealedAt } of [second, first]) proveBy(found, backup, sealedAt, lackingOf(backup));
    return Object.fromEntries(found);
  }

  it('is told by its folder, with the backup whose seal proves it, and when that was sealed', () => {
    expect(proven(...orders(['p1']).added)).toEqual({
      'velero/kopia/orders/': { at: Date.parse(first.sealedAt), backup: first.backup },
    });
  });

  it('is proven by the newest of the seals of which all has arrived, each repository by its own', () => {
    expect(proven(...orders(['p1', 'p2']).added, ...wiki('p1').added)).toMatchObject({
      'velero/kopia/orders/': { backup: second.backup },
      'velero/kopia/wiki/': { backup: first.backup },
    });
  });
});

describe('the volumes of a point', () => {
  const point = verdict([sealOf(0)], named(sealOf(0)));

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
