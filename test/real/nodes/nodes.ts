import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { firstLine } from '../first-line.ts';
import type { ControlPlane } from '../kubernetes/control-plane.ts';
import { KUBERNETES } from '../kubernetes/module.ts';
import { programs } from '../programs.ts';
import { VELERO } from '../velero/module.ts';
import { snapshotDefinitions } from './snapshot-kinds.ts';

export type Nodes = {
  /** Where a volume's bytes are. */
  directoryOf(pv: string): string;
  /**
   * The directory with all that they have: `logs/<namespace>_<pod>_<container>.log`, and for each node one of its name, in
   * which `var/lib/kubelet/pods` is as on a node.
   */
  home: string;
  stop(): Promise<void>;
};

/** What the nodes' own process is told. */
export type Given = {
  controlPlane: Pick<ControlPlane, 'endpoint' | 'token' | 'certificateAuthority'>;
  names: string[];
  region: string;
  proxy: { port: number; certificateAuthority: string };
  /** The directory with Velero's programs. */
  programs: string;
  /** The program that answers `exec`. */
  exec: string;
  /** The directory with the kinds of snapshots, where disks can have some. */
  definitions?: string;
};

/**
 * A cluster's nodes, scheduler and storage, in a process group and a mount namespace of their own. They end when `stop` is
 * called or this process is no more, and nothing is mounted that this process could see.
 * @param snapshots whether disks can have snapshots, of kinds that the cluster is then given
 */
export async function startNodes({
  snapshots = false,
  ...given
}: Omit<Given, 'programs' | 'exec' | 'definitions'> & { snapshots?: boolean }): Promise<Nodes> {
  const { endpoint, token, certificateAuthority } = given.controlPlane;
  const told: Given = {
    ...given,
    ...(snapshots && { definitions: snapshotDefinitions() }),
    controlPlane: { endpoint, token, certificateAuthority },
    programs: await programs(VELERO),
    exec: join(await programs(KUBERNETES), 'kubelet-exec'),
  };
  const runner = [process.execPath, join(import.meta.dirname, 'run-nodes.ts'), JSON.stringify(told)];
  const child = spawn('unshare', ['--mount', '--propagation', 'private', ...runner], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const { home } = JSON.parse(await firstLine(child, 'the nodes'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    home,
    directoryOf: (pv) => join(home, 'volumes', pv),
    stop() {
      child.stdin.end();
      return ended;
    },
  };
}
