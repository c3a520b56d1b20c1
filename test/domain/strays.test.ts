import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RepositoryProof } from '../../src/domain/choice-of-points.ts';
import { backupOfKey, type Seal } from '../../src/domain/seal.ts';
import { straysAmong } from '../../src/domain/strays.ts';
import { always } from './always.ts';
import { CRITICAL, writesOf } from './real-backup.ts';
import { repository, orders as sealedOrders, sealOf } from './sealed.ts';

const orders = (blob: string) => `velero/kopia/orders/${blob}`;
const wiki = (blob: string) => `velero/kopia/wiki/${blob}`;
const seal = sealOf(0, { repositories: [sealedOrders(['p1', 'xn0_1', 'kopia.repository'])] });

/** That this seal proves every repository that it names. */
const provenBy = ({ backup, repositories }: Seal): RepositoryProof[] =>
  repositories.map(({ folder }) => ({ repository: folder, backup }));

describe('a stray', () => {
  it('is an index in a proven repository that the seal which proves it does not name', () => {
    const keys = [orders('xn0_1'), orders('xn0_2'), orders('xs0_3')];
    expect(straysAmong(keys, provenBy(seal), [seal])).toEqual([orders('xn0_2'), orders('xs0_3')]);
  });

  it('is never a pack, which nobody reads unless an index names it', () => {
    const keys = [orders('p2'), orders('q2'), orders('kopia.blobcfg'), orders('_log_x')];
    expect(straysAmong(keys, provenBy(seal), [seal])).toEqual([]);
  });

  it('is never in a repository that nothing proves: what is whole there nobody knows', () => {
    expect(straysAmong([wiki('xn0_2')], provenBy(seal), [seal])).toEqual([]);
    expect(straysAmong([orders('xn0_2')], [], [seal])).toEqual([]);
  });

  it('is none at all when the seal that proves can no longer be read', () => {
    expect(straysAmong([orders('xn0_1'), orders('xn0_2')], provenBy(seal), [])).toEqual([]);
  });

  it('is never what maintenance wrote before the proving seal, though the point itself is older', () => {
    const rewritten = sealOf(5, { repositories: [sealedOrders(['p2', 'xn0_2'])] });
    const keys = [orders('xn0_2'), orders('xn0_3')];
    expect(straysAmong(keys, provenBy(rewritten), [seal, rewritten])).toEqual([orders('xn0_3')]);
  });

  it("is judged by its own repository's proof, whatever other seals name", () => {
    const other = sealOf(5, {
      repositories: [repository(wiki(''), ['xn0_1']), sealedOrders(['xn0_2'])],
    });
    const proofs = [
      { repository: orders(''), backup: seal.backup },
      { repository: wiki(''), backup: other.backup },
    ];
    const keys = [orders('xn0_1'), orders('xn0_2'), wiki('xn0_1'), wiki('xn0_2')];
    expect(straysAmong(keys, proofs, [seal, other])).toEqual([orders('xn0_2'), wiki('xn0_2')]);
  });

  it('is never in a repository whose name only begins alike', () => {
    expect(straysAmong(['velero/kopia/orders-eu/xn0_2'], provenBy(seal), [seal])).toEqual([]);
  });

  it('is nothing that a proving seal names, whatever else lies there; and what is hidden once is gone', () => {
    const keys = fc.subarray(
      ['p1', 'p2', 'q2', 'xn0_1', 'xn0_2', 'xs1_3', 'kopia.repository', 'udmrepo.Repository'].map(orders),
    );
    always(
      fc.property(keys, (there) => {
        const strays = straysAmong(there, provenBy(seal), [seal]);
        const sealed = seal.repositories.flatMap(({ added }) => added.map(({ key }) => key));
        expect(strays.filter((key) => sealed.includes(key))).toEqual([]);
        const left = there.filter((key) => !strays.includes(key));
        expect(straysAmong(left, provenBy(seal), [seal])).toEqual([]);
      }),
    );
  });

  it('is, in a real repository, each index that a later backup wrote', () => {
    const puts = writesOf(CRITICAL.folder).filter(({ verb, key }) => verb === 'PUT' && backupOfKey(key) === undefined);
    const [until] = writesOf(CRITICAL.folder).filter(({ key }) => backupOfKey(key) === CRITICAL.name);
    const before = puts.filter(({ at }) => at.getTime() <= (until?.at.getTime() ?? 0));
    const folders = [...new Set(before.map(({ key }) => key.slice(0, key.lastIndexOf('/') + 1)))];
    const blobsIn = (folder: string) =>
      before.filter(({ key }) => key.startsWith(folder)).map(({ key }) => key.slice(folder.length));
    const point = sealOf(0, { repositories: folders.map((folder) => repository(folder, blobsIn(folder))) });
    const later = puts.filter((write) => !before.includes(write) && /\/xn0_/.test(write.key)).map(({ key }) => key);
    const own = later.filter((key) => !key.startsWith('velero/kopia/monitoring/'));
    expect(own.length).toBeGreaterThan(0);
    const keys = puts.map(({ key }) => key);
    expect(straysAmong(keys, provenBy(point), [point])).toEqual(own);
  });
});
