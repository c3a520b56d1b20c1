import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { copyOf, directory, MOVED, REAL, refused, sealed } from './bucket-directories.ts';

describe('bad usage ends with status 2 and one line', () => {
  const written = (text: string): string => {
    const file = join(directory(), 'seal.json');
    writeFileSync(file, text);
    return file;
  };

  it.each([
    [['--bucket', 'no-such'], '--bucket no-such: no such file or directory'],
    [['--bucket', 'package.json'], '--bucket package.json: not a directory'],
    [['--bucket', 'src'], '--bucket src: no backups/ in it: not a bucket that Velero writes to'],
    [
      ['--bucket', REAL, '--prefix', 'velero'],
      `--bucket ${REAL}: no velero/backups/ in it: not a bucket that Velero writes to`,
    ],
    [
      ['--bucket', REAL, '--prefix', '../x'],
      "lifeboat: option '--prefix <p>' argument '../x' is invalid. Allowed: a path within the bucket.",
    ],
    [
      ['--at', 'banana'],
      "lifeboat: option '--at <time>' argument 'banana' is invalid. Allowed: a time such as 2026-11-20T22:40:00Z.",
    ],
    [
      ['--at', '2026-02-30T00:00:00Z'],
      "lifeboat: option '--at <time>' argument '2026-02-30T00:00:00Z' is invalid. Allowed: a time such as 2026-11-20T22:40:00Z.",
    ],
    [['--bucket', REAL, '--seal', 'no-such'], '--seal no-such: cannot be read: no such file or directory'],
    [['--bucket', REAL, '--seal', 'README.md'], '--seal README.md: no seal of lifeboat seal: it is no JSON'],
    [
      ['--bucket', REAL, '--seal', 'package.json'],
      '--seal package.json: no seal of lifeboat seal: version: Invalid input: expected 2',
    ],
    [['--seal', 'x'], '--seal: only together with --bucket'],
    [['--bucket', REAL, '--region', 'x'], '--region: only for a bucket of S3'],
    [
      ['--bucket', 's3://some-bucket', '--seal', 'x'],
      '--seal: only for a directory; a bucket of S3 is judged by its own seals',
    ],
    [['--bucket', 's3://'], '--bucket s3://: allowed: s3://<name of a bucket>/<prefix>'],
    [['--bucket', 's3://some-bucket'], '--bucket s3://some-bucket: not a bucket of lifeboat.yaml: say its --region'],
  ])('%j', async (args, line) => {
    expect(await refused(...args)).toBe(line);
  });

  it('where the backups lie a prefix deeper, it says so', async () => {
    expect(await refused('--bucket', copyOf(REAL, 'velero'))).toMatch(/; try --prefix velero$/);
  });

  it('where backups is a file', async () => {
    const root = directory();
    writeFileSync(join(root, 'backups'), '');
    expect(await refused('--bucket', root)).toMatch(/: backups\/ is not a directory$/);
  });

  it('where the seal is of another bucket, of a backup twice, or empty', async () => {
    const moved = await sealed(MOVED);
    expect(await refused('--bucket', REAL, '--seal', moved)).toBe(
      `--seal ${moved}: of another bucket: none of its 1 backups is in ${REAL}`,
    );
    const { seals } = JSON.parse(readFileSync(moved, 'utf8'));
    const twice = written(JSON.stringify({ version: 2, seals: [...seals, ...seals] }));
    expect(await refused('--bucket', MOVED, '--seal', twice)).toMatch(/seals\.1\.seal\.backup: .* is sealed twice$/);
    expect(await refused('--bucket', MOVED, '--seal', written('{"version":2,"seals":[{}]}'))).toMatch(
      /no seal of lifeboat seal: seals\.0\.seal: /,
    );
  });
});
