import type { Random } from '../kernel/random.ts';
import type { FunctionSpec } from './lambda-function.ts';

/** What Lambda hands to a handler. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
type InvocationContext = {
  awsRequestId: string;
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  logGroupName: string;
  logStreamName: string;
  callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
};

export type FunctionHandler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/** Makes a function's handler inside a sandbox. Throws what the function's own initialization throws. */
export type CreateHandler = (spec: FunctionSpec, sandbox: Sandbox) => FunctionHandler;

/**
 * One execution environment of a function: initialized once, used for one invocation after another.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export class Sandbox {
  readonly spec: FunctionSpec;
  /** From 1, per function. */
  readonly ordinal: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly accessKeyId: string;
  handler: FunctionHandler | undefined;
  /** Set once its first invocation paid for the start. */
  warm = false;
  busy = false;
  /** What becomes of the invocation when its process dies. */
  onCrash: () => void = () => {};
  #invocation = 0;
  #ended = false;

  constructor(spec: FunctionSpec, ordinal: number, random: Random) {
    this.spec = spec;
    this.ordinal = ordinal;
    this.accessKeyId = `ASIA${random.hex(16).toUpperCase()}`;
    this.environment = {
      ...spec.environment,
      AWS_REGION: spec.region,
      AWS_DEFAULT_REGION: spec.region,
      AWS_ACCESS_KEY_ID: this.accessKeyId,
      AWS_SECRET_ACCESS_KEY: random.hex(40),
      AWS_SESSION_TOKEN: random.hex(64),
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: spec.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: this.logStream,
      LAMBDA_TASK_ROOT: '/var/task',
      TZ: ':UTC',
    };
  }

  get logStream(): string {
    return `${this.spec.name}/${this.ordinal}`;
  }

  get ended(): boolean {
    return this.#ended;
  }

  begin(): void {
    this.busy = true;
    this.#invocation++;
  }

  finish(): void {
    this.busy = false;
    this.#invocation++;
  }

  /** Nothing in it runs any further. */
  end(): void {
    this.#ended = true;
    this.finish();
  }

  /**
   * What the function's code waits for. It goes on only within the invocation that asked: code of a sandbox that was
   * ended, timed out or is idle is frozen.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const invocation = this.#invocation;
    try {
      const value = await work();
      if (this.#stillIn(invocation)) return value;
    } catch (error) {
      if (this.#stillIn(invocation)) throw error;
    }
    return new Promise(() => {});
  }

  #stillIn(invocation: number): boolean {
    return this.busy && !this.#ended && this.#invocation === invocation;
  }
}
