import { spawnSync } from 'node:child_process';
import type { Plan } from '../../../src/plan/schema.ts';
import { BadInput } from '../../../src/rehearsal/bad-input.ts';
import type { FaultKind, Scenario } from '../../../src/rehearsal/scenario-schema.ts';

/** What the real parts are built and run with, and where it comes from. */
const PROGRAMS: Record<string, string> = {
  go: 'Go 1.26 or later',
  python3: 'Python 3.11 or later, with venv',
  openssl: 'OpenSSL',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
};

/** What happens inside of clusters and buckets; here only the twin's own can be told to. */
const OF_THE_TWIN_ALONE: FaultKind[] = [
  ...(['node-loss', 'zone-loss', 'pod-crash', 'primary-returns'] as const),
  ...(['backup-corruption', 'backup-silent-failure', 'data-corruption'] as const),
];

/** Refuses a machine, a plan or a scenario that the real parts cannot be had with, before anything is built or started. */
export function refuseUnfit({ stores }: Plan, { name, faults }: Scenario): void {
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
  for (const fault of faults) {
    if (OF_THE_TWIN_ALONE.includes(fault.kind))
      throw new BadInput(`--real: scenario ${name}: ${fault.kind} is only simulated`);
    if (fault.kind === 'region-loss' && fault.for !== undefined)
      throw new BadInput(
        `--real: scenario ${name}: a region whose cluster really ran does not return (region-loss, for)`,
      );
  }
}
