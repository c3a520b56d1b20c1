import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** The Python of a virtual environment with all requirements: made once, outside the repository, and kept. */
export async function python(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lifeboat');
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const home = join(cache, `second-opinion-aws-${digest}`);
  if (!existsSync(home)) await make(cache, home);
  return join(home, 'bin', 'python');
}

/** Made beside its place and moved there whole, so that what is there is complete, whoever else makes one meanwhile. */
async function make(cache: string, home: string): Promise<void> {
  process.stderr.write(`making a Python environment in ${home}; this takes a minute or two, once\n`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'making-'));
  try {
    await run('python3', '-m', 'venv', draft);
    await run(join(draft, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS);
    if (!existsSync(home)) renameSync(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function run(command: string, ...parameters: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`${command} ${parameters.join(' ')} ended with ${status}`)),
    );
  });
}
