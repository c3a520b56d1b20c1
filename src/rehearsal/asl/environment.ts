import type { TaskTokens } from './task-tokens.ts';

/** What an interpreter of Amazon States Language is given. It never reads a clock or draws chance by itself. */
export type AslEnvironment = {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Uniform in [0, 1): jitter, and JSONata's $random. */
  random(): number;
  uuid(): string;
  /** The time that a transition takes, in milliseconds. */
  transitionMs(): number;
  /** Calls a service integration. Rejects with AslError for what the service refuses. */
  integrate(call: IntegrationCall): Promise<unknown>;
  /** Told of every history event as it happens. */
  onEvent(event: HistoryEvent): void;
  /** True as soon as somebody stopped the execution; checked wherever it waits. */
  stopped(): boolean;
  /**
   * Keeps a listener that is called once when somebody stops the execution, so that it ends at that moment.
   * Without it, a stopped execution ends when it next wakes.
   */
  onStopped?(listener: () => void): void;
  /** Shared by all executions of a Step Functions service. `.waitForTaskToken` needs it. */
  tokens?: TaskTokens;
};

export type IntegrationCall = {
  /** As in the state: arn:aws:states:::lambda:invoke, arn:aws:states:::aws-sdk:dynamodb:getItem, ….waitForTaskToken */
  resource: string;
  /** `Arguments`, evaluated. */
  arguments: unknown;
  /** Given with `.waitForTaskToken`: whoever has it ends the task. */
  taskToken?: string;
};

/** An error by its Step Functions name (`States.Timeout`, `Lambda.ServiceException`, a custom one) with its cause. */
export class AslError extends Error {
  override readonly name = 'AslError';
  readonly error: string;
  override readonly cause: string;
  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

export type HistoryEvent = {
  id: number;
  previousId: number;
  /** Milliseconds since 1970. */
  at: number;
  /** As GetExecutionHistory names it: TaskStateEntered, TaskScheduled, TaskSucceeded, MapIterationStarted … */
  type: string;
  /** Name of the state, where the event is of one. */
  state?: string;
  detail?: Record<string, unknown>;
};

export type ExecutionContext = {
  Execution: { Id: string; Input: unknown; Name: string; RoleArn: string; StartTime: string };
  StateMachine: { Id: string; Name: string };
};

export type ExecutionOutcome =
  | { status: 'SUCCEEDED'; output: unknown }
  | { status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; error: string; cause: string };
