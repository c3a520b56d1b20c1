import { AslError } from './environment.ts';

/** A state failed, in the way that Retry and Catch can answer. AWS leaves out an error or a cause that nobody gave. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly error: string | undefined;
  override readonly cause: string | undefined;
  /** A second name that ErrorEquals may use: a missed heartbeat is reported as States.Timeout. */
  readonly alias: string | undefined;

  constructor(error: string | undefined, cause?: string, alias?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
    this.alias = alias;
  }

  /** What `$states.errorOutput` shows, and what a Catcher without Output passes on. */
  get output(): { Error: string | null; Cause: string | null } {
    if (this.error === 'States.Timeout') return { Error: this.error, Cause: this.cause ?? '' };
    return { Error: this.error ?? null, Cause: this.cause ?? null };
  }

  static from(error: AslError): Failure {
    return new Failure(error.error, error.cause);
  }
}

/** Unwinds what runs on after its execution, branch or attempt has ended. Nobody handles it. */
export class Ended extends Error {
  override readonly name = 'Ended';
}

export const isAslError = (error: unknown): error is AslError => error instanceof AslError;
