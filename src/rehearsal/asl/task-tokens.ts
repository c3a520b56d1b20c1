/** How SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat end: well, or with the error of that name. */
export type TokenAnswer = 'ok' | 'InvalidToken' | 'TaskDoesNotExist' | 'TaskTimedOut';

/** How whoever had the token ended the task. */
export type TokenEnd = { output: unknown } | { error: string | undefined; cause: string | undefined };

type OpenTask = { end: (end: TokenEnd) => void; beat: () => void };

const TOKEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The task tokens that a Step Functions service has given out. A token works once, and only while its task waits.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export class TaskTokens {
  readonly #open = new Map<string, OpenTask>();
  readonly #closed = new Set<string>();
  readonly #settled: () => void;

  /** @param settled told whenever a waiting task goes on: `() => kernel.touched()` */
  constructor(settled: () => void = () => {}) {
    this.#settled = settled;
  }

  /** A task begins to wait. `end` settles when somebody uses the token; `beat` is called at each heartbeat. */
  open(token: string, beat: () => void): Promise<TokenEnd> {
    return new Promise((end) => this.#open.set(token, { end, beat }));
  }

  /** The task has ended otherwise: by its time-out, or because its execution or branch did. */
  close(token: string): void {
    if (this.#open.delete(token)) this.#closed.add(token);
  }

  /** @param output the parsed JSON of SendTaskSuccess's `output` */
  succeed(token: string, output: unknown): TokenAnswer {
    return this.#end(token, { output });
  }

  fail(token: string, error?: string, cause?: string): TokenAnswer {
    return this.#end(token, { error, cause });
  }

  heartbeat(token: string): TokenAnswer {
    const task = this.#open.get(token);
    task?.beat();
    return task === undefined ? this.#refusal(token) : 'ok';
  }

  #end(token: string, end: TokenEnd): TokenAnswer {
    const task = this.#open.get(token);
    if (task === undefined) return this.#refusal(token);
    this.close(token);
    task.end(end);
    this.#settled();
    return 'ok';
  }

  /**
   * A token whose task has ended for whatever reason is answered with TaskTimedOut.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
   */
  #refusal(token: string): TokenAnswer {
    if (this.#closed.has(token)) return 'TaskTimedOut';
    return TOKEN.test(token) ? 'TaskDoesNotExist' : 'InvalidToken';
  }
}
