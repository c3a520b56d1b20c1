import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lifeboat, ROOT } from './command-line.ts';

const directory = (): string => mkdtempSync(join(tmpdir(), 'lifeboat-'));

function fileWith(text: string): string {
  const path = join(directory(), 'given.yaml');
  writeFileSync(path, text);
  return path;
}

/** Status 2, clear lines on standard error, nothing on standard output, no stack. */
async function refused(args: string[]): Promise<string[]> {
  const { status, out, err } = await lifeboat(args);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).not.toContain('    at ');
  return err.trimEnd().split('\n');
}

describe('bad usage ends with status 2 and one line', () => {
  it.each([
    [
      ['rehearse', '--seed', 'banana'],
      "lifeboat: option '--seed <n>' argument 'banana' is invalid. Allowed: a whole number, 0 or more.",
    ],
    [
      ['rehearse', '--seed', '-1'],
      "lifeboat: option '--seed <n>' argument '-1' is invalid. Allowed: a whole number, 0 or more.",
    ],
    [['rehearse', '--sed', '3'], "lifeboat: unknown option '--sed' (Did you mean --seed?)"],
    [['rehearze'], "lifeboat: unknown command 'rehearze' (Did you mean rehearse?)"],
    [['rehearse', 'a', 'b'], "lifeboat: too many arguments for 'rehearse'. Expected 1 argument but got 2."],
    [
      ['campaign', '--runs', '0'],
      "lifeboat: option '--runs <n>' argument '0' is invalid. Allowed: a whole number, 1 to 1000000.",
    ],
    [
      ['rehearse', '--workloads', '.', '--assembly', '.'],
      "lifeboat: option '--workloads <dir>' cannot be used with option '--assembly <dir>'",
    ],
    [['rehearse', '--workloads', '/no/such'], '--workloads /no/such: no such file or directory'],
    [['rehearse', '--workloads', 'package.json'], '--workloads package.json: not a directory'],
    [['rehearse', '--assembly', 'src'], '--assembly src: no manifest.json: not a cloud assembly, such as cdk.out'],
    [['rehearse', '--report', ''], "lifeboat: option '--report <dir>' argument '' is invalid. Allowed: a directory."],
    [
      ['rehearse', '--workloads', ' '],
      "lifeboat: option '--workloads <dir>' argument ' ' is invalid. Allowed: a directory.",
    ],
    [['rehearse', '--report', 'package.json'], '--report package.json: cannot be written: not a directory'],
    [['rehearse', '--report', 'package.json/x'], '--report package.json/x: cannot be written: not a directory'],
    [['rehearse', '--report', '/proc/no/such'], '--report /proc/no/such: cannot be written: no such file or directory'],
    [['rehearse', '--plan', 'no-such.yaml'], 'no-such.yaml: cannot be read: no such file or directory'],
    [['rehearse', '--plan', 'src'], 'src: cannot be read: it is a directory'],
  ])('%j', async (args, line) => {
    expect(await refused(args)).toEqual([line]);
  });
});

describe('bad input ends with status 2', () => {
  it('names the known scenarios, and the nearest', async () => {
    const [line, ...more] = await refused(['rehearse', 'regionloss']);
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^scenario regionloss: no such name or file; did you mean region-loss\? known: .*blip, .*region-loss/,
    );
  });

  it('refuses an empty directory of manifests', async () => {
    const empty = directory();
    expect(await refused(['rehearse', '--workloads', empty])).toEqual([`--workloads ${empty}: the directory is empty`]);
  });

  it('tells every mistake of a scenario at once, each with file, line and field', async () => {
    const file = fileWith(
      'name: mine\nfaults:\n  - { at: 10m, kind: meteor }\n  - { at: 10m, kind: region-loss, region: primary, size: 3 }\nexpects: {}\n',
    );
    const lines = await refused(['rehearse', file]);
    expect(lines).toEqual([
      expect.stringMatching(/given\.yaml:3: faults\.0\.kind: found "meteor", allowed: region-loss, zone-loss, /),
      expect.stringMatching(/given\.yaml:4: faults\.1\.size: found an unknown field, allowed: /),
      expect.stringMatching(/given\.yaml:5: expects: found an unknown field, allowed: expect/),
    ]);
  });

  it('refuses what a scenario sets where the plan has no such field, with the line of the scenario', async () => {
    const file = fileWith('name: mine\nset:\n  decision.approvel: automatic\n');
    expect(await refused(['rehearse', file])).toEqual([
      `${file}:3: set.decision.approvel: found an unknown field approvel, allowed: approval (did you mean that?)`,
    ]);
  });

  it('refuses a value that a scenario sets and the plan does not take, with the line of the scenario', async () => {
    const file = fileWith('name: mine\nset:\n  decision.approval: automatic\n  tiers.0.rto: banana\n');
    expect(await refused(['rehearse', file])).toEqual([
      `${file}:4: set.tiers.0.rto: found "banana", allowed: a length of time such as 30s, 15m, 24h or 30d`,
    ]);
  });

  it('tells every mistake of a plan at once, each with file, line and field', async () => {
    const text = readFileSync(join(ROOT, 'lifeboat.yaml'), 'utf8')
      .replace('rto: 30m', 'rto: soon')
      .replace('posture: pilot', 'posture: lukewarm')
      .replace('downVotes: 2', 'downvotes: 2');
    expect(await refused(['rehearse', '--plan', fileWith(text)])).toEqual([
      expect.stringMatching(/:\d+: posture: found "lukewarm", allowed: pilot$/),
      expect.stringMatching(/:\d+: tiers\.0\.rto: found "soon", allowed: a length of time/),
      expect.stringMatching(/:\d+: detection\.downvotes: found an unknown field, allowed: downVotes/),
    ]);
  });

  it.each([
    ['a list', '- a\n- b\n', /:1: found a list, allowed: a plan: a map of fields/],
    ['an empty file', '', /:1: found an empty file, allowed: a plan: a map of fields/],
    ['bytes that are no text', '\u0000\u0007\u001b[2J', /:1: found text that is not UTF-8, allowed: YAML in UTF-8$/],
  ])('refuses %s in place of a plan', async (_, text, line) => {
    expect(await refused(['rehearse', '--plan', fileWith(text)])).toEqual([expect.stringMatching(line)]);
  });

  it('refuses a role that the plan does not have', async () => {
    const file = fileWith(
      'name: mine\nset: { witness: null }\nfaults: [{ at: 10m, kind: region-loss, region: witness }]\n',
    );
    expect(await refused(['rehearse', file])).toEqual([
      expect.stringMatching(/: faults\.0\.region: the plan \S+ has no witness$/),
    ]);
  });

  it('passes on, a line each, what is wrong with manifests', async () => {
    const { status, err } = await lifeboat(['rehearse', '--seed', '16']);
    expect(status).toBe(2);
    expect(err).toBe('manifests/a.yaml:3: found text that is not YAML\nmanifests/b.yaml: is empty\n');
  });

  it('leaves nothing behind where a report would have gone', async () => {
    const parent = directory();
    mkdirSync(join(parent, 'there'));
    await refused(['rehearse', 'no-such', '--report', join(parent, 'there', 'new')]);
    expect(readdirSync(join(parent, 'there'))).toEqual([]);
  });
});
