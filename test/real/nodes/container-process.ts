import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Told } from './container-shim.ts';

/** A process in namespaces of its own. */
export type ContainerProcess = {
  ended: Promise<{ exitCode: number; message: string }>;
  /** Asks it to end, and kills it when it has not within the time. */
  end(withinMs: number): void;
};

const SHIM = join(import.meta.dirname, 'container-shim.ts');
/** https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/#customizing-the-termination-message */
const MESSAGE_BYTES = 4096;

const running = new Set<ChildProcess>();

/** All there are, at once. */
export function killProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Each process is killed with the one that started it, and a namespace's processes with its first one: when the nodes'
 * process is no more, nothing is left, and no mount either.
 */
export function startProcess(
  directory: string,
  log: string,
  container: KubeObject,
  told: Omit<Told, 'root'>,
): ContainerProcess {
  const root = join(directory, 'root');
  const message = join(directory, 'termination-log');
  mkdirSync(root, { recursive: true });
  writeFileSync(message, '');
  const mounts = [...told.mounts, { from: message, to: container.terminationMessagePath ?? '/dev/termination-log' }];
  const file = join(directory, 'told.json');
  writeFileSync(file, JSON.stringify({ ...told, root, mounts } satisfies Told), { mode: 0o600 });
  const output = openSync(log, 'a');
  const namespaces = ['--mount', '--propagation', 'slave', '--net', '--pid', '--uts', '--fork', '--kill-child'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, process.execPath, SHIM, file], {
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  child.stdin?.on('error', () => {}); // It has ended by itself.
  running.add(child);
  const ended = new Promise<{ exitCode: number; message: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => {
      running.delete(child);
      resolve({ exitCode: status ?? 137, message: readFileSync(message).subarray(0, MESSAGE_BYTES).toString() });
    });
  });
  return {
    ended,
    end(withinMs) {
      child.stdin?.end();
      setTimeout(() => child.kill('SIGKILL'), withinMs).unref();
    },
  };
}
