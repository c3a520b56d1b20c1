import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namedBy } from '../../src/domain/arrival.ts';
import { type VeleroBackup, veleroBackup } from '../../src/domain/backup-files.ts';
import { backupJsonKey, backupOfKey, type SealedRepository, tarballKey } from '../../src/domain/seal.ts';
import {
  decideSeal,
  type Listed,
  type Listing,
  repositoriesOf,
  type SealedSoFar,
  sealOf,
  sealRepository,
} from '../../src/domain/sealing.ts';
import { always } from './always.ts';
import { backupJson, CRITICAL, MOVED, type RealBackup, type Write, writesOf } from './real-backup.ts';
import { BEGAN, listed } from './sealed.ts';

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
    progress: { itemsBackedUp: 7 },
    ...status,
  },
});

const filesOf = (...all: Listed[]): Map<string, Listed> => new Map(all.map((file) => [file.key, file]));
const whole = filesOf(listed(backupJsonKey(NAME)), listed(tarballKey(NAME)));
const seconds = (count: number): Date => new Date(BEGAN.getTime() + count * 1000);
const minutes = (count: number): Date => seconds(60 * count);
const decide = (status: Partial<VeleroBackup['status']>, files = whole) => decideSeal(backup(status), files);

describe('a backup', () => {
  it.each([
    ['Completed', 'seal'],
    ['PartiallyFailed', 'seal'],
    ['Failed', 'seal'],
    ['InProgress', 'not-yet'],
    ['Finalizing', 'not-yet'],
    ['FinalizingPartiallyFailed', 'not-yet'],
    ['WaitingForPluginOperations', 'not-yet'],
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
    expect(decideSeal({ ...backup(), status }, whole).kind).toBe('never');
  });

  it('of which a file was written long after it had ended is never sealed: that was not Velero', () => {
    const status = { completionTimestamp: seconds(30).toISOString() };
    const written = (at: Date) => filesOf(listed(backupJsonKey(NAME), seconds(30)), listed(tarballKey(NAME), at));
    expect(decide(status, written(seconds(30 + 900))).kind).toBe('seal');
    expect(decide(status, written(seconds(30 + 901)))).toMatchObject({
      kind: 'never',
      reason: expect.stringContaining('.tar.gz was written'),
    });
  });

  it('whose snapshots are moved waits for the tarball that is written after Completed', () => {
    const moved = { backupItemOperationsAttempted: 4 };
    const json = listed(backupJsonKey(NAME), seconds(10));
    expect(decide(moved, filesOf(json, listed(tarballKey(NAME), seconds(9)))).kind).toBe('not-yet');
    expect(decide(moved, filesOf(json, listed(tarballKey(NAME), seconds(10)))).kind).toBe('seal');
  });

  it('is sealed with every file, in the versions that are there', () => {
    const seal = sealOf(backup(), whole.values(), [], seconds(60));
    expect(seal).toMatchObject({ backup: NAME, schedule: 'critical-5m', moment: BEGAN.toISOString() });
    expect(seal.objects).toEqual([
      { key: backupJsonKey(NAME), versionId: 'v1', size: 10, checksum: 'e' },
      { key: tarballKey(NAME), versionId: 'v1', size: 10, checksum: 'e' },
    ]);
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

describe('a repository', () => {
  const FOLDER = 'velero/kopia/orders/';
  const blob = (name: string, at = BEGAN) => listed(`${FOLDER}${name}`, at);
  const seal = (listing: Partial<Listing>, soFar: SealedSoFar | undefined, by: string, at: Date) =>
    sealRepository(FOLDER, { objects: [], deleted: [], firsts: new Map(), ...listing }, soFar, by, at);
  const names = ({ added }: SealedRepository) => added.map(({ key }) => key.slice(FOLDER.length));

  it("is sealed without kopia's logs, session markers and maintenance marks, which come, go or are written anew", () => {
    const passing = ['_log_20260301_1', 's1dc48e67', 'kopia.maintenance', 'kopia.maintenance.1'];
    const needed = ['p01', 'q02', 'xn0_03', 'kopia.repository', 'kopia.blobcfg', 'udmrepo.Repository'];
    const objects = [...passing, ...needed].map((name) => blob(name));
    expect(names(seal({ objects }, undefined, 'a', minutes(1)).repository)).toEqual(needed);
  });

  it('is named whole by its first seal, and by later ones as far as it is new', () => {
    const first = seal({ objects: [blob('p1'), blob('xn0_1')] }, undefined, 'a', minutes(1));
    expect(first.repository).toMatchObject({ since: null, indexes: [`${FOLDER}xn0_1`] });
    const objects = [blob('p1'), blob('p2', minutes(4)), blob('xn0_2', minutes(4))];
    const deleted = [{ key: `${FOLDER}xn0_1`, lastModified: minutes(5) }];
    const { repository } = seal({ objects, deleted }, first.soFar, 'b', minutes(6));
    expect(repository).toMatchObject({ since: 'a', removed: [`${FOLDER}xn0_1`], indexes: [`${FOLDER}xn0_2`] });
    expect(names(repository)).toEqual(['p2', 'xn0_2']);
  });

  it('is named whole again by a backup that was the last to seal it, and once a day', () => {
    const { soFar } = seal({ objects: [blob('p1')] }, undefined, 'a', minutes(1));
    expect(seal({ objects: [blob('p1')] }, soFar, 'a', minutes(2)).repository.since).toBeNull();
    expect(seal({ objects: [blob('p1')] }, soFar, 'b', minutes(1440)).repository.since).toBe('a');
    expect(seal({ objects: [blob('p1')] }, soFar, 'b', minutes(1441)).repository.since).toBeNull();
  });

  it('names what began to be uploaded before an earlier seal and came after it', () => {
    const { soFar } = seal({ objects: [blob('p1', minutes(9))] }, undefined, 'a', minutes(10));
    const objects = [blob('p1', minutes(9)), blob('large', minutes(8))];
    expect(names(seal({ objects }, soFar, 'b', minutes(15)).repository)).toEqual(['large']);
  });

  it('leaves out what a later backup has begun to write', () => {
    const objects = [blob('p1', minutes(1)), blob('p2', minutes(3))];
    expect(names(seal({ objects }, undefined, 'a', minutes(2)).repository)).toEqual(['p1']);
  });

  it('is sealed with what was written first, where something else was put in the place of a pack or an index', () => {
    const objects = ['p1', 'xn0_1', 'kopia.blobcfg'].map((name) => listed(`${FOLDER}${name}`, minutes(4), 'v2'));
    const firsts = new Map(objects.map(({ key }) => [key, listed(key, BEGAN, 'v1')]));
    const { repository } = seal({ objects, firsts }, undefined, 'a', minutes(5));
    expect(repository.added.map(({ versionId }) => versionId)).toEqual(['v1', 'v1', 'v2']);
  });

  it('is named by a chain of seals exactly as it was when the last was made, whatever came and went', () => {
    const change = fc.record({
      write: fc.array(fc.constantFrom('p1', 'p2', 'q3', 'xn0_4', 'xn0_5')),
      remove: fc.array(fc.constantFrom('p1', 'p2', 'q3', 'xn0_4', 'xn0_5')),
      after: fc.integer({ min: 1, max: 40 }),
    });
    always(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const there = new Map<string, Listed>();
        const gone = new Map<string, Date>();
        const chain: SealedRepository[] = [];
        let soFar: SealedSoFar | undefined;
        let minute = 0;
        for (const [index, { write, remove, after }] of changes.entries()) {
          const at = minutes(minute + after - 1);
          for (const name of remove.filter((one) => there.delete(`${FOLDER}${one}`))) gone.set(`${FOLDER}${name}`, at);
          for (const name of write) {
            there.set(`${FOLDER}${name}`, listed(`${FOLDER}${name}`, at, `v${index}`));
            gone.delete(`${FOLDER}${name}`);
          }
          minute += after;
          const deleted = Array.from(gone, ([key, lastModified]) => ({ key, lastModified }));
          const sealed = seal({ objects: [...there.values()], deleted }, soFar, `backup-${index}`, minutes(minute));
          if (sealed.repository.since === null) chain.length = 0;
          chain.push(sealed.repository);
          soFar = sealed.soFar;
        }
        const versions = (all: { key: string; versionId: string }[]) =>
          all.map(({ key, versionId }) => `${key} ${versionId}`).toSorted();
        expect(versions(namedBy(chain))).toEqual(versions([...there.values()]));
      }),
    );
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
        const kind = written === 0 ? 'nothing' : decideSeal(metadataAt(written), files).kind;
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
