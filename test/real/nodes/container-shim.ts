import { type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { relay } from './relay.ts';

/** A container, as the process that starts it is told. */
export type Told = {
  root: string;
  hostname: string;
  command: string[];
  env: Record<string, string>;
  mounts: { from: string; to: string; readOnly?: boolean }[];
  relays: { address: string; port: number; path: string }[];
};

/**
 * The first process of a container's namespaces, which are its own already: mounts, network, processes, host name. Makes
 * the network and the root, starts the program there, and ends as that does, with all that the program has started.
 * Ends the program when its own standard input ends. The program runs as root, whatever the pod's security context says.
 *
 *     node container-shim.ts FILE
 */
const told: Told = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const QUIET: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
/** https://tldp.org/LDP/abs/html/exitcodes.html */
const ENDED_BY_SIGNAL = 128;

writeFileSync('/proc/sys/kernel/hostname', told.hostname);
makeNetwork();
makeRoot();
for (const { address, port, path } of told.relays) await relay({ host: address, port }, { path });
const child = spawn('chroot', [told.root, ...told.command], { env: told.env, stdio: ['ignore', 'inherit', 'inherit'] });
process.stdin.on('end', () => child.kill('SIGTERM')).resume();
child.on('exit', (status, signal) => process.exit(status ?? ENDED_BY_SIGNAL + constants.signals[signal ?? 'SIGKILL']));

function makeNetwork(): void {
  execFileSync('ip', ['link', 'set', 'lo', 'up'], QUIET);
  const own = new Set(told.relays.map(({ address }) => address).filter((address) => !address.startsWith('127.')));
  for (const address of own) execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo'], QUIET);
}

function makeRoot(): void {
  for (const directory of ['tmp', 'proc', 'dev', 'root', 'etc/ssl/certs'])
    mkdirSync(join(told.root, directory), { recursive: true });
  writeFileSync(join(told.root, 'etc/hosts'), `127.0.0.1 localhost ${told.hostname}\n`);
  // Nobody answers for names: whoever wants out asks the proxy, which knows them.
  writeFileSync(join(told.root, 'etc/resolv.conf'), '');
  execFileSync('mount', ['-t', 'proc', 'proc', join(told.root, 'proc')], QUIET);
  const devices = ['null', 'zero', 'random', 'urandom'].map((name) => ({ from: `/dev/${name}`, to: `/dev/${name}` }));
  const outerFirst = [...devices, ...told.mounts].sort((a, b) => a.to.length - b.to.length);
  for (const mount of outerFirst) bind(mount);
}

/** What is mounted in there afterwards is seen too: mounts here follow those outside, and never the other way. */
function bind({ from, to, readOnly }: Told['mounts'][number]): void {
  const place = join(told.root, to);
  if (statSync(from).isDirectory()) mkdirSync(place, { recursive: true });
  else if (!existsSync(place)) {
    mkdirSync(dirname(place), { recursive: true });
    closeSync(openSync(place, 'w'));
  }
  execFileSync('mount', ['--rbind', from, place], QUIET);
  if (readOnly) execFileSync('mount', ['-o', 'remount,bind,ro', place], QUIET);
}
