import { describe, expect, it } from '@jest/globals';
import { type SealedObject, type SignedSeal, sealKey } from '../../src/domain/seal.ts';
import type { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { chooseRecoveryPoints } from '../../src/operations/choose-recovery-points.ts';
import { hideStrays } from '../../src/operations/hide-strays.ts';
import { named, object, orders, sealOf } from '../domain/sealed.ts';
import { sealingKey } from '../domain/sealing-key.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { filesOf, standbyOf } from './catalogue-rig.ts';

const { plan } = planOf(`${SMALL_PLAN}decision: { approval: automatic }\n`);
const { publicKey, sign } = sealingKey();
const REPOSITORY = 'velero/kopia/orders/';

const NORMAL_NAME = 'normal-2h-20260301043000';
const NORMAL = sealOf(0, {
  backup: NORMAL_NAME,
  schedule: 'normal-2h',
  objects: filesOf(NORMAL_NAME),
  repositories: [],
});
const FIRST = sealOf(0, { objects: filesOf(sealOf(0).backup) });
/** Sealed later, after kopia's maintenance had rewritten the repository. */
const LATER = sealOf(5, { objects: filesOf(sealOf(5).backup), repositories: [orders(['p2', 'xn0_2'])] });

/** A replica in which all this lies, and a table that keeps what is noted. */
function standbyWith(seals: SignedSeal[], arrived: SealedObject[]) {
  const standby = standbyOf(publicKey);
  for (const seal of [sign(NORMAL), ...seals]) standby.seal(seal);
  standby.arrive(...NORMAL.objects, ...arrived);
  const notes: Record<string, unknown> = {};
  const runs: Pick<RunsTable, 'note'> = {
    note: async (_, fact, value) => {
      notes[fact] = value;
    },
  };
  return { ...standby, given: { ...standby.given, runs: runs as RunsTable }, notes };
}

const choiceOf = (seals: SignedSeal[], arrived: SealedObject[]) =>
  chooseRecoveryPoints(standbyWith(seals, arrived).given, plan, 'a');

describe('a choice of recovery points', () => {
  it('rests on the newest seal that proves each repository, which may be of a later backup', async () => {
    const arrived = [...FIRST.objects, ...orders(['p2', 'xn0_2']).added];
    const { points, restsOn } = await choiceOf([sign(FIRST), sign(LATER)], arrived);
    expect(points.map(({ backup }) => backup)).toEqual([FIRST.backup, NORMAL.backup]);
    expect(restsOn).toEqual([{ repository: REPOSITORY, backup: LATER.backup }]);
  });

  it('never rests on a seal that the key of the primary did not sign', async () => {
    for (const forged of [{ seal: LATER, signature: null }, sealingKey().sign(LATER)]) {
      const arrived = [...FIRST.objects, ...named(LATER)];
      const { kind, restsOn, considered } = await choiceOf([sign(FIRST), forged], arrived);
      expect(kind).toBe('hold');
      expect(restsOn).toEqual([]);
      expect(considered.map(({ verdict }) => verdict)).toEqual(expect.arrayContaining(['unproven', 'arriving']));
    }
  });

  it('tells every point that it considered, newest first, with its verdict and why', async () => {
    const { considered } = await choiceOf([sign(FIRST), sign(LATER)], named(FIRST));
    expect(considered.slice(0, 2)).toEqual([
      {
        name: LATER.backup,
        moment: LATER.moment,
        verdict: 'arriving',
        reason: expect.stringContaining('5 of its objects have not arrived'),
      },
      { name: FIRST.backup, moment: FIRST.moment, verdict: 'restorable', reason: expect.stringContaining('all') },
    ]);
  });

  it('leaves alone what is sealed under a name that no schedule gives', async () => {
    const byHand = sign(sealOf(9, { backup: 'critical-5m-byhand', objects: [], repositories: [] }));
    const { considered } = await choiceOf([sign(FIRST), byHand], named(FIRST));
    expect(considered.map(({ name }) => name)).not.toContain('critical-5m-byhand');
  });

  it('never takes a point of which something was changed or deleted since it was found whole', async () => {
    const blob = orders(['p1']).added[0] ?? object('');
    const [tarball = object('')] = FIRST.objects;
    for (const damaged of [blob, tarball]) {
      for (const versionId of ['v2', undefined]) {
        const standby = standbyWith([sign(FIRST)], named(FIRST));
        const before = await chooseRecoveryPoints(standby.given, plan, 'a');
        expect(before.kind).toBe('proceed');
        if (versionId === undefined) standby.bucket.objects.delete(damaged.key);
        else standby.arrive({ ...damaged, versionId });
        const { kind, considered } = await chooseRecoveryPoints(standby.given, plan, 'a');
        expect(kind).toBe('hold');
        expect(considered.find(({ name }) => name === FIRST.backup)?.verdict).toBe('incomplete');
      }
    }
  });

  it('never takes a point of which the seal, or one that it goes on from, is gone or was forged since', async () => {
    const next = sealOf(5, {
      objects: filesOf(sealOf(5).backup),
      repositories: [orders(['p2', 'xn0_2'], { since: FIRST.backup })],
    });
    const tampered = [
      (standby: ReturnType<typeof standbyWith>) => standby.bucket.objects.delete(sealKey(FIRST.backup)),
    ];
    for (const forgery of [FIRST, next])
      tampered.push((standby) => {
        standby.seal({ seal: forgery, signature: null });
        return true;
      });
    for (const tamper of tampered) {
      const standby = standbyWith([sign(FIRST), sign(next)], [...named(FIRST), ...named(next)]);
      expect((await chooseRecoveryPoints(standby.given, plan, 'a')).points[0]?.backup).toBe(next.backup);
      tamper(standby);
      const { considered } = await chooseRecoveryPoints(standby.given, plan, 'a');
      expect(considered.find(({ name }) => name === next.backup)?.verdict).toBe('unproven');
    }
  });
});

describe('what a choice rests on', () => {
  it('is what stays to be seen: the indexes of a half-arrived later backup are noted and hidden, once', async () => {
    const there = [...named(FIRST), object(`${REPOSITORY}xn0_2`), object('velero/kopia/wiki/xn0_9')];
    const { given, bucket, notes } = standbyWith([sign(FIRST), sign(LATER)], there);
    const { restsOn } = await chooseRecoveryPoints(given, plan, 'a');
    expect(await hideStrays(given, 'a', restsOn)).toEqual({ hidden: 1 });
    expect(bucket.objects.has(`${REPOSITORY}xn0_2`)).toBe(false);
    expect(await hideStrays(given, 'a', restsOn)).toEqual({ hidden: 0 });
    const noted = Object.entries(notes).filter(([fact]) => fact.startsWith('hiddenObjects '));
    expect(noted.map(([, keys]) => keys)).toEqual([[`${REPOSITORY}xn0_2`]]);
  });
});
