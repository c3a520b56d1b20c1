import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { firstLine } from '../first-line.ts';
import { programs } from '../programs.ts';
import { KUBERNETES } from './module.ts';

/** How to reach it: `certificateAuthority` as the gateways take it, PEM in base64. */
export type ControlPlane = {
  endpoint: string;
  token: string;
  certificateAuthority: string;
  /** The directory with all that it has. */
  home: string;
  stop(): Promise<void>;
};

/** Between looking for free ports and listening at them, somebody else may have taken one. */
const TRIES = 3;

/** A real control plane in a process group of its own, which ends when `stop` is called or this process is no more. */
export async function startControlPlane(): Promise<ControlPlane> {
  const directory = await programs(KUBERNETES);
  for (let tries = 1; ; tries++) {
    try {
      return await start(directory);
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

async function start(directory: string): Promise<ControlPlane> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-control-plane.ts'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const address = JSON.parse(await firstLine(child, 'the control plane'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    child.stdin.end();
    return ended;
  };
  return { ...address, stop };
}
