import type { AslEnvironment, ExecutionContext, ExecutionOutcome } from './environment.ts';
import { Ended, Failure } from './failure.ts';
import { type EventOptions, HISTORY_LIMIT, History, Trail } from './history.ts';
import { Life } from './life.ts';

/** One execution: its history, and its one end. Whatever ends it first counts. */
export class Execution {
  readonly environment: AslEnvironment;
  readonly context: ExecutionContext;
  readonly life = new Life();
  readonly outcome: Promise<ExecutionOutcome>;
  readonly #history: History;
  #settle: { resolve: (outcome: ExecutionOutcome) => void; reject: (error: unknown) => void };

  constructor(context: ExecutionContext, environment: AslEnvironment) {
    this.context = context;
    this.environment = environment;
    this.#history = new History(
      () => environment.now(),
      (event) => environment.onEvent(event),
    );
    const { promise, resolve, reject } = Promise.withResolvers<ExecutionOutcome>();
    this.outcome = promise;
    this.#settle = { resolve, reject };
  }

  /** Throws Ended when the execution is over, or when this event is one too many and ends it. */
  event(type: string, trail: Trail, options?: EventOptions): number {
    this.life.check();
    if (!this.#history.full) return this.#history.add(type, trail, options);
    this.fail(new Failure('States.Runtime', historyLimitReached), trail);
    throw new Ended();
  }

  succeed(output: unknown, trail: Trail): void {
    this.#end('ExecutionSucceeded', trail, { output }, { status: 'SUCCEEDED', output });
  }

  fail({ error, cause }: Failure, trail: Trail): void {
    const detail = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
    this.#end('ExecutionFailed', trail, detail, { status: 'FAILED', error: error ?? '', cause: cause ?? '' });
  }

  /** Somebody stopped it. The event follows from none, as Step Functions reports it. */
  abort(): void {
    this.#end('ExecutionAborted', new Trail(), {}, { status: 'ABORTED', error: '', cause: '' });
  }

  timeOut(): void {
    this.#end('ExecutionTimedOut', new Trail(), {}, { status: 'TIMED_OUT', error: 'States.Timeout', cause: '' });
  }

  /** A mistake of ours, or something that is not simulated: no state may catch it. */
  crash(error: unknown): void {
    this.life.end();
    this.#settle.reject(error);
  }

  #end(type: string, trail: Trail, detail: Record<string, unknown>, outcome: ExecutionOutcome): void {
    if (this.life.over) return;
    this.#history.add(type, trail, { detail });
    this.life.end();
    this.#settle.resolve(outcome);
  }
}

const historyLimitReached = `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`;
