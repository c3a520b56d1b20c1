import { AwsError, Unreachable } from './aws-error.ts';
import type { Answer, FunctionRunner } from './lambda-runner.ts';
import { targetCall } from './target-call.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
export type AsyncSettings = { maxRetries: number; maxAgeMs: number; onFailure?: string; onSuccess?: string };

export const ASYNC_DEFAULTS: AsyncSettings = { maxRetries: 2, maxAgeMs: 6 * 3_600_000 };

type Waiting = { payload: string; arrivedAt: number; failures: number; refusals: number };

/** One minute before the first retry, two before the second. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = [60_000, 120_000];
/** Throttles and faults of the system are retried with a growing interval, from one second to five minutes. */
const REFUSAL_BASE_MS = 1_000;
const REFUSAL_CAP_MS = 300_000;

/** The queue before a function that is invoked without waiting for its answer. */
export class AsyncInvocations {
  readonly #world: World;
  readonly #runner: FunctionRunner;
  settings: AsyncSettings = ASYNC_DEFAULTS;

  constructor(world: World, runner: FunctionRunner) {
    this.#world = world;
    this.#runner = runner;
  }

  add(payload: string): void {
    this.#attempt({ payload, arrivedAt: this.#world.kernel.now, failures: 0, refusals: 0 }, 0);
  }

  #attempt(event: Waiting, delayMs: number): void {
    this.#world.scheduleDurably(this.#runner.spec.region, delayMs, () => {
      this.#world.kernel.spawn(() => this.#run(event));
    });
  }

  async #run(event: Waiting): Promise<void> {
    if (this.#world.kernel.now - event.arrivedAt > this.settings.maxAgeMs)
      return this.#giveUp(event, 'EventAgeExceeded', undefined);
    let answer: Answer;
    try {
      answer = await this.#runner.invoke(event.payload);
    } catch (error) {
      const passing = error instanceof Unreachable || (error instanceof AwsError && error.retryable);
      if (!passing) throw error;
      const delay = Math.min(REFUSAL_CAP_MS, REFUSAL_BASE_MS * 2 ** event.refusals);
      return this.#attempt({ ...event, refusals: event.refusals + 1 }, delay);
    }
    if (answer.functionError === undefined) return this.#send(this.settings.onSuccess, event, 'Success', answer);
    this.#world.record('asynchronous invocation failed', { function: this.#runner.spec.name, error: answer.payload });
    if (event.failures >= this.settings.maxRetries) return this.#giveUp(event, 'RetriesExhausted', answer);
    const delay = RETRY_AFTER_MS[event.failures] ?? 0;
    this.#attempt({ ...event, failures: event.failures + 1 }, delay);
  }

  #giveUp(event: Waiting, condition: string, answer: Answer | undefined): void {
    const { spec } = this.#runner;
    this.#world.record('asynchronous event dropped', { function: spec.name, condition });
    if (spec.deadLetterArn !== undefined) this.#deliver(spec.deadLetterArn, event.payload);
    this.#send(this.settings.onFailure, event, condition, answer);
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  #send(destination: string | undefined, event: Waiting, condition: string, answer: Answer | undefined): void {
    if (destination === undefined) return;
    const record = {
      version: '1.0',
      timestamp: new Date(this.#world.kernel.now).toISOString(),
      requestContext: { functionArn: this.#runner.spec.arn, condition, approximateInvokeCount: event.failures + 1 },
      requestPayload: JSON.parse(event.payload),
      responsePayload: answer === undefined ? null : JSON.parse(answer.payload),
    };
    this.#deliver(destination, JSON.stringify(record));
  }

  /** With the function's own role. */
  #deliver(arn: string, text: string): void {
    const { spec } = this.#runner;
    const call = targetCall(arn, text);
    try {
      if (call === undefined) throw new Error(`${arn} is no queue, topic or function`);
      this.#world.act({
        caller: { kind: 'role', arn: spec.roleArn, session: spec.name },
        region: spec.region,
        ...call,
      });
    } catch (error) {
      this.#world.record('dead letter lost', { function: spec.name, target: arn, error: String(error) });
    }
  }
}
