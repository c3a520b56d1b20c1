import type { Random } from '../kernel/random.ts';

/** What a fault does to calls of a service while it lasts; `undefined` members match everything. */
export type CallFault = {
  kind: 'error' | 'throttle' | 'latency' | 'crash-after';
  service?: string;
  operations?: string[];
  region?: string;
  probability: number;
  /** Milliseconds, for `latency`. */
  delayMs?: number;
};

export type CallTarget = { service: string; operation: string; region: string };

/** The faults of calls and clocks in force, and the chance by which each strikes. */
export class Faults {
  readonly #active = new Set<CallFault>();
  readonly #onChange = new Set<() => void>();
  readonly #skews = new Set<{ region: string; ms: number }>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  add(fault: CallFault): () => void {
    this.#active.add(fault);
    this.#changed();
    return () => {
      if (this.#active.delete(fault)) this.#changed();
    };
  }

  /** Told whenever a fault begins or ends. */
  onChange(listener: () => void): void {
    this.#onChange.add(listener);
  }

  #changed(): void {
    for (const listener of this.#onChange) listener();
  }

  /** Functions in that region read a clock that is ahead, until the returned function is called. AWS's own clocks are right. */
  skewClocks(region: string, ms: number): () => void {
    const skew = { region, ms };
    this.#skews.add(skew);
    return () => this.#skews.delete(skew);
  }

  clockSkew(region: string): number {
    let sum = 0;
    for (const skew of this.#skews) if (skew.region === region) sum += skew.ms;
    return sum;
  }

  /** The faults that strike this call, this time. */
  strike(call: CallTarget): CallFault[] {
    if (this.#active.size === 0) return [];
    return [...this.#active].filter((fault) => matches(fault, call) && this.#random.next() < fault.probability);
  }
}

const matches = (fault: CallFault, call: CallTarget): boolean =>
  (fault.service === undefined || fault.service === call.service) &&
  (fault.region === undefined || fault.region === call.region) &&
  (fault.operations === undefined || fault.operations.includes(call.operation));
