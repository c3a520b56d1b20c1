import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ACCOUNT } from './place.ts';
import { python } from './virtual-environment.ts';

const STARTED_WITHIN_MS = 60_000;

export type Moto = { url: URL; interpreter: string; stop(): Promise<void> };

/** Starts moto's server. It ends with its standard input, so also when this process is killed. */
export async function startMoto(): Promise<Moto> {
  const interpreter = await python();
  const environment = { ...process.env, MOTO_ACCOUNT_ID: ACCOUNT, PYTHONUNBUFFERED: '1' };
  const server = spawn(interpreter, [join(import.meta.dirname, 'moto_server.py')], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = new URL(`http://127.0.0.1:${await portOf(server)}`);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    server.stdin.end();
    return ended;
  };
  return { url, interpreter, stop };
}

/** The server says its port when it listens. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('moto did not start')), STARTED_WITHIN_MS);
    late.unref();
    child.on('error', reject);
    child.on('exit', (status) => reject(new Error(`moto ended with ${status}`)));
    child.stdout?.once('data', (said: Buffer) => resolve(Number.parseInt(said.toString(), 10)));
  });
}
