import { describe, expect, it } from '@jest/globals';
import type { Seal, SignedSeal } from '../../src/domain/seal.ts';
import type { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import type { CapturedFacts } from '../../src/gateways/captured-facts.ts';
import type { RecoveryBucket } from '../../src/gateways/recovery-bucket.ts';
import { chooseRecoveryPoints } from '../../src/operations/choose-recovery-points.ts';
import { hideStrays } from '../../src/operations/hide-strays.ts';
import { object, sealOf } from '../domain/sealed.ts';
import { sealingKey } from '../domain/sealing-key.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan } = planOf(SMALL_PLAN);
const { publicKey, sign } = sealingKey();
const clock = { now: () => new Date('2026-03-01T05:00:00Z'), sleep: () => Promise.resolve() };
const REPOSITORY = 'velero/kopia/orders/';
const blob = (name: string, version?: string) => object(`${REPOSITORY}${name}`, version);

/** A replica in which this lies, and a table that keeps what is noted. */
function replicaOf(seals: SignedSeal[], keys: { key: string; versionId: string; size: number }[]) {
  const notes: Record<string, unknown> = {};
  const hidden: string[] = [];
  const replica = {
    sealed: async () => seals.map(({ seal }) => seal.backup),
    seal: async (backup: string) => seals.find(({ seal }) => seal.backup === backup),
    volumes: async () => [],
    bucket: {
      currentVersions: async () => new Map(keys.map((one) => [one.key, one])),
      keys: async () => keys.map(({ key }) => key).filter((key) => !hidden.includes(key)),
      hide: async (key: string) => hidden.push(key),
    },
  } as unknown as RecoveryBucket;
  const runs: Pick<RunsTable, 'note'> = {
    note: async (_, fact, value) => {
      notes[fact] = value;
    },
  };
  const captured = { sealKey: async () => ({ publicKey }) } as unknown as CapturedFacts;
  return { replica, captured, runs: runs as RunsTable, clock, notes, hidden };
}

const NORMAL = sealOf(0, { backup: 'normal-2h-20260301043000', schedule: 'normal-2h', objects: [] });
const FIRST = sealOf(0, { objects: [blob('p1'), blob('xn0_1')] });
/** Sealed later, after kopia's maintenance had rewritten the repository. */
const LATER = sealOf(5, { objects: [object('velero/backups/later/later.tar.gz'), blob('p2'), blob('xn0_2')] });

const choiceOf = (seals: SignedSeal[], arrived: Seal['objects']) =>
  chooseRecoveryPoints(replicaOf([sign(NORMAL), ...seals], arrived), plan, 'a');

describe('a choice of recovery points', () => {
  it('rests on the newest seal that proves each repository, which may be of a later backup', async () => {
    const { points, restsOn } = await choiceOf([sign(FIRST), sign(LATER)], [blob('p2'), blob('xn0_2')]);
    expect(points.map(({ backup }) => backup)).toEqual([FIRST.backup, NORMAL.backup]);
    expect(restsOn).toEqual([{ repository: REPOSITORY, backup: LATER.backup }]);
  });

  it('never rests on a seal that the key of the primary did not sign', async () => {
    for (const forged of [{ seal: LATER, signature: null }, sealingKey().sign(LATER)]) {
      const { kind, restsOn, considered } = await choiceOf([sign(FIRST), forged], [blob('p2'), blob('xn0_2')]);
      expect(kind).toBe('hold');
      expect(restsOn).toEqual([]);
      expect(considered.map(({ verdict }) => verdict)).toEqual(expect.arrayContaining(['unproven', 'arriving']));
    }
  });

  it('tells every point that it considered, newest first, with its verdict and why', async () => {
    const { considered } = await choiceOf([sign(FIRST), sign(LATER)], FIRST.objects);
    expect(considered.slice(0, 2)).toEqual([
      {
        name: LATER.backup,
        moment: LATER.moment,
        verdict: 'arriving',
        reason: expect.stringContaining('3 of 3 objects have not arrived'),
      },
      { name: FIRST.backup, moment: FIRST.moment, verdict: 'restorable', reason: expect.stringContaining('all 2') },
    ]);
  });

  it('leaves alone what is sealed under a name that no schedule gives', async () => {
    const byHand = sign(sealOf(9, { backup: 'critical-5m-byhand', objects: [] }));
    const { considered } = await choiceOf([sign(FIRST), byHand], FIRST.objects);
    expect(considered.map(({ name }) => name)).not.toContain('critical-5m-byhand');
  });
});

describe('what a choice rests on', () => {
  it('is what stays to be seen: the indexes of a half-arrived later backup are noted and hidden, once', async () => {
    const there = [...FIRST.objects, blob('xn0_2'), object('velero/kopia/wiki/xn0_9')];
    const given = replicaOf([sign(NORMAL), sign(FIRST), sign(LATER)], there);
    const { restsOn } = await chooseRecoveryPoints(given, plan, 'a');
    expect(await hideStrays(given, 'a', restsOn)).toEqual({ hidden: 1 });
    expect(given.hidden).toEqual([`${REPOSITORY}xn0_2`]);
    expect(await hideStrays(given, 'a', restsOn)).toEqual({ hidden: 0 });
    const noted = Object.entries(given.notes).filter(([fact]) => fact.startsWith('hiddenObjects '));
    expect(noted.map(([, keys]) => keys)).toEqual([[`${REPOSITORY}xn0_2`]]);
  });
});
