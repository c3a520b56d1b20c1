/** Who can reach whom. Ends are region names, or 'internet' for people and health checkers outside AWS. */
export class Network {
  readonly #lost = new Set<string>();
  readonly #cuts: [string, string][] = [];
  readonly #onLoss = new Set<(region: string) => void>();
  readonly #onReturn = new Set<(region: string) => void>();
  readonly #onChange = new Set<() => void>();

  up(region: string): boolean {
    return !this.#lost.has(region);
  }

  reaches(from: string, to: string): boolean {
    if (!this.up(from) || !this.up(to)) return false;
    return !this.#cuts.some(([a, b]) => (a === from && b === to) || (a === to && b === from));
  }

  lose(region: string): void {
    if (this.#lost.has(region)) return;
    this.#lost.add(region);
    for (const listener of this.#onLoss) listener(region);
    this.#changed();
  }

  restore(region: string): void {
    if (!this.#lost.delete(region)) return;
    for (const listener of this.#onReturn) listener(region);
    this.#changed();
  }

  cut(a: string, b: string): void {
    this.#cuts.push([a, b]);
    this.#changed();
  }

  mend(a: string, b: string): void {
    const index = this.#cuts.findIndex(([x, y]) => x === a && y === b);
    if (index < 0) return;
    this.#cuts.splice(index, 1);
    this.#changed();
  }

  /** What runs in a region stops at once when it is lost. */
  onLoss(listener: (region: string) => void): void {
    this.#onLoss.add(listener);
  }

  /** Controllers and schedules of a region start again when it comes back. */
  onReturn(listener: (region: string) => void): void {
    this.#onReturn.add(listener);
  }

  /** Told after every loss, return, cut and mend. */
  onChange(listener: () => void): void {
    this.#onChange.add(listener);
  }

  #changed(): void {
    for (const listener of this.#onChange) listener();
  }
}
