import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { startControlPlane } from './kubernetes/control-plane.ts';
import { running } from './running.ts';

const HARNESS = join(import.meta.dirname, 'kubernetes', 'control-plane.ts');

async function gone(home: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (!existsSync(home) && running(home).length === 0) return true;
    await pause(100);
  }
  return false;
}

it('runs two at once, and leaves nothing behind when they are stopped', async () => {
  const planes = await Promise.all([startControlPlane(), startControlPlane()]);
  expect(planes[0].endpoint).not.toBe(planes[1].endpoint);
  for (const { home } of planes) expect(running(home).length).toBeGreaterThanOrEqual(3);
  await Promise.all(planes.map((plane) => plane.stop()));
  for (const { home } of planes) expect(await gone(home)).toBe(true);
});

it('leaves nothing behind when whoever started it is killed', async () => {
  const program = `
    import { startControlPlane } from ${JSON.stringify(HARNESS)};
    console.log((await startControlPlane()).home);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TMPDIR: tmpdir() },
  });
  const home = await new Promise<string>((resolve) => child.stdout.once('data', (said) => resolve(`${said}`.trim())));
  expect(running(home).length).toBeGreaterThanOrEqual(3);
  child.kill('SIGKILL');
  expect(await gone(home)).toBe(true);
});
