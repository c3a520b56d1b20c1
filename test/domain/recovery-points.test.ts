import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Arrived,
  judgePoint,
  provenRepositories,
  type RecoveryPoint,
  withVolumes,
} from '../../src/domain/recovery-points.ts';
import { type Seal, type SealedObject, tarballKey } from '../../src/domain/seal.ts';
import { always } from './always.ts';
import { BEGAN, object, sealOf, signed } from './sealed.ts';
import { stuck, volume } from './volumes.ts';

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

describe('a proven repository', () => {
  const orders = (blob: string) => object(`velero/kopia/orders/${blob}`);
  const wiki = (blob: string) => object(`velero/kopia/wiki/${blob}`);
  const first = sealOf(0, { objects: [orders('p1'), wiki('p1')] });
  const second = sealOf(5, { objects: [orders('p2'), wiki('p2')] });
  const proven = (...objects: SealedObject[]) =>
    Object.fromEntries(provenRepositories([first, second].map(signed), arrivedOf(objects)));

  it('is told by its folder, with the backup whose seal proves it, and when that was sealed', () => {
    expect(proven(orders('p1'))).toEqual({
      'velero/kopia/orders/': { at: Date.parse(first.sealedAt), backup: first.backup },
    });
  });

  it('is proven by the newest of the seals of which all has arrived, each repository by its own', () => {
    const backups = Object.values(proven(orders('p1'), orders('p2'), wiki('p1'))).map(({ backup }) => backup);
    expect(backups).toEqual([second.backup, first.backup]);
  });

  it('is none of which a single object of the seal is missing, or another version is there', () => {
    const two = sealOf(0, { objects: [orders('p1'), orders('p2')] });
    expect(provenRepositories([signed(two)], arrivedOf([orders('p1')])).size).toBe(0);
    const other = [orders('p1'), object('velero/kopia/orders/p2', 'v2')];
    expect(provenRepositories([signed(two)], arrivedOf(other)).size).toBe(0);
  });
});

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
