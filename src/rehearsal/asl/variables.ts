import { Failure } from './failure.ts';
import { ASSIGN_LIMIT, sizeOf, VARIABLES_LIMIT } from './limits.ts';

/**
 * Workflow variables of one scope: the execution, a branch, an iteration. Inner scopes read outer ones; what
 * they assign is theirs and goes with them.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export class Variables {
  readonly #values = new Map<string, unknown>();
  readonly #outer: Variables | undefined;
  readonly #total: { bytes: number };

  constructor(outer?: Variables) {
    this.#outer = outer;
    this.#total = outer === undefined ? { bytes: 0 } : outer.#total;
  }

  inner(): Variables {
    return new Variables(this);
  }

  has(name: string): boolean {
    return this.#values.has(name) || (this.#outer?.has(name) ?? false);
  }

  get(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.#outer?.get(name);
  }

  /** All of them at once, or none. Throws States.DataLimitExceeded. */
  assign(values: Record<string, unknown>): void {
    const added = Object.entries(values);
    if (added.length === 0) return;
    const assigned = added.reduce((sum, [, value]) => sum + sizeOf(value), 0);
    if (assigned > ASSIGN_LIMIT) throw tooLarge('The variables of one Assign', ASSIGN_LIMIT);
    const freed = added.reduce((sum, [name]) => sum + (this.#values.has(name) ? sizeOf(this.#values.get(name)) : 0), 0);
    if (this.#total.bytes + assigned - freed > VARIABLES_LIMIT)
      throw tooLarge('The variables of the execution', VARIABLES_LIMIT);
    this.#total.bytes += assigned - freed;
    for (const [name, value] of added) this.#values.set(name, value);
  }

  /** Its variables go out of scope. */
  close(): void {
    for (const value of this.#values.values()) this.#total.bytes -= sizeOf(value);
    this.#values.clear();
  }
}

const tooLarge = (what: string, limit: number): Failure =>
  new Failure('States.DataLimitExceeded', `${what} exceed the maximum of ${limit} bytes.`);
