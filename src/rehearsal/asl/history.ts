import type { HistoryEvent } from './environment.ts';

/** Where a line of execution stands: the event that the next one follows from. Each branch and iteration has its own. */
export class Trail {
  last: number;

  constructor(last = 0) {
    this.last = last;
  }
}

export type EventOptions = {
  state?: string;
  detail?: Record<string, unknown>;
  /** The event that it follows from, where that is not the trail's last. */
  previous?: number;
  /** Whether the next event of the trail follows from this one. AWS passes over the `…Succeeded` of a group. */
  advance?: boolean;
};

/**
 * 25,000 events, the last of which must end the execution.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
 */
export const HISTORY_LIMIT = 25_000;

/** An execution's events, numbered from 1. */
export class History {
  #count = 0;
  readonly #now: () => number;
  readonly #tell: (event: HistoryEvent) => void;

  constructor(now: () => number, tell: (event: HistoryEvent) => void) {
    this.#now = now;
    this.#tell = tell;
  }

  /** Only the event that ends the execution still fits. */
  get full(): boolean {
    return this.#count >= HISTORY_LIMIT - 1;
  }

  add(type: string, trail: Trail, options: EventOptions = {}): number {
    const id = ++this.#count;
    const event: HistoryEvent = { id, previousId: options.previous ?? trail.last, at: this.#now(), type };
    if (options.state !== undefined) event.state = options.state;
    if (options.detail !== undefined) event.detail = options.detail;
    if (options.advance !== false) trail.last = id;
    this.#tell(event);
    return id;
  }
}
