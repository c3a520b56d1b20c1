import type { Exit, Visit } from './visit.ts';

/** A definition, checked and compiled: run it with `execute`, look at it with `describeDefinition`. */
export type StateMachine = {
  readonly program: Program;
  readonly timeoutSeconds: number | undefined;
  readonly description: Description;
};

/** States that lead to each other: the top level, a branch, an ItemProcessor. */
export type Program = { readonly startAt: string; readonly states: ReadonlyMap<string, State> };

export type State = {
  readonly name: string;
  readonly type: string;
  /** Every state that it can lead to. */
  readonly targets: readonly string[];
  /** Whether its line of execution can end with it. */
  readonly terminal: boolean;
  /** Throws a Failure. */
  readonly run: (visit: Visit) => Promise<Exit>;
};

/** What a definition names, so that tests can hold it beside the functions, the templates and the error catalogue. */
export type Description = {
  tasks: TaskDescription[];
  /** Names in `ErrorEquals`, of Retry and Catch. */
  errorEquals: { state: string; name: string }[];
  /** Constant `Error`s of Fail states. */
  failures: { state: string; error: string }[];
  variables: { assigned: { state: string; name: string }[]; used: { state: string; name: string }[] };
};

export type TaskDescription = {
  state: string;
  resource: string;
  /** `ConfirmLoss`, where Arguments.FunctionName is `${ConfirmLoss}`. */
  functionSubstitution?: string;
  /** `Fence`, where Arguments.StateMachineArn is `${Fence}`. */
  machineSubstitution?: string;
};
