import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AT, CONFIGURATION, copyOf, directory, points, REAL, type Shown, sealed } from './bucket-directories.ts';
import { lifeboat } from './command-line.ts';

const verdicts = (shown: Shown[]): Record<string, string> =>
  Object.fromEntries(shown.map(({ name, verdict }) => [name, verdict]));

describe('directories as they may be found', () => {
  /** A bucket with one odd thing beside the real backups. */
  const beside = (make: (backups: string) => void): string => {
    const copy = copyOf(REAL);
    make(join(copy, 'backups'));
    return copy;
  };
  const file = (path: string, text = 'x'): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };

  it.each([
    'with a space',
    'ünïcödé-日本',
    '..hidden',
    '...',
    '-rf',
    '$(reboot)',
    "it's",
    'a'.repeat(255),
    'line\nbreak',
    '\u001b[2Jclear',
    '__proto__',
  ])('a folder named %j that is no backup is incomplete, and the rest is judged', async (name) => {
    const copy = beside((backups) => file(join(backups, name, 'notes.txt')));
    const { points: shown } = await points(copy, ...AT);
    expect(shown).toHaveLength(5);
    expect(shown.at(-1)).toMatchObject({ name, verdict: 'incomplete', moment: null, schedule: '' });
    expect(shown.at(-1)?.missing).toContain(`backups/${name}/velero-backup.json`);
    const { out } = await lifeboat(['recovery-points', '--bucket', copy, ...AT]);
    for (const sign of ['\u001b', 'line\nbreak']) expect(out).not.toContain(sign);
  });

  it('files among the backups, empty folders and links that lead nowhere are no backups', async () => {
    const copy = beside((backups) => {
      file(join(backups, 'a-file'));
      mkdirSync(join(backups, 'empty'));
      symlinkSync('round', join(backups, 'round'));
      symlinkSync('nowhere', join(backups, 'dangling'));
    });
    expect((await points(copy, ...AT)).points).toHaveLength(4);
  });

  it('a link to a folder is followed once, however it leads back', async () => {
    const copy = beside((backups) => {
      symlinkSync('..', join(backups, 'up'));
      symlinkSync('.', join(backups, CONFIGURATION, 'again'));
    });
    expect(verdicts((await points(copy, ...AT)).points)).toMatchObject({
      up: 'incomplete',
      [CONFIGURATION]: 'restorable',
    });
    const { out } = await lifeboat(['seal', copy, '--out', join(directory(), 's.json')]);
    expect(out).toContain('not sealed  up: velero-backup.json is not there');
  });

  it.each([
    ['a folder in place of a file', (path: string) => mkdirSync(path), 'arriving', 'is not there'],
    ['a link in a circle', (path: string) => symlinkSync(path, path), 'unproven', 'cannot be read: ELOOP'],
    ['nothing in it', (path: string) => writeFileSync(path, ''), 'unproven', 'cannot be read: it is empty'],
  ])('a tarball that is %s is told by its name', async (_, make, verdict, reason) => {
    const copy = copyOf(REAL);
    const path = join(copy, 'backups', CONFIGURATION, `${CONFIGURATION}.tar.gz`);
    rmSync(path);
    make(path);
    const point = (await points(copy, ...AT)).points.find(({ name }) => name === CONFIGURATION);
    expect(point).toMatchObject({ verdict, evidence: { reason: expect.stringContaining(`tar.gz ${reason}`) } });
  });

  it('a file in place of a repository lacks every object of it', async () => {
    const seals = await sealed(REAL);
    const copy = copyOf(REAL);
    rmSync(join(copy, 'kopia/monitoring'), { recursive: true });
    writeFileSync(join(copy, 'kopia/monitoring'), '');
    const { points: shown } = await points(copy, ...AT, '--seal', seals);
    expect(shown.map(({ verdict, missing }) => [verdict, missing.length])).toEqual([
      ['arriving', 10],
      ['restorable', 0],
      ['restorable', 0],
      ['restorable', 0],
    ]);
  });

  it('a seal that names files outside of the bucket reads none of them', async () => {
    const seals = await sealed(REAL);
    const document = JSON.parse(readFileSync(seals, 'utf8'));
    for (const { seal } of document.seals)
      seal.objects.push({ key: 'velero/../../../../etc/hostname', versionId: 'null', size: 1, checksum: 'x' });
    writeFileSync(seals, JSON.stringify(document));
    const { points: shown } = await points(REAL, ...AT, '--seal', seals);
    expect(shown.map(({ verdict }) => verdict)).toEqual(['arriving', 'arriving', 'arriving', 'arriving']);
  });
});
