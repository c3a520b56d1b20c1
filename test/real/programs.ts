import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const REPRODUCIBLE = ['-trimpath', '-buildvcs=false'];
const TOLD_EVERY = 250;

/** A folder with a `go.mod`, whose `tool` lines are what is built. */
export type GoModule = {
  folder: string;
  /** What is made, to people. */
  title: string;
  /** To the linker: the version that the programs say. */
  linker: string;
  /** Go names a program by the end of its path: those that shall be called otherwise. */
  renamed?: Record<string, string>;
};

/** A directory with a module's programs: built once, outside the repository, and kept. */
export async function programs(module: GoModule): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lifeboat', 'real');
  const files = globSync('**/*.{go,mod,sum}', { cwd: module.folder }).sort();
  const sources = files.map((file) => readFileSync(join(module.folder, file)));
  const digest = createHash('sha256')
    .update(Buffer.concat(sources))
    .update(flagsOf(module).join(' '))
    .digest('hex')
    .slice(0, 16);
  const home = join(cache, digest);
  if (!existsSync(home)) await make(module, cache, home);
  return home;
}

const flagsOf = ({ linker }: GoModule): string[] => [...REPRODUCIBLE, '-ldflags', `-s -w ${linker}`];

/** Made beside its place and moved there whole, so that what is there is complete, whoever else makes one meanwhile. */
async function make(module: GoModule, cache: string, home: string): Promise<void> {
  process.stderr.write(`building ${module.title} in ${home}; this takes five to ten minutes, once\n`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'making-'));
  try {
    await build(module, draft);
    for (const [made, name] of Object.entries(module.renamed ?? {})) renameSync(join(draft, made), join(draft, name));
    if (!existsSync(home)) renameSync(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Go names each package that it compiles: they are counted, so that somebody who waits sees it move. */
function build(module: GoModule, into: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-p=2', GOWORK: 'off' };
  const child = spawn('nice', ['go', 'build', '-v', ...flagsOf(module), '-o', `${into}/`, 'tool'], {
    cwd: module.folder,
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let packages = 0;
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000);
    for (let lines = text.split('\n').length - 1; lines > 0; lines--)
      if (++packages % TOLD_EVERY === 0) process.stderr.write(`${packages} packages compiled\n`);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) =>
      status === 0
        ? resolve()
        : reject(new Error(`go build ended with ${status}; Go 1.26 or later is needed (\`go version\`):\n${said}`)),
    );
  });
}
