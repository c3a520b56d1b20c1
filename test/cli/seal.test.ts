import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { SignedSeal } from '../../src/domain/seal.ts';
import { lifeboat, ROOT } from './command-line.ts';

const REAL = 'test/fixtures/velero-1.18.2/bucket';
const MOVED = 'test/fixtures/velero-1.18.2-moved/bucket';

const directory = (): string => mkdtempSync(join(tmpdir(), 'lifeboat-'));
const sealsIn = (file: string): SignedSeal[] => JSON.parse(readFileSync(file, 'utf8')).seals;

describe('lifeboat seal', () => {
  it('writes a seal of every backup, unsigned, and says so', async () => {
    const file = join(directory(), 'seals.json');
    const { status, out, err } = await lifeboat(['seal', REAL, '--out', file, '--at', '2026-11-20T22:40:00Z']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      `Written to ${file}, unsigned: these seals prove what lay in this copy`,
    );
    expect(sealsIn(file).map(({ seal, signature }) => [seal.backup, seal.sealedAt, signature])).toEqual([
      ['critical-15m-20261120221500', '2026-11-20T22:40:00.000Z', null],
      ['critical-15m-20261120223000', '2026-11-20T22:40:00.000Z', null],
      ['config-hourly-20261120220000', '2026-11-20T22:40:00.000Z', null],
      ['full-daily-20261120020000', '2026-11-20T22:40:00.000Z', null],
    ]);
  });

  it('names a repository whole once, and goes on from there', async () => {
    const file = join(directory(), 'seals.json');
    await lifeboat(['seal', REAL, '--out', file]);
    const repositories = sealsIn(file).map(({ seal }) =>
      seal.repositories.map(({ folder, since, added }) => [folder.split('/')[2], since, added.length > 0]),
    );
    const [first, second] = ['critical-15m-20261120221500', 'critical-15m-20261120223000'];
    expect(repositories.map((of) => of.toSorted())).toEqual([
      [
        ['knative-lambda', null, true],
        ['rabbitmq-system', null, true],
      ],
      [
        ['knative-lambda', first, false],
        ['rabbitmq-system', first, false],
      ],
      [],
      [
        ['knative-lambda', second, false],
        ['monitoring', null, true],
        ['rabbitmq-system', second, false],
      ],
    ]);
  });

  it('tells the same as one document', async () => {
    const file = join(directory(), 'seals.json');
    const { out, err } = await lifeboat(['seal', MOVED, '--out', file, '--json']);
    expect(JSON.parse(out)).toMatchObject({
      file,
      signed: false,
      sealed: [{ backup: 'moved-20261120230000', objects: 9, repositories: [{ since: null }, { since: null }] }],
      refused: [],
    });
    expect(err).toContain('unsigned');
  });

  it('names the same objects wherever Velero lies in the bucket', async () => {
    const root = directory();
    cpSync(join(ROOT, REAL), join(root, 'velero'), { recursive: true });
    const [here, there] = [join(root, 'here.json'), join(root, 'there.json')];
    const at = ['--at', '2026-11-20T22:40:00Z'];
    await lifeboat(['seal', REAL, '--out', here, ...at]);
    await lifeboat(['seal', root, '--prefix', 'velero', '--out', there, ...at]);
    expect(readFileSync(there, 'utf8')).toBe(readFileSync(here, 'utf8'));
  });

  it('writes over its own file, over no other, and leaves nothing half-written behind', async () => {
    const root = directory();
    const file = join(root, 'seals.json');
    for (let times = 0; times < 2; times++) expect((await lifeboat(['seal', REAL, '--out', file])).status).toBe(0);
    writeFileSync(file, 'my notes');
    const { status, err } = await lifeboat(['seal', REAL, '--out', file]);
    expect({ status, err }).toEqual({
      status: 2,
      err: `--out ${file}: there is a file that is no seal; it is left alone\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('my notes');
    expect(readdirSync(root)).toEqual(['seals.json']);
  });

  it('refuses what is not final, with the reason, and writes nothing when nothing is', async () => {
    const root = directory();
    cpSync(join(ROOT, MOVED), root, { recursive: true });
    const name = 'moved-20261120230000';
    cpSync(join(ROOT, MOVED, '../earlier', `${name}.tar.gz`), join(root, `backups/${name}/${name}.tar.gz`));
    const file = join(directory(), 'seals.json');
    const { status, out } = await lifeboat(['seal', root, '--out', file, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(out)).toEqual({
      file: null,
      signed: false,
      sealed: [],
      refused: [{ backup: name, reason: expect.stringContaining('0 of 4 moved volumes') }],
    });
    expect(() => readFileSync(file)).toThrow();
  });

  it('seals the others where one is damaged', async () => {
    const root = directory();
    cpSync(join(ROOT, REAL), root, { recursive: true });
    const damaged = 'critical-15m-20261120221500';
    writeFileSync(join(root, 'backups', damaged, `${damaged}-volumeinfo.json.gz`), '');
    rmSync(join(root, 'kopia/monitoring/kopia.repository'));
    const file = join(root, 'seals.json');
    const { status, out } = await lifeboat(['seal', root, '--out', file]);
    expect(status).toBe(0);
    expect(out).toContain(`not sealed  ${damaged}:`);
    expect(out.replaceAll(/\s+/g, ' ')).toContain("kopia's repository of monitoring has no kopia.repository");
    expect(sealsIn(file).map(({ seal }) => seal.backup)).toEqual([
      'critical-15m-20261120223000',
      'config-hourly-20261120220000',
    ]);
  });

  it.each([
    [['no-such', '--out', 'x.json'], 'seal no-such: no such file or directory'],
    [['src', '--out', 'x.json'], 'seal src: no backups/ in it: not a bucket that Velero writes to'],
    [[REAL], "lifeboat: required option '--out <file>' not specified"],
    [[REAL, '--out', 'no/such/x.json'], '--out no/such/x.json: cannot be written: no such file or directory'],
    [[REAL, '--out', 'src'], '--out src: cannot be written: it is a directory'],
    [[REAL, '--out', 'package.json'], '--out package.json: there is a file that is no seal; it is left alone'],
    [
      [REAL, '--out', 'x.json', '--at', 'now'],
      "lifeboat: option '--at <time>' argument 'now' is invalid. Allowed: a time such as 2026-11-20T22:40:00Z.",
    ],
  ])('refuses %j with one line', async (args, line) => {
    expect(await lifeboat(['seal', ...args])).toEqual({ status: 2, out: '', err: `${line}\n` });
  });
});
