import type { AslEnvironment, ExecutionOutcome, HistoryEvent } from '../asl/environment.ts';
import { execute } from '../asl/execute.ts';
import type { StateMachine as Definition } from '../asl/state-machine.ts';
import type { TaskTokens } from '../asl/task-tokens.ts';
import { publishEvent } from './eventbridge-publish.ts';
import { uuidFrom } from './physical-name.ts';
import type { Caller } from './service.ts';
import { measure } from './service-metrics.ts';
import { integrate } from './sfn-integrations.ts';
import type { World } from './world.ts';

export type Machine = {
  name: string;
  arn: string;
  region: string;
  stack: string;
  logicalId: string;
  roleArn: string;
  definition: Definition;
  logged: boolean;
  traced: boolean;
};

export type HistoryListener = (event: HistoryEvent, execution: Execution) => void;

type Surroundings = { world: World; tokens: TaskTokens; tell: HistoryListener; tokenGiven: (token: string) => void };

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const ENDINGS: Record<ExecutionOutcome['status'], string> = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

/** One execution of a state machine. It lives and dies with its region. */
export class Execution {
  readonly machine: Machine;
  readonly name: string;
  readonly arn: string;
  /** JSON, as it was given. */
  readonly input: string;
  readonly startedAt: number;
  readonly history: HistoryEvent[] = [];
  endedAt: number | undefined;
  outcome: ExecutionOutcome | undefined;
  readonly #surroundings: Surroundings;
  #stopped: { error: string; cause: string } | undefined;
  #lost = false;
  readonly #onStopped: (() => void)[] = [];

  constructor(machine: Machine, name: string, input: string, surroundings: Surroundings) {
    this.machine = machine;
    this.name = name;
    this.arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    this.input = input;
    this.startedAt = surroundings.world.kernel.now;
    this.#surroundings = surroundings;
  }

  get status(): 'RUNNING' | ExecutionOutcome['status'] {
    return this.outcome?.status ?? 'RUNNING';
  }

  run(): void {
    const { kernel } = this.#surroundings.world;
    this.#publish();
    this.#measure('ExecutionsStarted');
    kernel.spawn(async () => {
      const outcome = await execute(
        this.machine.definition,
        JSON.parse(this.input),
        this.#context(),
        this.#environment(),
      );
      if (this.#lost) return;
      this.outcome = outcome.status === 'ABORTED' && this.#stopped ? { ...outcome, ...this.#stopped } : outcome;
      this.endedAt = kernel.now;
      this.#measure(ENDINGS[outcome.status]);
      this.#publish();
    });
  }

  stop(error: string, cause: string): void {
    if (this.outcome !== undefined || this.#stopped !== undefined) return;
    this.#stopped = { error, cause };
    for (const listener of this.#onStopped) listener();
    this.#surroundings.world.kernel.touched();
  }

  /** Its region is gone: nothing of it goes on. */
  lose(): void {
    this.#lost = this.outcome === undefined;
  }

  #context() {
    const { arn: Id, name: Name, machine } = this;
    return {
      Execution: {
        Id,
        Name,
        Input: JSON.parse(this.input),
        RoleArn: machine.roleArn,
        StartTime: new Date(this.startedAt).toISOString(),
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
  }

  #environment(): AslEnvironment {
    const { world, tokens, tell, tokenGiven } = this.#surroundings;
    const { kernel, latencies } = world;
    const random = kernel.random.fork(this.arn);
    const caller: Caller = { kind: 'role', arn: this.machine.roleArn, session: this.machine.name };
    return {
      now: () => kernel.now,
      sleep: (milliseconds) => this.#alive(kernel.sleep(milliseconds)),
      random: () => random.next(),
      uuid: () => uuidFrom(random.hex(32)),
      transitionMs: () => latencies.draw('sfn.transition'),
      integrate: (call) => {
        if (call.taskToken !== undefined) tokenGiven(call.taskToken);
        return this.#alive(integrate(call, caller, this.machine.region, world));
      },
      onEvent: (event) => {
        if (this.#lost) return;
        this.history.push(event);
        tell(event, this);
      },
      stopped: () => this.#stopped !== undefined,
      onStopped: (listener) => this.#onStopped.push(listener),
      tokens,
    };
  }

  async #alive<T>(work: Promise<T>): Promise<T> {
    try {
      const value = await work;
      if (!this.#lost) return value;
    } catch (error) {
      if (!this.#lost) throw error;
    }
    return new Promise(() => {});
  }

  #measure(name: string): void {
    const { world } = this.#surroundings;
    const { arn: StateMachineArn, region } = this.machine;
    measure(world, region, { namespace: 'AWS/States', name, dimensions: { StateMachineArn } }, 1);
  }

  /** Best effort in AWS, too. https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html */
  #publish(): void {
    const { machine, outcome } = this;
    const detail = {
      executionArn: this.arn,
      stateMachineArn: machine.arn,
      name: this.name,
      status: this.status,
      startDate: this.startedAt,
      stopDate: this.endedAt ?? null,
      input: this.input,
      output: outcome !== undefined && 'output' in outcome ? JSON.stringify(outcome.output) : null,
      error: outcome !== undefined && 'error' in outcome ? outcome.error : null,
      cause: outcome !== undefined && 'cause' in outcome ? outcome.cause : null,
    };
    const type = 'Step Functions Execution Status Change';
    publishEvent(this.#surroundings.world, machine.region, {
      source: 'aws.states',
      type,
      resources: [this.arn],
      detail,
    });
  }
}
