/** How many volumes a node's agent moves at a time, of whatever kind: the rest waits. */
export class DataPaths {
  #free: number;
  readonly #onFree: (() => void)[] = [];

  constructor(many: number) {
    this.#free = many;
  }

  /** Whether there was one left. One that goes on after a restart is taken in any case. */
  take(always = false): boolean {
    if (this.#free <= 0 && !always) return false;
    this.#free--;
    return true;
  }

  release(): void {
    this.#free++;
    for (const act of this.#onFree) act();
  }

  onFree(act: () => void): void {
    this.#onFree.push(act);
  }
}
