import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type MemoryBucket, realMoments } from '../operations/memory-bucket.ts';
import { lifeboat, ROOT } from './command-line.ts';

const REAL = 'test/fixtures/velero-1.18.2/bucket';
const MOVED = 'test/fixtures/velero-1.18.2-moved/bucket';
const AT = ['--at', '2026-11-20T22:40:00Z'];
const CONFIGURATION = 'config-hourly-20261120220000';
const CRITICAL = 'critical-15m-20261120223000';

type Shown = {
  name: string;
  schedule: string;
  moment: string | null;
  verdict: string;
  missing: string[];
  volumes: { namespace: string; name: string; portable: boolean; reason: string }[];
  evidence: { reason: string; seal: string; sealedAt: string | null };
};

const directory = (): string => mkdtempSync(join(tmpdir(), 'lifeboat-'));

function copyOf(bucket: string, into = ''): string {
  const root = directory();
  cpSync(join(ROOT, bucket), join(root, into), { recursive: true });
  return root;
}

/** A bucket of a test's memory, as a directory. */
function written({ files }: MemoryBucket): string {
  const root = directory();
  for (const [key, bytes] of files) {
    const path = join(root, key.slice('velero/'.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return root;
}

async function points(bucket: string, ...more: string[]): Promise<{ status: number; points: Shown[] }> {
  const { status, out } = await lifeboat(['recovery-points', '--bucket', bucket, '--json', ...more]);
  return { status, points: (JSON.parse(out) as { points: Shown[] }).points };
}

const verdicts = (shown: Shown[]): Record<string, string> =>
  Object.fromEntries(shown.map(({ name, verdict }) => [name, verdict]));

async function sealed(bucket: string, ...more: string[]): Promise<string> {
  const file = join(directory(), 'seals.json');
  const { status, err } = await lifeboat(['seal', bucket, '--out', file, ...more]);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return file;
}

async function refused(...args: string[]): Promise<string> {
  const { status, out, err } = await lifeboat(['recovery-points', ...args]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  return err.trimEnd();
}

describe('the real bucket, judged at 2026-11-20T22:40:00Z', () => {
  let seals: string;
  beforeAll(async () => {
    seals = await sealed(REAL);
  });

  it('is restorable to all four points by its seals', async () => {
    const { status, points: shown } = await points(REAL, ...AT, '--seal', seals);
    expect(status).toBe(0);
    expect(shown.map(({ name, verdict, moment }) => [name, verdict, moment])).toEqual([
      ['full-daily-20261120020000', 'restorable', '2026-11-20T22:18:26.000Z'],
      [CONFIGURATION, 'restorable', '2026-11-20T22:18:25.000Z'],
      [CRITICAL, 'restorable', '2026-11-20T22:18:04.000Z'],
      ['critical-15m-20261120221500', 'restorable', '2026-11-20T22:16:56.000Z'],
    ]);
    expect(shown.map(({ evidence }) => evidence.seal)).toEqual(['unsigned', 'unsigned', 'unsigned', 'unsigned']);
  });

  it('has three unproven points without a seal, and the one without volumes is restorable', async () => {
    const { status, points: shown } = await points(REAL, ...AT);
    expect(status).toBe(0);
    expect(shown.map(({ verdict }) => verdict)).toEqual(['unproven', 'restorable', 'unproven', 'unproven']);
  });

  it('tells of each point its schedule, its volumes and the evidence', async () => {
    const { points: shown } = await points(REAL, ...AT, '--seal', seals);
    const { sealedAt } = JSON.parse(readFileSync(seals, 'utf8')).seals[0].seal;
    expect(shown[2]).toEqual({
      name: CRITICAL,
      schedule: 'critical-15m',
      moment: '2026-11-20T22:18:04.000Z',
      verdict: 'restorable',
      missing: [],
      volumes: ['data-rabbitmq-0', 'data-rabbitmq-1', 'data-rabbitmq-2', 'data-build-cache-0'].map((name) => ({
        namespace: name.includes('rabbit') ? 'rabbitmq-system' : 'knative-lambda',
        name,
        portable: true,
        reason: 'PodVolumeBackup',
      })),
      evidence: { reason: 'all that its seal names has arrived', seal: 'unsigned', sealedAt },
    });
  });

  it.each([
    [
      'the one late file that makes Velero restore every volume empty',
      `backups/${CRITICAL}/${CRITICAL}-podvolumebackups.json.gz`,
    ],
    ['the tarball', `backups/${CRITICAL}/${CRITICAL}.tar.gz`],
    ['a pack of data', 'kopia/rabbitmq-system/p1488688ee9ea86c48432b69dcd23f055-sbf1d88ce1349c34f147'],
    ['the description of a repository', 'kopia/rabbitmq-system/kopia.repository'],
  ])('is not restorable without %s, and names it', async (_, key) => {
    const copy = copyOf(REAL);
    rmSync(join(copy, key));
    const { points: shown } = await points(copy, ...AT, '--seal', seals);
    const critical = shown.find(({ name }) => name === CRITICAL);
    expect(critical).toMatchObject({ verdict: 'arriving', missing: [key] });
    expect(critical?.evidence.reason).toMatch(/^1 of its objects has not arrived, missing since /);
  });

  it('at some moments of its writing is restorable to what was whole by then', async () => {
    const moments = [...realMoments('velero-1.18.2')];
    expect(await refused('--bucket', directory(), ...AT, '--seal', seals)).toMatch(/: the directory is empty$/);
    const expected: [moment: number, restorable: number][] = [
      [10, 0],
      [54, 0],
      [130, 1],
      [moments.length - 1, 4],
    ];
    for (const [moment, restorable] of expected) {
      const { points: shown } = await points(written(moments[moment] as MemoryBucket), ...AT, '--seal', seals);
      expect(shown).toHaveLength(4);
      expect([moment, shown.filter(({ verdict }) => verdict === 'restorable').length]).toEqual([moment, restorable]);
    }
  });

  it('lies in a prefix as well, and its keys are told as they lie', async () => {
    const copy = copyOf(REAL, 'some/velero');
    rmSync(join(copy, 'some/velero/backups', CONFIGURATION, `${CONFIGURATION}.tar.gz`));
    const { points: shown } = await points(copy, '--prefix', '/some/velero/', '--seal', seals, ...AT);
    expect(shown.map(({ verdict }) => verdict)).toEqual(['restorable', 'arriving', 'restorable', 'restorable']);
    expect(shown[1]?.missing).toEqual([`some/velero/backups/${CONFIGURATION}/${CONFIGURATION}.tar.gz`]);
  });
});

describe('the real bucket with data movement', () => {
  it('is restorable by its seal, and not with its first tarball', async () => {
    const seals = await sealed(MOVED);
    const at = ['--at', '2026-11-20T22:50:00Z', '--seal', seals];
    expect((await points(MOVED, ...at)).points).toMatchObject([{ verdict: 'restorable', schedule: '' }]);
    const copy = copyOf(MOVED);
    const name = 'moved-20261120230000';
    cpSync(join(ROOT, MOVED, '../earlier', `${name}.tar.gz`), join(copy, `backups/${name}/${name}.tar.gz`));
    expect(await points(copy, ...at)).toMatchObject({ status: 1, points: [{ verdict: 'arriving' }] });
  });
});

describe('what people read', () => {
  it.each([
    [80, 'moment                verdict     volumes  point'],
    [40, 'full-daily-20261120020000'],
  ])('fits into %i columns, newest first, without a colour in a pipe', async (columns, first) => {
    const { status, out } = await lifeboat(['recovery-points', '--bucket', REAL, ...AT], { columns });
    const lines = out.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(lines[0]).toBe(first);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(out).not.toContain('\u001b');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('1 of 4 points are restorable. There is no seal');
  });

  it('names a few of the missing keys, and says how many more there are', async () => {
    const seals = await sealed(REAL);
    const copy = copyOf(REAL);
    rmSync(join(copy, 'kopia/monitoring'), { recursive: true });
    const { status, out } = await lifeboat(['recovery-points', '--bucket', copy, '--seal', seals, ...AT]);
    expect(status).toBe(0);
    expect(out).toMatch(/full-daily-20261120020000\n {2}arriving: 10 of its objects have not arrived,/);
    expect(out).toMatch(/ {2}kopia\/monitoring\/kopia\.blobcfg\n.*\n.*\n {2}and 7 more\n/);
  });

  it('goes to standard error when the one document is asked for', async () => {
    const { out, err } = await lifeboat(['recovery-points', '--bucket', REAL, '--json', ...AT]);
    expect(Object.keys(JSON.parse(out))).toEqual(['points']);
    expect(err).toContain('1 of 4 points are restorable');
  });

  it('colours verdicts on a terminal', async () => {
    const { out } = await lifeboat(['recovery-points', '--bucket', REAL, ...AT], { colour: true });
    expect(out).toContain('\u001b[32mrestorable\u001b[0m');
  });

  it('ends with status 1 when no point is restorable', async () => {
    const { status, out } = await lifeboat(['recovery-points', '--bucket', REAL, '--at', '2027-01-20T00:00:00Z']);
    expect(status).toBe(1);
    expect(out).toContain('expired: expires at 2026-11-21T22:18:04Z');
  });
});

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
