import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backupOfKey } from '../../src/domain/seal.ts';
import { straysAmong } from '../../src/domain/strays.ts';
import { always } from './always.ts';
import { CRITICAL, writesOf } from './real-backup.ts';
import { object, sealOf } from './sealed.ts';

const orders = (blob: string) => `velero/kopia/orders/${blob}`;
const chosen = sealOf(0, {
  objects: [object(orders('p1')), object(orders('xn0_1')), object(orders('kopia.repository'))],
});

describe('a stray', () => {
  it("is an index that arrived in a chosen point's repository after the point was sealed", () => {
    const keys = [orders('xn0_1'), orders('xn0_2'), orders('xs0_3')];
    expect(straysAmong(keys, [chosen])).toEqual([orders('xn0_2'), orders('xs0_3')]);
  });

  it('is never a pack, which nobody reads unless an index names it', () => {
    expect(straysAmong([orders('p2'), orders('q2'), orders('kopia.blobcfg'), orders('_log_x')], [chosen])).toEqual([]);
  });

  it('is never in a repository that no chosen point needs', () => {
    expect(straysAmong(['velero/kopia/wiki/xn0_2'], [chosen])).toEqual([]);
    expect(straysAmong([orders('xn0_2')], [])).toEqual([]);
  });

  it('is never what another chosen point names', () => {
    const later = sealOf(5, { objects: [object(orders('xn0_2'))] });
    expect(straysAmong([orders('xn0_1'), orders('xn0_2')], [chosen, later])).toEqual([]);
  });

  it('is nothing that a chosen seal holds, whatever else lies there; and what is hidden once is gone', () => {
    const keys = fc.subarray(
      ['p1', 'p2', 'q2', 'xn0_1', 'xn0_2', 'xs1_3', 'kopia.repository', 'udmrepo.Repository'].map(orders),
    );
    always(
      fc.property(keys, (there) => {
        const strays = straysAmong(there, [chosen]);
        const sealed = chosen.objects.map(({ key }) => key);
        expect(strays.filter((key) => sealed.includes(key))).toEqual([]);
        expect(
          straysAmong(
            there.filter((key) => !strays.includes(key)),
            [chosen],
          ),
        ).toEqual([]);
      }),
    );
  });

  it('is, in a real repository, each index that a later backup wrote', () => {
    const puts = writesOf(CRITICAL.folder).filter(({ verb, key }) => verb === 'PUT' && backupOfKey(key) === undefined);
    const [until] = writesOf(CRITICAL.folder).filter(({ key }) => backupOfKey(key) === CRITICAL.name);
    const before = puts.filter(({ at }) => at.getTime() <= (until?.at.getTime() ?? 0));
    const point = sealOf(0, { objects: before.map(({ key }) => object(key)) });
    const later = puts.filter((write) => !before.includes(write) && /\/xn0_/.test(write.key)).map(({ key }) => key);
    const own = later.filter((key) => !key.startsWith('velero/kopia/monitoring/'));
    expect(own.length).toBeGreaterThan(0);
    expect(
      straysAmong(
        puts.map(({ key }) => key),
        [point],
      ),
    ).toEqual(own);
  });
});
