import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = 'v1.35.4';
/** Its `tool` lines are what is built. */
const MODULE = import.meta.dirname;
const FLAGS = [
  '-trimpath',
  '-buildvcs=false',
  '-ldflags',
  `-s -w -X k8s.io/component-base/version.gitVersion=${VERSION}`,
];
const TOLD_EVERY = 250;

/** A directory with etcd, kube-apiserver and kube-controller-manager: built once, outside the repository, and kept. */
export async function programs(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lifeboat', 'real');
  const sources = ['go.mod', 'go.sum'].map((file) => readFileSync(join(MODULE, file)));
  const digest = createHash('sha256').update(Buffer.concat(sources)).update(FLAGS.join(' ')).digest('hex').slice(0, 16);
  const home = join(cache, digest);
  if (!existsSync(home)) await make(cache, home);
  return home;
}

/** Made beside its place and moved there whole, so that what is there is complete, whoever else makes one meanwhile. */
async function make(cache: string, home: string): Promise<void> {
  process.stderr.write(`building Kubernetes ${VERSION} and etcd in ${home}; this takes five to ten minutes, once\n`);
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'making-'));
  try {
    await build(draft);
    renameSync(join(draft, 'server'), join(draft, 'etcd')); // Go names a program by the end of its path.
    if (!existsSync(home)) renameSync(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Go names each package that it compiles: they are counted, so that somebody who waits sees it move. */
function build(into: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-p=2', GOWORK: 'off' };
  const child = spawn('nice', ['go', 'build', '-v', ...FLAGS, '-o', `${into}/`, 'tool'], {
    cwd: MODULE,
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
        : reject(new Error(`go build ended with ${status}; Go 1.25 or later is needed (\`go version\`):\n${said}`)),
    );
  });
}
