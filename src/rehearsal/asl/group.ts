import { Failure } from './failure.ts';
import type { Frame } from './frame.ts';

/** Lines of execution side by side: the branches of a Parallel, the iterations of a Map. */
export type Group = {
  parent: Frame;
  count: number;
  /** How many run at once. */
  concurrency: number;
  /** Opens a member's frame; it follows from the event `from`. */
  begin(index: number, from: number): Frame;
  run(index: number, frame: Frame): Promise<unknown>;
  succeeded?(frame: Frame): void;
  /** Answers what stands for the member's output where the group goes on without it, or the failure of the group. */
  failed?(frame: Frame, failure: Failure): { output: unknown } | Failure;
};

/**
 * Answers every member's output, in order. The first failure that counts ends the group at once; the other members
 * stop at their next step. The group then follows from the member that ended it.
 */
export function runTogether(group: Group): Promise<unknown[]> {
  return group.count === 0 ? Promise.resolve([]) : new Together(group).outcome;
}

class Together {
  readonly outcome: Promise<unknown[]>;
  readonly #group: Group;
  readonly #outputs: unknown[];
  readonly #running = new Set<Frame>();
  readonly #resolve: (outputs: unknown[]) => void;
  readonly #reject: (error: unknown) => void;
  #next = 0;
  #left: number;

  constructor(group: Group) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
    this.outcome = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#group = group;
    this.#left = group.count;
    this.#outputs = new Array(group.count);
    const from = group.parent.trail.last;
    const first = Array.from({ length: Math.min(group.count, group.concurrency) }, () => this.#begin(from));
    for (const [index, frame] of first) this.#launch(index, frame);
  }

  #begin(from: number): [number, Frame] {
    const index = this.#next++;
    const frame = this.#group.begin(index, from);
    this.#running.add(frame);
    return [index, frame];
  }

  #launch(index: number, frame: Frame): void {
    const run = async () => {
      try {
        const output = await this.#group.run(index, frame);
        const from = frame.trail.last;
        this.#group.succeeded?.(frame);
        this.#goOn(index, frame, output, from);
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        const verdict = this.#group.failed?.(frame, failure) ?? failure;
        if (verdict instanceof Failure) this.#fail(frame, verdict);
        else this.#goOn(index, frame, verdict.output, frame.trail.last);
      }
    };
    // Ended, too: then the group's parent has ended, and nobody listens.
    run().catch(this.#reject);
  }

  #goOn(index: number, frame: Frame, output: unknown, from: number): void {
    this.#outputs[index] = output;
    this.#leave(frame);
    if (this.#next < this.#group.count) this.#launch(...this.#begin(from));
    if (--this.#left > 0) return;
    this.#group.parent.trail.last = frame.trail.last;
    this.#resolve(this.#outputs);
  }

  #fail(failing: Frame, failure: Failure): void {
    const cause = failing.trail.last;
    failing.interrupted(cause);
    for (const member of this.#running) {
      if (member === failing) continue;
      member.iterationEvent('MapIterationAborted', { previous: cause, advance: false });
      member.interrupted(cause);
    }
    this.#group.parent.trail.last = cause;
    for (const member of this.#running) this.#leave(member);
    this.#reject(failure);
  }

  #leave(frame: Frame): void {
    this.#running.delete(frame);
    this.#group.parent.leave(frame);
  }
}
