import { EventQueue, type QueuedEvent } from './event-queue.ts';
import { Random } from './random.ts';

export type Cancel = () => void;

/**
 * Virtual time. It jumps from event to event and never moves otherwise: reading it is free, and it advances
 * only when everything that runs waits for it. Real asynchronous code takes part by awaiting `sleep`, or any
 * promise that an event settles.
 */
export class Kernel {
  readonly random: Random;
  #now: number;
  #order = 0;
  #settled = false;
  #failure: { error: unknown } | undefined;
  readonly #queue = new EventQueue();

  /** @param start virtual time in milliseconds since 1970 */
  constructor(seed: string, start: number) {
    this.random = new Random(seed);
    this.#now = start;
  }

  /** Milliseconds since 1970, virtual. */
  get now(): number {
    return this.#now;
  }

  /** Acts once, after `delayMs`; never within this call, even for a delay of zero. */
  schedule(delayMs: number, act: () => void): Cancel {
    const event: QueuedEvent = { at: this.#now + Math.max(0, delayMs), order: this.#order++, act, cancelled: false };
    this.#queue.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Acts every `periodMs`, first after `firstMs`, until cancelled. */
  every(periodMs: number, act: () => void, firstMs: number = periodMs): Cancel {
    let cancel: Cancel = () => {};
    const tick = () => {
      cancel = this.schedule(periodMs, tick);
      act();
    };
    cancel = this.schedule(firstMs, tick);
    return () => cancel();
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(delayMs, () => {
        this.touched();
        resolve();
      });
    });
  }

  /** Starts asynchronous work that nobody awaits. What it throws ends the run. */
  spawn(work: () => Promise<unknown>): void {
    this.touched();
    work().catch((error) => this.fail(error));
  }

  /** Says that a promise was settled from inside an event, so that its waiters must run before time moves. */
  touched(): void {
    this.#settled = true;
  }

  /** Ends the run with this error, whoever catches what. The first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /**
   * Runs events in order until `until` (inclusive), until `done` answers true, or until none is left.
   * Time ends at `until` unless `done` stopped it earlier.
   */
  async run(until: number, done: () => boolean = () => false): Promise<void> {
    await this.#settle();
    while (!done()) {
      const next = this.#queue.peek();
      if (next === undefined || next.at > until) {
        this.#now = Math.max(this.#now, until);
        return;
      }
      this.#queue.pop();
      if (next.cancelled) continue;
      this.#now = next.at;
      next.act();
      if (this.#settled) await this.#settle();
      if (this.#failure) throw this.#failure.error;
    }
  }

  /** Lets every promise chain that can run do so: a macrotask begins only when no microtask is left. */
  async #settle(): Promise<void> {
    while (this.#settled) {
      this.#settled = false;
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#failure) throw this.#failure.error;
  }
}
