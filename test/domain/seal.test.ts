import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type VeleroBackup, veleroBackup } from '../../src/domain/backup-files.ts';
import {
  backupJsonKey,
  backupOfKey,
  decideSeal,
  isSignedBy,
  type Listed,
  repositoriesOf,
  type Seal,
  sealDigest,
  sealKey,
  tarballKey,
} from '../../src/domain/seal.ts';
import { always } from './always.ts';
import { backupJson, CRITICAL, MOVED, type RealBackup, type Write, writesOf } from './real-backup.ts';
import { BEGAN, listed, sealOf } from './sealed.ts';
import { sealingKey } from './sealing-key.ts';

const NAME = 'critical-5m-20260301043000';

const backup = (status: Partial<VeleroBackup['status']> = {}): VeleroBackup => ({
  metadata: { name: NAME, labels: { 'velero.io/schedule-name': 'critical-5m' } },
  spec: { includedNamespaces: ['orders'] },
  status: {
    phase: 'Completed',
    startTimestamp: BEGAN.toISOString(),
    expiration: '2026-03-02T04:30:00Z',
    backupItemOperationsAttempted: 0,
    errors: 0,
    ...status,
  },
});

const filesOf = (...all: Listed[]): Map<string, Listed> => new Map(all.map((file) => [file.key, file]));
const whole = filesOf(listed(backupJsonKey(NAME)), listed(tarballKey(NAME)));
const seconds = (count: number): Date => new Date(BEGAN.getTime() + count * 1000);

const decide = (status: Partial<VeleroBackup['status']>, files = whole, repositories: Listed[] = []) =>
  decideSeal({ backup: backup(status), files, repositories, now: seconds(60) });

describe('a backup', () => {
  it.each([
    ['Completed', 'seal'],
    ['PartiallyFailed', 'seal'],
    ['InProgress', 'not-yet'],
    ['Finalizing', 'not-yet'],
    ['FinalizingPartiallyFailed', 'not-yet'],
    ['WaitingForPluginOperations', 'not-yet'],
    ['Failed', 'never'],
    ['FailedValidation', 'never'],
  ])('that is %s is judged: %s', (phase, kind) => {
    expect(decide({ phase }).kind).toBe(kind);
  });

  it('without its metadata or its tarball is not sealed yet', () => {
    expect(decide({}, filesOf(listed(backupJsonKey(NAME)))).kind).toBe('not-yet');
    expect(decide({}, filesOf(listed(tarballKey(NAME)))).kind).toBe('not-yet');
  });

  it('without its times is never sealed', () => {
    const { startTimestamp: _, ...status } = backup().status;
    const decision = decideSeal({ backup: { ...backup(), status }, files: whole, repositories: [], now: BEGAN });
    expect(decision.kind).toBe('never');
  });

  it('whose snapshots are moved waits for the tarball that is written after Completed', () => {
    const moved = { backupItemOperationsAttempted: 4 };
    const json = listed(backupJsonKey(NAME), seconds(10));
    expect(decide(moved, filesOf(json, listed(tarballKey(NAME), seconds(9)))).kind).toBe('not-yet');
    expect(decide(moved, filesOf(json, listed(tarballKey(NAME), seconds(10)))).kind).toBe('seal');
  });

  it('is sealed with every file and every blob of its repositories, in the versions that are there', () => {
    const blob = listed('velero/kopia/orders/p01', BEGAN, 'v7');
    const decision = decide({}, whole, [blob]);
    if (decision.kind !== 'seal') throw new Error(decision.reason);
    expect(decision.seal).toMatchObject({ backup: NAME, schedule: 'critical-5m', moment: BEGAN.toISOString() });
    expect(decision.seal.objects).toEqual([
      { key: backupJsonKey(NAME), versionId: 'v1', size: 10, checksum: 'e' },
      { key: tarballKey(NAME), versionId: 'v1', size: 10, checksum: 'e' },
      { key: blob.key, versionId: 'v7', size: 10, checksum: 'e' },
    ]);
  });

  it("leaves kopia's logs, session markers and maintenance marks out, which come, go or are written anew", () => {
    const passing = ['_log_20260301_1', 's1dc48e67', 'kopia.maintenance', 'kopia.maintenance.1'];
    const needed = ['p01', 'q02', 'xn0_03', 'kopia.repository', 'kopia.blobcfg', 'udmrepo.Repository'];
    const decision = decide(
      {},
      whole,
      [...passing, ...needed].map((name) => listed(`velero/kopia/orders/${name}`)),
    );
    if (decision.kind !== 'seal') throw new Error(decision.reason);
    const sealed = decision.seal.objects.map(({ key }) => key.split('/').at(-1));
    expect(sealed.slice(2)).toEqual(needed);
  });

  it('wrote to the repositories of the namespaces whose volumes it did not skip', () => {
    const volume = (pvcNamespace: string, skipped: boolean) => ({
      pvcName: 'data',
      pvcNamespace,
      pvName: 'pv',
      backupMethod: 'PodVolumeBackup',
      snapshotDataMoved: false,
      skipped,
      skippedReason: '',
      result: 'succeeded',
    });
    expect(repositoriesOf([volume('a', false), volume('b', true), volume('a', false)])).toEqual(['a']);
  });
});

describe('a real backup, write by write', () => {
  const read = (real: RealBackup, write?: 'first' | 'second') => veleroBackup.parse(backupJson(real, write));

  /** The decision after each write of one backup's files. */
  function decisions(real: RealBackup, metadataAt: (written: number) => VeleroBackup) {
    const files = new Map<string, Listed>();
    let written = 0;
    return writesOf(real.folder)
      .filter(({ key }) => backupOfKey(key) === real.name)
      .map(({ key, at }: Write) => {
        files.set(key, listed(key, at));
        if (key === backupJsonKey(real.name)) written += 1;
        const facts = { files, repositories: [], now: at };
        const kind = written === 0 ? 'nothing' : decideSeal({ ...facts, backup: metadataAt(written) }).kind;
        return `${key.split('/').at(-1)?.replace(`${real.name}`, '…')} ${kind}`;
      });
  }

  it('with file-system backups is sealed at its last write, and not before', () => {
    const final = read(CRITICAL);
    const finalizing = { ...final, status: { ...final.status, phase: 'Finalizing' } };
    const kinds = decisions(CRITICAL, (written) => (written === 1 ? finalizing : final));
    expect(kinds.at(-1)).toBe('velero-backup.json seal');
    expect(kinds.filter((kind) => kind.endsWith(' seal'))).toHaveLength(1);
  });

  it('with moved snapshots is not sealed by a Completed that waits for its tarball, but by the tarball', () => {
    // All three last writes came within one second, and S3 tells times no finer.
    const metadata = [read(MOVED, 'first'), read(MOVED, 'second'), read(MOVED)];
    const kinds = decisions(MOVED, (written) => metadata[written - 1] ?? read(MOVED));
    expect(kinds.at(-2)).toBe('velero-backup.json not-yet');
    expect(kinds.at(-1)).toBe('….tar.gz seal');
  });
});

describe('a signature', () => {
  const { publicKey, sign: signedBy } = sealingKey();
  const sign = (seal: Seal): string | null => signedBy(seal).signature;

  it("is the key's own when nothing was changed", () => {
    expect(isSignedBy({ seal: sealOf(0), signature: sign(sealOf(0)) }, publicKey)).toBe(true);
  });

  it('holds in whatever order the members are stored', () => {
    const seal = sealOf(0);
    const reordered = Object.fromEntries(Object.entries(seal).reverse()) as Seal;
    expect(isSignedBy({ seal: reordered, signature: sign(seal) }, publicKey)).toBe(true);
  });

  it('is lost when anything is changed, and was never there on an unsigned seal', () => {
    const signature = sign(sealOf(0));
    const changes: Partial<Seal>[] = [{ phase: 'Failed' }, { expiration: '2027-01-01T00:00:00Z' }, { objects: [] }];
    for (const change of changes) expect(isSignedBy({ seal: sealOf(0, change), signature }, publicKey)).toBe(false);
    expect(isSignedBy({ seal: sealOf(0), signature: null }, publicKey)).toBe(false);
  });

  it('of another key is none', () => {
    const other = sealingKey().publicKey;
    expect(isSignedBy({ seal: sealOf(0), signature: sign(sealOf(0)) }, other)).toBe(false);
  });

  it('is made of the SHA-256 of the seal as it is stored', () => {
    const stored = JSON.stringify(sealOf(0));
    expect(Buffer.from(sealDigest(sealOf(0)))).toEqual(createHash('sha256').update(stored).digest());
  });
});

describe('keys', () => {
  it("lie beside Velero's prefix, never in it, as Velero refuses a location with foreign folders", () => {
    expect(sealKey(NAME)).toBe(`lifeboat/seals/${NAME}.json`);
    expect(backupOfKey(sealKey(NAME))).toBeUndefined();
  });

  it('lead back to the backup that they belong to', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);
    always(
      fc.property(name, (backupName) => {
        expect(backupOfKey(tarballKey(backupName))).toBe(backupName);
        expect(backupOfKey(backupJsonKey(backupName))).toBe(backupName);
        expect(backupOfKey(`velero/kopia/${backupName}/p01`)).toBeUndefined();
      }),
    );
  });
});
