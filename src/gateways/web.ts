import type { Wires } from './wires.ts';

/** A client's view: plain HTTP and name look-ups, from wherever this runs. */
export class Web {
  readonly #wires: Wires;

  constructor(wires: Wires) {
    this.#wires = wires;
  }

  /** Undefined when nobody answers in time. */
  async get(url: string, timeoutMs: number, host?: string): Promise<{ status: number; body: string } | undefined> {
    try {
      return await this.#wires.send({ method: 'GET', url, headers: host === undefined ? {} : { host }, timeoutMs });
    } catch {
      return undefined;
    }
  }

  /** The addresses behind a name, sorted; empty when it has none. */
  async addresses(name: string): Promise<string[]> {
    return (await this.#wires.resolve(name)).sort();
  }
}
