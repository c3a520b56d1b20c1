import type { Execution } from './execution.ts';
import { Ended } from './failure.ts';
import { type EventOptions, Trail } from './history.ts';
import { Life } from './life.ts';
import { Variables } from './variables.ts';

/** `$states.context.Map.Item`. */
export type MapItem = { Index: number; Value: unknown };

type Iteration = { map: string; index: number };

/** States whose interruption has an event of its own. */
const ABORTABLE = new Set(['Task', 'Wait', 'Parallel', 'Map']);

/** What one line of execution has to itself: the top level, a branch of a Parallel, an iteration of a Map. */
export class Frame {
  readonly execution: Execution;
  readonly trail: Trail;
  readonly variables: Variables;
  readonly life: Life;
  readonly mapItem: MapItem | undefined;
  readonly #iteration: Iteration | undefined;
  /** The state that was entered and not left. */
  open: { name: string; type: string } | undefined;
  /** Branches or iterations of the open state that still run. */
  readonly #members = new Set<Frame>();

  private constructor(
    execution: Execution,
    within: { trail: Trail; variables: Variables; life: Life; mapItem: MapItem | undefined; iteration?: Iteration },
  ) {
    this.execution = execution;
    this.trail = within.trail;
    this.variables = within.variables;
    this.life = within.life;
    this.mapItem = within.mapItem;
    this.#iteration = within.iteration;
  }

  static top(execution: Execution): Frame {
    const within = { trail: new Trail(), variables: new Variables(), life: execution.life, mapItem: undefined };
    return new Frame(execution, within);
  }

  /** A branch, or with an item an iteration. It follows from the event `from`. */
  member(from: number, iteration?: Iteration, mapItem?: MapItem): Frame {
    const member = new Frame(this.execution, {
      trail: new Trail(from),
      variables: this.variables.inner(),
      life: new Life(this.life),
      mapItem: mapItem ?? this.mapItem,
      ...(iteration !== undefined && { iteration }),
    });
    this.#members.add(member);
    return member;
  }

  /** A member has come to its end, whichever. */
  leave(member: Frame): void {
    this.#members.delete(member);
    member.variables.close();
    member.life.end();
  }

  event(type: string, options?: EventOptions): number {
    return this.execution.event(type, this.trail, options);
  }

  /** What a promise brings, unless by then nobody waits for it any more: then Ended is thrown. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } finally {
      this.#check();
    }
  }

  async pause(milliseconds: number): Promise<void> {
    await this.wait(this.execution.environment.sleep(milliseconds));
  }

  /**
   * The events of an interruption: the open state's, and before it those of what runs within it.
   * All follow from the event that caused it.
   */
  interrupted(cause: number): void {
    const options = { previous: cause, advance: false };
    for (const member of this.#members) {
      member.iterationEvent('MapIterationAborted', options);
      member.interrupted(cause);
    }
    if (this.open !== undefined && ABORTABLE.has(this.open.type))
      this.event(`${this.open.type}StateAborted`, { ...options, state: this.open.name });
  }

  /** An event about this iteration as a whole; none, where this is not one. */
  iterationEvent(type: string, options: EventOptions = {}): void {
    if (this.#iteration === undefined) return;
    const { map, index } = this.#iteration;
    this.event(type, { ...options, state: map, detail: { name: map, index } });
  }

  #check(): void {
    this.life.check();
    if (!this.execution.environment.stopped()) return;
    this.execution.abort();
    throw new Ended();
  }
}
