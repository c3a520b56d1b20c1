import type {
  AslEnvironment,
  ExecutionContext,
  ExecutionOutcome,
  HistoryEvent,
  IntegrationCall,
} from '../../../src/rehearsal/asl/environment.ts';
import { execute } from '../../../src/rehearsal/asl/execute.ts';
import { TaskTokens } from '../../../src/rehearsal/asl/task-tokens.ts';
import { Kernel } from '../../../src/rehearsal/kernel/kernel.ts';

export const START = Date.parse('2026-03-01T04:30:00Z');
export const DAY_MS = 24 * 3600 * 1000;

/** What a task does: answers, throws an AslError, takes its time. */
export type Integrate = (call: IntegrationCall, stage: Stage) => unknown;

export type Run = { outcome: ExecutionOutcome; events: HistoryEvent[]; calls: IntegrationCall[]; endedAt: number };

/** A tiny world of its own for executions: virtual time, seeded chance, counted ids, given tasks. */
export class Stage {
  readonly kernel = new Kernel('test', START);
  readonly tokens = new TaskTokens(() => this.kernel.touched());
  readonly calls: IntegrationCall[] = [];
  stopped = false;
  #stop: () => void = () => {};
  #ids = 0;
  readonly #integrate: Integrate;
  readonly #transitionMs: number;

  constructor(integrate: Integrate = () => ({}), transitionMs = 0) {
    this.#integrate = integrate;
    this.#transitionMs = transitionMs;
  }

  stop(): void {
    this.stopped = true;
    this.#stop();
    this.kernel.touched();
  }

  async run(definition: unknown, input: unknown = {}): Promise<Run> {
    const events: HistoryEvent[] = [];
    let outcome: ExecutionOutcome | undefined;
    let endedAt = Number.NaN;
    this.kernel.spawn(async () => {
      outcome = await execute(definition, input, context(input), this.environment(events));
      endedAt = this.kernel.now - START;
    });
    await this.kernel.run(START + 400 * DAY_MS);
    if (outcome === undefined) throw new Error('it never ended');
    return { outcome, events, calls: this.calls, endedAt };
  }

  environment(events: HistoryEvent[]): AslEnvironment {
    return {
      now: () => this.kernel.now,
      sleep: (milliseconds) => this.kernel.sleep(milliseconds),
      random: () => this.kernel.random.next(),
      uuid: () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`,
      transitionMs: () => this.#transitionMs,
      integrate: async (call) => {
        this.calls.push(call);
        return this.#integrate(call, this);
      },
      onEvent: (event) => events.push(event),
      stopped: () => this.stopped,
      onStopped: (listener) => {
        this.#stop = listener;
      },
      tokens: this.tokens,
    };
  }
}

export const context = (input: unknown = {}): ExecutionContext => ({
  Execution: {
    Id: 'arn:aws:states:eu-west-1:111122223333:execution:machine:run-1',
    Input: input,
    Name: 'run-1',
    RoleArn: 'arn:aws:iam::111122223333:role/machine',
    StartTime: '2026-03-01T04:30:00.000Z',
  },
  StateMachine: { Id: 'arn:aws:states:eu-west-1:111122223333:stateMachine:machine', Name: 'machine' },
});

/** A JSONata machine of these states, starting at the first. */
export function machine(states: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...more };
}

/** A machine of one state, which ends it. */
export const only = (state: Record<string, unknown>): Record<string, unknown> =>
  machine({ Only: { ...state, End: true } });

export const run = (definition: unknown, input: unknown = {}, integrate?: Integrate): Promise<Run> =>
  new Stage(integrate).run(definition, input);

/** The output of an execution that succeeds. */
export async function outputOf(definition: unknown, input: unknown = {}, integrate?: Integrate): Promise<unknown> {
  const { outcome } = await run(definition, input, integrate);
  if (outcome.status !== 'SUCCEEDED') throw new Error(`${outcome.status}: ${outcome.error}: ${outcome.cause}`);
  return outcome.output;
}

/** The error of an execution that does not. */
export async function errorOf(
  definition: unknown,
  input: unknown = {},
  integrate?: Integrate,
): Promise<{ error: string; cause: string }> {
  const { outcome } = await run(definition, input, integrate);
  if (outcome.status === 'SUCCEEDED') throw new Error(`it succeeded with ${JSON.stringify(outcome.output)}`);
  return { error: outcome.error, cause: outcome.cause };
}

/** Events as `id<previous Type`. */
export const trace = (events: HistoryEvent[]): string[] =>
  events.map(({ id, previousId, type }) => `${id}<${previousId} ${type}`);

/** Types of events alone. */
export const types = (events: HistoryEvent[]): string[] => events.map(({ type }) => type);
