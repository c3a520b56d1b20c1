/** An error as an AWS service answers it; `name` is the code that the SDK would give it. */
export class AwsError extends Error {
  override readonly name: string;
  readonly status: number;
  /** Extra members of the error's shape, such as DynamoDB's `Item`. */
  readonly members: Record<string, unknown>;

  constructor(name: string, message: string, status = 400, members: Record<string, unknown> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.members = members;
  }

  /**
   * The SDK's standard retry mode tries these again.
   * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
   */
  get retryable(): boolean {
    return this.status >= 500 || this.throttling;
  }

  get throttling(): boolean {
    return /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|ProvisionedThroughputExceeded/.test(this.name);
  }
}

/** The endpoint cannot be reached: no answer, or none in time. Shaped as Node's own socket errors are. */
export class Unreachable extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ETIMEDOUT';
  constructor(what: string) {
    const { stackTraceLimit } = Error;
    // Thousands of these are expected while a region is lost, and a stack trace is the dearest part of an error.
    Error.stackTraceLimit = 0;
    super(`connect ETIMEDOUT ${what}`);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
