import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { MOTO_URL, PYTHON } from './moto.ts';
import { python } from './virtual-environment.ts';

const STARTED_WITHIN_MS = 60_000;

let server: ChildProcess | undefined;

/** Starts moto's server once for all tests. It ends with its standard input, so also when this process is killed. */
// biome-ignore lint/style/noDefaultExport: jest wants it so
export default async function setUp(): Promise<void> {
  const interpreter = await python();
  const environment = { ...process.env, MOTO_ACCOUNT_ID: '111122223333', PYTHONUNBUFFERED: '1' };
  server = spawn(interpreter, [join(import.meta.dirname, 'moto_server.py')], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  process.env[MOTO_URL] = `http://127.0.0.1:${await portOf(server)}`;
  process.env[PYTHON] = interpreter;
}

export function tearDown(): void {
  server?.stdin?.end();
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
