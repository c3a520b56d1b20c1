/** The files that say "this restore has filled this volume", which `restore-wait` looks for in each volume of its pod. */
export class DoneMarkers {
  readonly #markers = new Set<string>();
  readonly #listeners = new Set<() => void>();

  add(restoreUid: string, podUid: string, volume: string): void {
    this.#markers.add(`${restoreUid}/${podUid}/${volume}`);
    for (const listener of [...this.#listeners]) listener();
  }

  has(restoreUid: string, podUid: string, volumes: string[]): boolean {
    return volumes.every((volume) => this.#markers.has(`${restoreUid}/${podUid}/${volume}`));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
