import { setTimeout as pause } from 'node:timers/promises';
import { type Cancel, Kernel } from '../../../src/rehearsal/kernel/kernel.ts';

/** The longest that a timer of Node's waits. https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_MS = 2 ** 31 - 1;
const LOOK_EVERY_MS = 100;

/** A kernel whose time is that of the world outside: what really runs takes the time that it takes. */
export class RealTime extends Kernel {
  readonly #timers = new Set<NodeJS.Timeout>();
  #failed: { error: unknown } | undefined;
  #ended = false;

  override get now(): number {
    return Date.now();
  }

  override schedule(delayMs: number, act: () => void): Cancel {
    if (this.#ended) return () => {};
    const at = Date.now() + Math.max(0, delayMs);
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      timer = setTimeout(ring, Math.min(LONGEST_MS, Math.max(0, at - Date.now())));
      this.#timers.add(timer);
    };
    const ring = (): void => {
      this.#timers.delete(timer);
      try {
        if (Date.now() < at - 1) wait();
        else act();
      } catch (error) {
        this.fail(error);
      }
    };
    wait();
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** Real promises run by themselves. */
  override touched(): void {}

  override fail(error: unknown): void {
    this.#failed ??= { error };
  }

  override async run(until: number, done: () => boolean = () => false): Promise<void> {
    for (;;) {
      if (this.#failed !== undefined) throw this.#failed.error;
      if (done() || Date.now() > until) return;
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Nothing that was scheduled happens any more. */
  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
