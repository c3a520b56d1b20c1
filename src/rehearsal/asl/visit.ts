import { Failure } from './failure.ts';
import type { Frame } from './frame.ts';
import type { World } from './jsonata/functions.ts';
import { evaluateTemplate, type Template, TemplateProblem } from './jsonata/template.ts';
import { checkPayload } from './limits.ts';

/** How a state was left. Without a next state, its line of execution has ended. */
export type Exit = { output: unknown; next: string | undefined; assigned: Record<string, unknown> | undefined };

/** What `$states` holds besides `input` and `context`. */
export type Extra = { result?: unknown; errorOutput?: unknown };

/** How a state is left: where to, and what its Assign and Output make of it. */
export type Leave = { next: string | undefined; assign?: Template | undefined; output?: Template | undefined };

/** One passage through a state: what its fields are evaluated with, and the events that it leaves. */
export class Visit {
  readonly frame: Frame;
  readonly name: string;
  readonly input: unknown;
  /** The id of its `…StateEntered`. */
  readonly enteredId: number;
  taskToken: string | undefined;
  retryCount = 0;
  readonly #type: string;
  readonly #enteredAt: number;
  /** The event before its `…StateEntered`. */
  readonly #before: number;

  constructor(frame: Frame, state: { name: string; type: string }, input: unknown) {
    this.frame = frame;
    this.name = state.name;
    this.input = input;
    this.#type = state.type;
    this.#enteredAt = this.environment.now();
    this.#before = frame.trail.last;
    this.enteredId = this.event(`${state.type}StateEntered`, { name: state.name, input });
  }

  get environment() {
    return this.frame.execution.environment;
  }

  event(type: string, detail?: Record<string, unknown>, advance = true): number {
    return this.frame.event(type, { state: this.name, advance, ...(detail !== undefined && { detail }) });
  }

  /**
   * Throws a Failure, States.QueryEvaluationError, after its event.
   * @param frame an iteration, where a Map evaluates for one
   */
  async evaluate(template: Template, extra: Extra = {}, frame: Frame = this.frame): Promise<unknown> {
    if (template.kind === 'constant') return template.value;
    const { variables } = frame;
    const bindings = {
      world: this.environment as World,
      states: { input: this.input, context: this.#context(frame), ...extra },
      has: (name: string) => variables.has(name),
      get: (name: string) => variables.get(name),
    };
    try {
      return await frame.wait(evaluateTemplate(template, bindings));
    } catch (problem) {
      if (problem instanceof TemplateProblem) throw this.evaluationFailed(problem.message, problem.location, frame);
      throw problem;
    }
  }

  /**
   * Records the event and answers the failure. Where nothing has happened since the state was entered, Step Functions
   * lets the event follow from what came before the state (seen in its histories), but for Wait.
   */
  evaluationFailed(problem: string, location?: string, frame: Frame = this.frame): Failure {
    const error = 'States.QueryEvaluationError';
    const cause = this.failing(problem);
    const { last } = frame.trail;
    const previous = last === this.enteredId && this.#type !== 'Wait' ? this.#before : last;
    const detail = { state: this.name, error, cause, ...(location !== undefined && { location }) };
    frame.event('EvaluationFailed', { state: this.name, previous, detail });
    return new Failure(error, cause);
  }

  /** A cause as Step Functions words it. */
  failing(problem: string): string {
    return `An error occurred while executing the state '${this.name}' (entered at the event id #${this.enteredId}). ${problem}`;
  }

  /** Assign and Output see the variables as they were on entry; only then do the new values count. */
  async leave({ next, assign, output }: Leave, otherwise: unknown, extra: Extra = {}): Promise<Exit> {
    const assigned = assign && ((await this.evaluate(assign, extra)) as Record<string, unknown>);
    const value = output === undefined ? otherwise : await this.evaluate(output, extra);
    checkPayload(value, this.name);
    if (assigned !== undefined) this.frame.variables.assign(assigned);
    return { output: value, next, assigned };
  }

  exited({ output, assigned }: Exit): void {
    const detail = { name: this.name, output, ...(assigned !== undefined && { assignedVariables: assigned }) };
    this.event(`${this.#type}StateExited`, detail);
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  #context(frame: Frame): Record<string, unknown> {
    const EnteredTime = new Date(this.#enteredAt).toISOString();
    const context: Record<string, unknown> = {
      ...this.frame.execution.context,
      State: { EnteredTime, Name: this.name, RetryCount: this.retryCount },
    };
    if (frame.mapItem !== undefined) context.Map = { Item: frame.mapItem };
    if (this.taskToken !== undefined) context.Task = { Token: this.taskToken };
    return context;
  }
}
