import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { running } from './running.ts';

/** Seven minutes on two free cores. */
const WITHIN_MS = 40 * 60_000;

const mounts = readFileSync('/proc/mounts', 'utf8');
let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lifeboat-real-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

/** As a person runs it, but that all that it makes lies in a directory of its own. */
function rehearse(...more: string[]): ChildProcess {
  const args = ['src/cli/main.ts', 'rehearse', '--real', '--seed', '7', ...more];
  const env = { ...process.env, TMPDIR: home, NODE_OPTIONS: '' };
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function told(child: ChildProcess): { text(): string; ended: Promise<number | NodeJS.Signals | null> } {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (status, signal) => resolve(status ?? signal)),
  );
  return { text: () => text, ended };
}

async function expectNothingLeft(): Promise<void> {
  for (let tries = 0; tries < 100 && (running(home).length > 0 || readdirSync(home).length > 0); tries++)
    await pause(100);
  expect(running(home)).toEqual([]);
  expect(readdirSync(home)).toEqual([]);
  expect(readFileSync('/proc/mounts', 'utf8')).toBe(mounts);
}

it(
  'loses a region, and the real Velero brings back every object and every byte in the other one',
  async () => {
    const report = mkdtempSync(join(tmpdir(), 'lifeboat-report-'));
    const { text, ended } = told(rehearse('--json', '--report', report));
    const status = await ended;
    const said = text();
    if (status !== 0) throw new Error(`it ended with ${status}: ${said}`);
    const summary = JSON.parse(said.slice(said.indexOf('\n{') + 1, said.lastIndexOf('}') + 1));
    expect(summary).toMatchObject({ outcome: 'recovered', expected: true, calls: { denied: 0 } });
    const page = readFileSync(join(report, 'report.md'), 'utf8').replaceAll('\n', ' ');
    const [, objects, ofObjects, volumes, ofVolumes] =
      /(\d+) of (\d+) objects and (\d+) of (\d+) volumes came back/.exec(page) ?? [];
    expect([objects, volumes]).toEqual([ofObjects, ofVolumes]);
    expect(Number(volumes)).toBeGreaterThan(5);
    await expectNothingLeft();
    rmSync(report, { recursive: true });
  },
  WITHIN_MS,
);

it(
  'leaves nothing running, mounted or lying about when it is interrupted',
  async () => {
    const child = rehearse();
    const { text, ended } = told(child);
    while (!text().includes('having Velero installed')) await Promise.race([pause(200), failWhenOver(ended, text)]);
    await pause(5_000);
    expect(running(home).length).toBeGreaterThan(5);
    child.kill('SIGINT');
    await ended;
    await expectNothingLeft();
  },
  WITHIN_MS,
);

async function failWhenOver(ended: Promise<unknown>, text: () => string): Promise<never> {
  throw new Error(`it ended with ${await ended}: ${text()}`);
}
