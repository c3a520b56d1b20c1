/** Keys that wait for their controllers: each key once per controller, first come first served. */
export class WorkQueue {
  #queue: { key: string; reconcile: (key: string) => void; waiting: Set<string> }[] = [];

  /** A controller's own way in. A key that waits already is not queued twice. */
  lane(reconcile: (key: string) => void): (key: string) => boolean {
    const waiting = new Set<string>();
    return (key) => {
      if (waiting.has(key)) return false;
      waiting.add(key);
      this.#queue.push({ key, reconcile, waiting });
      return true;
    };
  }

  get empty(): boolean {
    return this.#queue.length === 0;
  }

  /** Works off what waits now. */
  run(): void {
    const batch = this.#queue;
    this.#queue = [];
    for (const { key, reconcile, waiting } of batch) {
      waiting.delete(key);
      reconcile(key);
    }
  }
}
