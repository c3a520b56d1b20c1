export type DefinitionProblem = {
  code: 'INVALID_JSON_DESCRIPTION' | 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET';
  message: string;
  /** A path such as /States/RestoreTier/Next. */
  location: string;
};

/** What CreateStateMachine refuses, all of it at once; `name` is the API's error code. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
  readonly problems: readonly DefinitionProblem[];

  constructor(problems: readonly DefinitionProblem[]) {
    const all = problems.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
    super(`Invalid State Machine Definition: '${all.join(', ')}'`);
    this.problems = problems;
  }
}
