import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { ContainerProcess } from './container-process.ts';

export type Terminated = { since: string; until: string; exitCode: number; message: string };
export type State =
  | { kind: 'waiting'; reason: string; message?: string }
  | { kind: 'running'; since: string }
  | ({ kind: 'terminated' } & Terminated);

/** Starts one run of a container; undefined when there is nothing to run, and it stays. */
export type Starter = (container: KubeObject, run: number) => Promise<ContainerProcess | undefined>;

/** The kubelet's are ten times as long. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** One container of a pod, over all its runs. */
export class Container {
  readonly spec: KubeObject;
  state: State = { kind: 'waiting', reason: 'ContainerCreating' };
  last: Terminated | undefined;
  restarts = 0;
  readonly #start: Starter;
  readonly #restarts: (exitCode: number) => boolean;
  #process: ContainerProcess | undefined;
  #notBefore = 0;
  #ending = false;

  constructor(spec: KubeObject, restarts: (exitCode: number) => boolean, start: Starter) {
    this.spec = spec;
    this.#restarts = restarts;
    this.#start = start;
  }

  get succeeded(): boolean {
    return this.state.kind === 'terminated' && this.state.exitCode === 0;
  }

  /** Whether it has ended for good. */
  get over(): boolean {
    return this.state.kind === 'terminated' && (this.#ending || !this.#restarts(this.state.exitCode));
  }

  async advance(): Promise<void> {
    if (this.state.kind === 'terminated' && !this.over) this.#waitForRestart(this.state);
    if (this.state.kind !== 'waiting' || this.#ending || performance.now() < this.#notBefore) return;
    const since = new Date().toISOString();
    try {
      this.#process = await this.#start(this.spec, this.restarts);
    } catch (error) {
      this.state = { kind: 'waiting', reason: 'CreateContainerConfigError', message: `${(error as Error).message}` };
      return;
    }
    this.state = { kind: 'running', since };
    this.#process?.ended.then(
      ({ exitCode, message }) => this.#finish(since, exitCode, message),
      (error: Error) => this.#finish(since, 128, error.message),
    );
  }

  /** Who was asked before is asked again only to end at once. */
  end(withinMs: number): void {
    if (this.#ending && withinMs > 0) return;
    this.#ending = true;
    if (this.#process !== undefined) this.#process.end(withinMs);
    else if (this.state.kind !== 'terminated') this.#finish(new Date().toISOString(), 137, '');
  }

  #finish(since: string, exitCode: number, message: string): void {
    this.#process = undefined;
    this.state = { kind: 'terminated', since, until: new Date().toISOString(), exitCode, message };
  }

  #waitForRestart({ since, until, exitCode, message }: Terminated): void {
    this.last = { since, until, exitCode, message };
    this.#notBefore = performance.now() + Math.min(FIRST_PAUSE_MS * 2 ** this.restarts, LONGEST_PAUSE_MS);
    this.restarts++;
    this.state = { kind: 'waiting', reason: 'CrashLoopBackOff' };
  }
}

/** A run of something that has nothing to do. */
export const nothingToDo: ContainerProcess = { ended: Promise.resolve({ exitCode: 0, message: '' }), end: () => {} };
