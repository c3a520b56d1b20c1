import type { Process } from './process.ts';

/** A controller with one worker: one thing after another, and nothing twice while it waits. */
export class Lane {
  readonly #process: Process;
  readonly #waiting = new Map<string, () => Promise<void>>();
  #busy = false;

  constructor(process: Process) {
    this.#process = process;
  }

  add(key: string, work: () => Promise<void>): void {
    if (this.#waiting.has(key)) return;
    this.#waiting.set(key, work);
    if (!this.#busy) this.#process.spawn(() => this.#drain());
    this.#busy = true;
  }

  async #drain(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) break;
      const [key, work] = next;
      this.#waiting.delete(key);
      await work();
    }
    this.#busy = false;
  }
}
