import type { AslEnvironment } from './environment.ts';
import { Failure } from './failure.ts';

/**
 * TimeoutSeconds and HeartbeatSeconds of a task that has started. Without them a task may take for ever: the default
 * of TimeoutSeconds, 99,999,999, is longer than an execution may last.
 */
export class Deadline {
  readonly #environment: AslEnvironment;
  readonly #expired: Promise<Failure>[] = [];
  #lastBeat: number;
  #stopped = false;

  constructor(environment: AslEnvironment, timeoutSeconds: number | undefined, heartbeatSeconds: number | undefined) {
    this.#environment = environment;
    this.#lastBeat = environment.now();
    if (timeoutSeconds !== undefined) this.#expired.push(this.#timeOut(timeoutSeconds));
    if (heartbeatSeconds !== undefined) this.#expired.push(this.#missBeat(heartbeatSeconds));
  }

  beat(): void {
    this.#lastBeat = this.#environment.now();
  }

  /** No more waking up for it. */
  stop(): void {
    this.#stopped = true;
  }

  /** What the work brings, or the failure that came before it. */
  race<T>(work: Promise<T>): Promise<T | Failure> {
    return Promise.race([work, ...this.#expired]);
  }

  async #timeOut(seconds: number): Promise<Failure> {
    await this.#environment.sleep(seconds * 1000);
    return new Failure('States.Timeout');
  }

  async #missBeat(seconds: number): Promise<Failure> {
    for (;;) {
      const left = this.#lastBeat + seconds * 1000 - this.#environment.now();
      if (left <= 0 || this.#stopped) return new Failure('States.Timeout', undefined, 'States.HeartbeatTimeout');
      await this.#environment.sleep(left);
    }
  }
}
