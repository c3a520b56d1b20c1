import type { Random } from '../kernel/random.ts';
import { AwsError, Unreachable } from './aws-error.ts';
import type { FunctionSpec } from './lambda-function.ts';
import { type CreateHandler, Sandbox } from './lambda-sandbox.ts';
import { uuidFrom } from './physical-name.ts';
import { measure } from './service-metrics.ts';
import type { World } from './world.ts';

/** How an invocation ended: with the function's answer, or with its error, both as JSON. */
export type Answer = { payload: string; functionError?: 'Unhandled' };

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_SYNC_BYTES = 6 * 1024 * 1024;
const ACCOUNT_CONCURRENCY = 1000;

/** Runs one function: its sandboxes, cold and warm, its concurrency, its time limit. */
export class FunctionRunner {
  readonly spec: FunctionSpec;
  readonly #world: World;
  readonly #create: CreateHandler;
  readonly #random: Random;
  readonly #sandboxes = new Set<Sandbox>();
  readonly #rejections = new Map<Sandbox, (error: unknown) => void>();
  #started = 0;

  readonly #onAnswer: (answer: Answer) => void;

  constructor(spec: FunctionSpec, world: World, create: CreateHandler, onAnswer: (answer: Answer) => void = () => {}) {
    this.#onAnswer = onAnswer;
    this.spec = spec;
    this.#world = world;
    this.#create = create;
    this.#random = world.kernel.random.fork(`lambda/${spec.region}/${spec.name}`);
  }

  /** Initializes a first sandbox, so that a function that cannot start is found out; its first invocation is cold all the same. */
  prepare(): void {
    const sandbox = this.#newSandbox();
    sandbox.handler = this.#create(this.spec, sandbox);
  }

  async invoke(payload: string): Promise<Answer> {
    if (Buffer.byteLength(payload) > MAX_SYNC_BYTES)
      throw new AwsError('RequestTooLargeException', `${payload.length} byte payload is too large`, 413);
    const sandbox = this.#take();
    sandbox.begin();
    try {
      const answer = await this.#within(sandbox, payload);
      this.#measure('Invocations', 1);
      this.#measure('Errors', answer.functionError === undefined ? 0 : 1);
      this.#onAnswer(answer);
      return answer;
    } finally {
      this.#rejections.delete(sandbox);
      if (!sandbox.ended) sandbox.finish();
      else this.#sandboxes.delete(sandbox);
    }
  }

  /** The region is gone: nothing here runs on, and nobody is answered. */
  stop(): void {
    for (const sandbox of this.#sandboxes) {
      sandbox.end();
      this.#rejections.get(sandbox)?.(new Unreachable(`lambda.${this.spec.region}.amazonaws.com`));
    }
    this.#sandboxes.clear();
  }

  #take(): Sandbox {
    for (const sandbox of this.#sandboxes) if (!sandbox.busy && !sandbox.ended) return sandbox;
    const limit = this.spec.reservedConcurrency ?? ACCOUNT_CONCURRENCY;
    if (this.#sandboxes.size < limit) return this.#newSandbox();
    this.#measure('Throttles', 1);
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
  #measure(name: string, value: number): void {
    const { name: FunctionName, region } = this.spec;
    measure(this.#world, region, { namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value);
  }

  #newSandbox(): Sandbox {
    const sandbox = new Sandbox(this.spec, ++this.#started, this.#random);
    this.#world.credentials.set(sandbox.accessKeyId, this.spec.roleArn);
    this.#world.secretKeys.set(sandbox.accessKeyId, sandbox.environment.AWS_SECRET_ACCESS_KEY ?? '');
    this.#sandboxes.add(sandbox);
    return sandbox;
  }

  /** An answer, an end by the time limit, or a rejection when the region is lost: whichever is first. */
  #within(sandbox: Sandbox, payload: string): Promise<Answer> {
    const { kernel } = this.#world;
    return new Promise((resolve, reject) => {
      this.#rejections.set(sandbox, (error) => {
        kernel.touched();
        reject(error);
      });
      this.#run(sandbox, payload, resolve).then(resolve, reject);
    });
  }

  async #run(sandbox: Sandbox, payload: string, giveUp: (answer: Answer) => void): Promise<Answer> {
    const { kernel, latencies, faults } = this.#world;
    const requestId = uuidFrom(this.#random.hex(32));
    if (!sandbox.warm) await kernel.sleep(latencies.draw('lambda.init'));
    if (sandbox.ended) return new Promise(() => {});
    if (!sandbox.warm) this.#start(sandbox);
    sandbox.warm = true;
    await kernel.sleep(latencies.draw('lambda.invoke'));
    if (sandbox.ended) return new Promise(() => {});
    const deadline = kernel.now + this.spec.timeoutMs;
    const cancel = kernel.schedule(this.spec.timeoutMs, () => {
      sandbox.end();
      kernel.touched();
      giveUp(this.#timedOut(requestId));
    });
    sandbox.onCrash = () => {
      kernel.touched();
      giveUp(this.#crashed(sandbox, requestId));
    };
    try {
      sandbox.handler ??= this.#create(this.spec, sandbox);
      const result = await sandbox.handler(JSON.parse(payload), this.#context(sandbox, requestId, deadline));
      const crashed = faults
        .strike({ service: 'lambda', operation: this.spec.name, region: this.spec.region })
        .some((fault) => fault.kind === 'crash-after');
      if (crashed) return this.#crashed(sandbox, requestId);
      return checkSize(JSON.stringify(result ?? null));
    } catch (error) {
      if (sandbox.handler === undefined) sandbox.end();
      return errorAnswer(
        error instanceof Error ? error.name : 'Error',
        error instanceof Error ? error.message : String(error),
      );
    } finally {
      cancel();
    }
  }

  /** What a new execution environment does by itself: a log stream, and traces where they are switched on. */
  #start(sandbox: Sandbox): void {
    const { spec } = this;
    const input = { logGroupName: spec.logGroup, logStreamName: sandbox.logStream };
    const calls: [string, string][] = [
      ['logs', 'CreateLogStream'],
      ['logs', 'PutLogEvents'],
      ...(spec.traced
        ? ([
            ['xray', 'PutTraceSegments'],
            ['xray', 'PutTelemetryRecords'],
          ] as [string, string][])
        : []),
    ];
    const caller = { kind: 'role', arn: spec.roleArn, session: spec.name } as const;
    for (const [service, operation] of calls)
      try {
        this.#world.act({ caller, region: spec.region, service, operation, input });
      } catch (error) {
        // Without these permissions a function runs on in silence.
        this.#world.record('function cannot log', { function: spec.name, error: String(error) });
      }
  }

  #context(sandbox: Sandbox, awsRequestId: string, deadline: number) {
    const { kernel } = this.#world;
    return {
      awsRequestId,
      functionName: this.spec.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: this.spec.arn,
      memoryLimitInMB: String(this.spec.memoryMb),
      logGroupName: this.spec.logGroup,
      logStreamName: sandbox.logStream,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadline - kernel.now,
    };
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
  #timedOut(requestId: string): Answer {
    const seconds = (this.spec.timeoutMs / 1000).toFixed(2);
    this.#world.record('function timed out', { function: this.spec.name });
    return errorAnswer('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`);
  }

  #crashed(sandbox: Sandbox, requestId: string): Answer {
    sandbox.end();
    this.#world.record('function crashed before it answered', { function: this.spec.name });
    return errorAnswer('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`);
  }
}

function checkSize(payload: string): Answer {
  if (Buffer.byteLength(payload) <= MAX_SYNC_BYTES) return { payload };
  return errorAnswer(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${MAX_SYNC_BYTES} bytes).`,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html; the trace is kept to what is the same on every machine. */
function errorAnswer(errorType: string, errorMessage: string): Answer {
  const payload = JSON.stringify({ errorType, errorMessage, trace: [`${errorType}: ${errorMessage}`] });
  return { payload, functionError: 'Unhandled' };
}
