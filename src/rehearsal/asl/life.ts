import { Ended } from './failure.ts';

/** How long something may go on: an execution, a branch, an iteration. It ends once, and everything within it. */
export class Life {
  #over = false;
  readonly #parent: Life | undefined;
  readonly #cleanups = new Set<() => void>();

  constructor(parent?: Life) {
    this.#parent = parent;
    if (parent !== undefined) parent.#cleanups.add(this.#endWithParent);
  }

  get over(): boolean {
    return this.#over;
  }

  /** Throws Ended when it is over: after each wait, so that a lost race changes nothing. */
  check(): void {
    if (this.#over) throw new Ended();
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#parent !== undefined) this.#parent.#cleanups.delete(this.#endWithParent);
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups.clear();
  }

  /** Acts when this ends. Answers a function that takes the wish back. */
  onEnd(act: () => void): () => void {
    this.#cleanups.add(act);
    return () => this.#cleanups.delete(act);
  }

  readonly #endWithParent = () => this.end();
}
