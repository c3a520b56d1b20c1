import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type MemoryBucket, realMoments } from '../operations/memory-bucket.ts';
import {
  AT,
  CONFIGURATION,
  CRITICAL,
  copyOf,
  directory,
  MOVED,
  points,
  REAL,
  refused,
  sealed,
} from './bucket-directories.ts';
import { lifeboat, ROOT } from './command-line.ts';

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
