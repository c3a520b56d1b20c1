import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lifeboat } from './command-line.ts';

const KEYS = [
  'scenario',
  'seed',
  'outcome',
  'expected',
  'rtoSeconds',
  'phases',
  'tiers',
  'stores',
  'invariants',
  'calls',
  'transitions',
  'virtualSeconds',
  'wallMs',
  'digest',
];

describe('lifeboat rehearse', () => {
  it('loses a region with seed 1 unless it is told otherwise', async () => {
    const { status, out } = await lifeboat(['rehearse']);
    expect(status).toBe(0);
    expect(out.split('\n')[0]).toBe('seed 1 · region-loss · 04:40:07Z loss of us-west-2 (primary)');
  });

  it('prints one JSON document and nothing else on standard output, its keys in the order of the contract', async () => {
    const { status, out, err } = await lifeboat(['rehearse', '--json', '--seed', '2']);
    expect(status).toBe(0);
    expect(Object.keys(JSON.parse(out) as object)).toEqual(KEYS);
    expect(out.trim().startsWith('{') && out.trim().endsWith('}')).toBe(true);
    expect(err).toContain('RECOVERED in 11m 52s');
  });

  it('ends with status 1 and, as its last line, the command that repeats it, when an invariant is broken', async () => {
    const { status, out } = await lifeboat(['rehearse', 'region-loss', '--seed', '13', '--plan', 'lifeboat.yaml']);
    expect(status).toBe(1);
    expect(out.trimEnd().split('\n').at(-1)).toBe('npx lifeboat rehearse region-loss --seed 13 --plan lifeboat.yaml');
  });

  it('ends with status 1 when a promise was missed, and says who must act', async () => {
    const { status, out } = await lifeboat(['rehearse', '--seed', '14']);
    expect(status).toBe(1);
    expect(out).toContain("→ the plan's owner: ");
  });

  it('says in one line what is not simulated, with the command that repeats it, and ends with status 1', async () => {
    const { status, err } = await lifeboat(['rehearse', '--seed', '15']);
    expect(status).toBe(1);
    expect(err).toBe(
      'lifeboat: it could not go on: ec2:RunInstances is not simulated; docs/fidelity.md lists what is; repeat it: npx lifeboat rehearse region-loss --seed 15\n',
    );
  });

  it('tells a mistake of its own in one line without a stack', async () => {
    const { status, err } = await lifeboat(['rehearse', '--seed', '17']);
    expect(status).toBe(1);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).not.toContain('    at ');
  });

  it('writes the three reports, and leaves nothing else beside them', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'lifeboat-')), 'a', 'b');
    const { status, out } = await lifeboat(['rehearse', '--report', directory]);
    expect(status).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(['report.html', 'report.json', 'report.md']);
    expect(out.trimEnd().split('\n').at(-1)).toBe(`Report: ${join(directory, 'report.html')}`);
    expect(JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'))).toHaveProperty(
      'summary.outcome',
      'recovered',
    );
  });

  it('paints on a terminal, and only there', async () => {
    const colour = '\u001b[';
    expect((await lifeboat(['rehearse'], { colour: true, interactive: true })).out).toContain(colour);
    expect((await lifeboat(['rehearse'])).out).not.toContain(colour);
  });
});
