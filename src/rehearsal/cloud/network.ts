/** Who can reach whom. Ends are region names, or 'internet' for people and health checkers outside AWS. */
export class Network {
  readonly #lost = new Set<string>();
  readonly #cuts: [string, string][] = [];
  readonly #onReturn = new Set<(region: string) => void>();

  up(region: string): boolean {
    return !this.#lost.has(region);
  }

  reaches(from: string, to: string): boolean {
    if (!this.up(from) || !this.up(to)) return false;
    return !this.#cuts.some(([a, b]) => (a === from && b === to) || (a === to && b === from));
  }

  lose(region: string): void {
    this.#lost.add(region);
  }

  restore(region: string): void {
    if (!this.#lost.delete(region)) return;
    for (const listener of this.#onReturn) listener(region);
  }

  cut(a: string, b: string): void {
    this.#cuts.push([a, b]);
  }

  mend(a: string, b: string): void {
    const index = this.#cuts.findIndex(([x, y]) => x === a && y === b);
    if (index >= 0) this.#cuts.splice(index, 1);
  }

  /** Controllers and schedules of a region start again when it comes back. */
  onReturn(listener: (region: string) => void): void {
    this.#onReturn.add(listener);
  }
}
