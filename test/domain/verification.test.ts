import { describe, expect, it } from '@jest/globals';
import { emptyArchive } from '../../src/domain/archive.ts';
import { type VerificationFacts, verify } from '../../src/domain/verification.ts';
import { lastVerification, verificationText, writeVerificationReport } from '../../src/domain/verification-report.ts';

const NOW = new Date('2026-03-02T04:00:00Z');
const BLOB = 'velero/kopia/orders/p1';

/** A backup whose archive holds so many config maps of orders, without volumes. */
function facts(count: number, change: Partial<VerificationFacts> = {}): VerificationFacts {
  const archive = emptyArchive();
  for (let index = 0; index < count; index++) archive.items.add(`v1/ConfigMap orders/c${index}`);
  const metadata = { metadata: { name: 'daily-1', labels: {} }, spec: { includedNamespaces: ['orders'] } };
  const status = {
    phase: 'Completed',
    backupItemOperationsAttempted: 0,
    errors: 0,
    progress: { itemsBackedUp: count },
  };
  return {
    run: 'a-run',
    schedule: 'daily',
    namespaces: ['orders'],
    backup: 'daily-1',
    moment: new Date('2026-03-02T02:00:00Z'),
    contents: {
      name: 'daily-1',
      metadata: { kind: 'there', value: { ...metadata, status } },
      volumes: { kind: 'there', value: [] },
      podVolumeBackups: { kind: 'there', value: [] },
      resources: { kind: 'there', value: {} },
      archive: { kind: 'there', value: archive },
    },
    named: [],
    unsealed: [],
    changed: [],
    compared: [],
    inventory: { capturedAt: '2026-03-02T03:10:00Z', names: live(count) },
    unsealedSince: new Date('2026-03-02T03:00:00Z'),
    now: NOW,
    ...change,
  };
}

const live = (count: number, from = 0): Record<string, string[]> => ({
  'v1/ConfigMap': Array.from({ length: count }, (_, index) => `orders/c${from + index}`),
});
const inventory = (names: Record<string, string[]>) => ({ inventory: { capturedAt: '2026-03-02T03:10:00Z', names } });
const kinds = (some: VerificationFacts) => verify(some).findings.map(({ kind }) => kind);

describe('what is in the primary and not in the backup', () => {
  it.each([
    [20, 3, []],
    [20, 4, ['drift']],
    [100, 10, []],
    [100, 11, ['drift']],
  ])('of %d objects, %d that are missing are %j', (count, missing, found) => {
    expect(kinds(facts(count - missing, inventory(live(count))))).toEqual(found);
  });

  it('is a finding when it is all of a namespace, however little that is', () => {
    expect(kinds(facts(0, inventory(live(2))))).toEqual(['drift']);
  });

  it('is a finding sooner for claims, which hold data', () => {
    const claims = { 'v1/PersistentVolumeClaim': ['orders/a', 'orders/b'] };
    expect(kinds(facts(40, inventory({ ...live(40), ...claims })))).toEqual(['drift']);
  });

  it('is not told of kinds that controllers make anew', () => {
    const pods = { 'v1/Pod': Array.from({ length: 9 }, (_, index) => `orders/p${index}`) };
    expect(verify(facts(9, inventory({ ...live(9), ...pods })))).toMatchObject({ findings: [], notes: [] });
  });

  it('cannot be told by an inventory that names nothing, and that is said', () => {
    const { findings, notes } = verify(facts(2, { inventory: { capturedAt: '2026-03-02T03:10:00Z' } }));
    expect(findings).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('no inventory')]);
  });
});

describe('a blob that is gone', () => {
  it.each([
    ['before its repository was surely sealed again is damage', '2026-03-02T02:59:00Z', ['damage']],
    ['after that may be kopia’s own doing, and is noted', '2026-03-02T03:01:00Z', []],
  ])('deleted %s', (_, at, found) => {
    const some = facts(1, { changed: [{ key: BLOB, deletedAt: new Date(at) }] });
    expect(kinds(some)).toEqual(found);
    expect(verify(some).notes).toHaveLength(1 - found.length);
  });

  it('without a deletion, or of the backup’s own files, is damage', () => {
    expect(kinds(facts(1, { changed: [{ key: BLOB, deletedAt: undefined }] }))).toEqual(['damage']);
    const own = { key: 'velero/backups/daily-1/daily-1.tar.gz', deletedAt: NOW };
    expect(kinds(facts(1, { changed: [own] }))).toEqual(['damage']);
  });
});

describe('what was read', () => {
  it('is damage when its bytes are others, and a note when there is no digest to compare with', () => {
    const found = verify(
      facts(1, {
        compared: [
          { key: BLOB, outcome: 'other bytes' },
          { key: 'velero/kopia/orders/p2', outcome: 'no digest' },
          { key: 'velero/kopia/orders/p3', outcome: 'same' },
        ],
      }),
    );
    expect(found.findings).toEqual([{ kind: 'damage', store: 'orders', what: `${BLOB}: its bytes are others` }]);
    expect(found.notes).toEqual([expect.stringContaining('p2')]);
    expect(found.compared).toBe(1);
    expect(found.stores).toEqual([{ store: 'orders', verdict: 'damage', objects: 1, volumes: 0 }]);
  });
});

describe('a report of a verification', () => {
  const older = { ...verify(facts(1, { compared: [{ key: BLOB, outcome: 'gone' }] })), schedule: 'weekly' };
  const newer = { ...verify(facts(1)), moment: '2026-03-02T03:55:00.000Z', backup: 'hourly-1', schedule: 'hourly' };
  const run = { id: 'a-run', startedAt: '2026-03-02T03:00:00.000Z' };
  const report = (window: number) =>
    writeVerificationReport({
      plan: 'shop',
      run,
      drill: { window, participants: ['on-call'] },
      schedules: [newer, older],
      now: NOW,
    });

  it('counts recovery points that failed, and gives each store the verdict of its newest', () => {
    expect(report(7200)).toMatchObject({ failures: 1, overran: false });
    expect(report(7200).stores).toEqual([{ store: 'orders', verdict: 'verified', backup: 'hourly-1' }]);
    expect(verificationText(report(7200))).toContain('# shop: 1 of 2 recovery points is not verified');
  });

  it('says when it took longer than its window', () => {
    expect(report(1800).overran).toBe(true);
    expect(verificationText(report(1800))).toContain('over its window');
  });

  it('is what is told until the next one, and more than a week later that there was none', () => {
    const told = lastVerification([newer, older], ['hourly', 'weekly'], NOW);
    expect(told).toEqual({
      at: NOW.toISOString(),
      overdue: false,
      stores: 1,
      failures: [expect.stringMatching(/^daily-1: damage/)],
    });
    const later = new Date(NOW.getTime() + 9 * 86_400_000);
    expect(lastVerification([newer], ['hourly'], later)?.overdue).toBe(true);
    expect(lastVerification([newer], ['another'], NOW)).toBeUndefined();
  });
});
