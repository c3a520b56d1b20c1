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

/** The call faults in force, and the chance by which each strikes. */
export class Faults {
  readonly #active = new Set<CallFault>();
  readonly #onChange = new Set<() => void>();
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
