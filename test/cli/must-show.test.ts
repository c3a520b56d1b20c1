import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PHASES, type RehearsalSummary } from '../../src/rehearsal/result.ts';
import { ROOT } from './command-line.ts';

/** The real program, with the real rehearsal, in a process of its own. */
function real(
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ status: number | null; out: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/lifeboat.js'), 'rehearse', 'region-loss', ...args], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, out }));
  });
}

describe('npx lifeboat rehearse region-loss --seed 1 --json', () => {
  it('recovers and keeps every promise, the same wherever and however it runs', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'lifeboat-'));
    const [here, there] = await Promise.all([
      real(['--seed', '1', '--json'], ROOT, { TZ: 'UTC', LC_ALL: 'C' }),
      real(['--seed', '1', '--json', '--plan', join(ROOT, 'lifeboat.yaml'), '--report', 'out'], elsewhere, {
        TZ: 'America/St_Johns',
        LC_ALL: 'de_DE.UTF-8',
        NO_COLOR: '1',
      }),
    ]);
    const summary = JSON.parse(here.out) as RehearsalSummary;
    expect([here.status, there.status]).toEqual([0, 0]);
    expect(summary).toMatchObject({ outcome: 'recovered', expected: true });
    expect(summary.calls).toMatchObject({ denied: 0, primaryRegion: 0, usEast1ControlPlane: 0 });
    expect(summary.invariants.filter(({ held }) => held)).toHaveLength(11);
    const { phases } = summary;
    expect(PHASES.reduce((sum, phase) => sum + (phases?.[phase] ?? 0), 0)).toBe(summary.rtoSeconds);
    expect({ ...(JSON.parse(there.out) as RehearsalSummary), wallMs: 0 }).toEqual({ ...summary, wallMs: 0 });
  }, 60_000);
});
