import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Seal } from '../../src/domain/seal.ts';
import { beginJudging, judgeBackup } from '../../src/operations/judge-backup.ts';
import { judgeRecoveryPoint } from '../../src/operations/judge-recovery-point.ts';
import { sweepCatalogue } from '../../src/operations/sweep-catalogue.ts';
import { alwaysInTime } from '../domain/always.ts';
import { BEGAN, HOUR_MS, named, orders, sealOf } from '../domain/sealed.ts';
import { sealingKey } from '../domain/sealing-key.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { filesOf, standbyOf } from './catalogue-rig.ts';

const { plan } = planOf(SMALL_PLAN);
const { publicKey, sign } = sealingKey();
const FAILED = 's3:Replication:OperationFailedReplication';

/** The n-th backup of a schedule, sealed since the one before it. */
function backupNumber(index: number, change: Partial<Seal> = {}): Seal {
  const bare = sealOf(5 * index);
  const since = index === 0 ? null : sealOf(5 * (index - 1)).backup;
  const gone = index === 0 ? [] : [`velero/kopia/orders/xn0_${index - 1}`];
  const repository = orders([`p${index}`, `xn0_${index}`], { since, removed: gone });
  return { ...bare, objects: filesOf(bare.backup), repositories: [repository], ...change };
}

const [FIRST, SECOND, THIRD] = [backupNumber(0), backupNumber(1), backupNumber(2)];
const ALL = [FIRST, SECOND, THIRD];

async function judging(standby: ReturnType<typeof standbyOf>) {
  const begun = await beginJudging(standby.given);
  if (begun === undefined) throw new Error('no key');
  return begun;
}

const sweep = async (standby: ReturnType<typeof standbyOf>) => sweepCatalogue(await judging(standby), plan);
const verdicts = ({ catalogue }: ReturnType<typeof standbyOf>) =>
  Object.fromEntries([...catalogue.points].map(([backup, { verdict }]) => [backup, verdict]));

describe('the catalogue', () => {
  it('calls a point restorable when its last object has arrived, and not before', async () => {
    const standby = standbyOf(publicKey);
    standby.seal(sign(FIRST));
    const objects = named(FIRST);
    for (const object of objects) {
      await sweep(standby);
      expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'arriving' });
      standby.arrive(object);
    }
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'restorable' });
    expect(standby.catalogue.opened.size).toBe(0);
  });

  it('comes to the same in whatever order, how often and whether at all it is told', async () => {
    const things = [
      ...ALL.map((seal) => ({ seal, object: undefined })),
      ...ALL.flatMap(named).map((object) => ({ seal: undefined, object })),
    ];
    const told = fc.constantFrom('told', 'told twice', 'not told');
    const order = fc.shuffledSubarray(things, { minLength: things.length });
    await alwaysInTime(
      fc.asyncProperty(order, fc.array(told, { minLength: things.length }), async (arriving, telling) => {
        const standby = standbyOf(publicKey);
        for (const [index, { seal, object }] of arriving.entries()) {
          if (seal !== undefined) standby.seal(sign(seal));
          else standby.arrive(object);
          const key = seal === undefined ? object.key : `lifeboat/seals/${seal.backup}.json`;
          const times = { told: 1, 'told twice': 2, 'not told': 0 }[telling[index] ?? 'told'];
          for (let time = 0; time < times; time++) await judgeRecoveryPoint(standby.given, { kind: 'arrived', key });
        }
        await sweep(standby);
        expect(verdicts(standby)).toEqual(Object.fromEntries(ALL.map(({ backup }) => [backup, 'restorable'])));
        expect(standby.catalogue.states.get('critical-5m')?.restorable?.backup).toBe(THIRD.backup);
        expect(standby.catalogue.opened.size).toBe(0);
      }),
    );
  });

  it('never calls a point restorable of which anything is missing, whatever has arrived', async () => {
    await alwaysInTime(
      fc.asyncProperty(fc.subarray(ALL.flatMap(named)), async (some) => {
        const standby = standbyOf(publicKey);
        standby.arrive(...some);
        for (const seal of ALL) standby.seal(sign(seal));
        await sweep(standby);
        const has = ({ key }: { key: string }) => some.some((object) => object.key === key);
        // The index of the point before is gone by each seal; a later seal that is whole proves the repository too.
        const whole = ALL.map((_, index) =>
          ALL.slice(0, index + 1).every(({ repositories }, earlier) =>
            (repositories[0]?.added ?? []).filter(({ key }) => earlier === index || !/xn0/.test(key)).every(has),
          ),
        );
        for (const [index, seal] of ALL.entries()) {
          const restorable = seal.objects.every(has) && whole.slice(index).some(Boolean);
          expect(verdicts(standby)[seal.backup]).toBe(restorable ? 'restorable' : 'arriving');
        }
      }),
    );
  });

  it('judges the seal before first, when it was never told of it', async () => {
    const standby = standbyOf(publicKey);
    for (const seal of [FIRST, SECOND]) standby.seal(sign(seal));
    standby.arrive(...[FIRST, SECOND].flatMap(named));
    await judgeBackup(await judging(standby), SECOND.backup);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'restorable', [SECOND.backup]: 'restorable' });
  });

  it('says unproven while the seal before is not there, and finds it when it is', async () => {
    const standby = standbyOf(publicKey);
    standby.seal(sign(SECOND));
    standby.arrive(...ALL.flatMap(named));
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [SECOND.backup]: 'unproven' });
    standby.seal(sign(FIRST));
    await sweep(standby);
    expect(verdicts(standby)[SECOND.backup]).toBe('restorable');
  });

  it('proves nothing by a seal that another key signed, nor by what such a seal names', async () => {
    const standby = standbyOf(publicKey);
    standby.seal(sealingKey().sign(FIRST));
    standby.seal(sign(SECOND));
    standby.arrive(...ALL.flatMap(named));
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'unproven', [SECOND.backup]: 'unproven' });
  });

  it('takes up a seal of a key that was not captured yet, when it is', async () => {
    const standby = standbyOf(sealingKey().publicKey);
    standby.seal(sign(FIRST));
    standby.arrive(...named(FIRST));
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'unproven' });
    standby.capture(publicKey);
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'restorable' });
  });

  it('judges a large repository by a listing of it, as it does a small one by its objects', async () => {
    const blobs = Array.from({ length: 250 }, (_, index) => `p${index}`);
    const large = backupNumber(0, { repositories: [orders(blobs)] });
    const standby = standbyOf(publicKey);
    standby.seal(sign(large));
    standby.arrive(...named(large).slice(0, -1));
    const before = standby.bucket.calls;
    await sweep(standby);
    expect(standby.bucket.calls - before).toBeLessThan(20);
    expect(verdicts(standby)).toEqual({ [large.backup]: 'arriving' });
    standby.arrive(...named(large).slice(-1));
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [large.backup]: 'restorable' });
  });

  it('knows of a failed backup by its seal, and does not wait for its objects', async () => {
    const standby = standbyOf(publicKey);
    standby.seal(sign(backupNumber(0, { phase: 'Failed' })));
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'failed' });
    expect(standby.catalogue.states.get('critical-5m')?.judged).toMatchObject([{ restorable: false }]);
  });

  it('calls a point incomplete once S3 gave an object up, or an hour has passed; and restorable all the same later', async () => {
    const standby = standbyOf(publicKey);
    standby.seal(sign(FIRST));
    await sweep(standby);
    const [first] = FIRST.objects;
    await judgeRecoveryPoint(standby.given, { kind: 'trouble', key: 'of nobody', event: FAILED });
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'arriving' });
    await judgeRecoveryPoint(standby.given, { kind: 'trouble', key: first?.key ?? '', event: FAILED });
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'incomplete' });
    standby.at(new Date(BEGAN.getTime() + 2 * HOUR_MS));
    standby.arrive(...named(FIRST));
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'restorable' });
  });

  it('draws a verdict from files that are damaged, whatever is in them', async () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.uint8Array(),
      fc.json(),
      fc.constant(gzipSync('{"a":')),
      fc.constant(gzipSync('7')),
    );
    const file = fc.constantFrom(...FIRST.objects.map(({ key }) => key).filter((key) => !key.endsWith('.tar.gz')));
    await alwaysInTime(
      fc.asyncProperty(file, garbage, async (key, body) => {
        const standby = standbyOf(publicKey);
        standby.seal(sign(FIRST));
        standby.arrive(...named(FIRST));
        standby.bucket.put(key, 'v1', body, 10);
        await sweep(standby);
        expect(verdicts(standby)[FIRST.backup]).toBe('unproven');
      }),
    );
  });

  it('does not take a volume for empty that an earlier point, while it is kept, holds data of', async () => {
    const info = (size: number, snapshotHandle: string) =>
      gzipSync(
        JSON.stringify([
          {
            ...{
              pvcName: 'data',
              pvcNamespace: 'orders',
              pvName: 'pv',
              backupMethod: 'PodVolumeBackup',
              result: 'succeeded',
            },
            pvbInfo: { size, snapshotHandle },
          },
        ]),
      );
    const standby = standbyOf(publicKey);
    for (const [seal, volumes] of [
      [FIRST, info(10, 'a')],
      [SECOND, info(0, '')],
    ] as const) {
      standby.seal(sign(seal));
      standby.arrive(...named(seal));
      standby.bucket.put(`velero/backups/${seal.backup}/${seal.backup}-volumeinfo.json.gz`, 'v1', volumes, 10);
    }
    await sweep(standby);
    expect(verdicts(standby)).toEqual({ [FIRST.backup]: 'restorable', [SECOND.backup]: 'not-portable' });
    expect(standby.catalogue.points.get(SECOND.backup)?.reason).toContain(
      `empty, while ${FIRST.backup} holds 10 bytes`,
    );
  });

  it('asks for no more with a thousand points behind it than with ten', async () => {
    async function callsAmong(count: number): Promise<number> {
      const standby = standbyOf(publicKey);
      const seals = Array.from({ length: count }, (_, index) => backupNumber(index));
      standby.at(new Date(BEGAN.getTime() + count * 300_000));
      for (const seal of seals.slice(0, -1)) standby.seal(sign(seal));
      standby.arrive(...seals.flatMap(named));
      await sweep(standby);
      const before = standby.bucket.calls;
      const newest = seals.at(-1) ?? FIRST;
      standby.seal(sign(newest));
      await judgeRecoveryPoint(standby.given, { kind: 'arrived', key: `lifeboat/seals/${newest.backup}.json` });
      expect(verdicts(standby)[newest.backup]).toBe('restorable');
      return standby.bucket.calls - before;
    }
    expect(await callsAmong(100)).toBe(await callsAmong(10));
  });
});
