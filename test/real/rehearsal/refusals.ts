import { spawnSync } from 'node:child_process';
import type { Plan } from '../../../src/plan/schema.ts';
import { BadInput } from '../../../src/rehearsal/bad-input.ts';

/** What the real parts are built and run with, and where it comes from. */
const PROGRAMS: Record<string, string> = {
  go: 'Go 1.26 or later',
  python3: 'Python 3.11 or later, with venv',
  openssl: 'OpenSSL',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
};

/** Refuses a machine or a plan that the real parts cannot be had with, before anything is built or started. */
export function requireMachine({ stores }: Plan): void {
  if (process.platform !== 'linux') throw new BadInput(`--real: needs Linux, and this is ${process.platform}`);
  if (process.getuid?.() !== 0)
    throw new BadInput('--real: needs root, for mounts and network namespaces of its own; run it with sudo');
  const missing = Object.keys(PROGRAMS).filter((name) => spawnSync('which', [name]).status !== 0);
  if (missing.length > 0)
    throw new BadInput(
      ...missing.map((name) => `--real: needs ${name}, which is not there; install ${PROGRAMS[name]}`),
    );
  if (stores.backups.endpoint !== undefined)
    throw new BadInput('--real: stores.backups.endpoint names another store than S3, which it has nothing for');
}
