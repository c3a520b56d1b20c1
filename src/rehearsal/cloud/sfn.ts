import { parseDefinition } from '../asl/parse-definition.ts';
import type { StateMachine as Definition } from '../asl/state-machine.ts';
import { TaskTokens, type TokenAnswer } from '../asl/task-tokens.ts';
import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Random } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import { LOG_DELIVERY_ACTIONS } from './logs.ts';
import { physicalName, uuidFrom } from './physical-name.ts';
import type { Caller, Input, Operation, Place, ResourcePlace, ResourceType, Service } from './service.ts';
import { Execution, type HistoryListener, type Machine } from './sfn-execution.ts';
import { historyPage } from './sfn-history.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the API excludes them by name
const EXECUTION_NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/;
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_INPUT_BYTES = 262_144;

const definitions = new Map<string, Definition>();

/** State machines and their executions. */
export class Sfn implements Service {
  readonly id = 'sfn';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #iam: Iam;
  readonly #names: Random;
  readonly #machines = new Map<string, Machine>();
  readonly #executions = new Map<string, Execution>();
  readonly #listeners: HistoryListener[] = [];
  readonly #tokens: TaskTokens;
  readonly #tokenMachines = new Map<string, string>();

  constructor(world: World, iam: Iam) {
    this.#world = world;
    this.#iam = iam;
    this.#names = world.kernel.random.fork('sfn/names');
    this.#tokens = new TaskTokens(() => world.kernel.touched());
    world.network.onLoss((region) => {
      for (const execution of this.#executions.values()) if (execution.machine.region === region) execution.lose();
    });
    this.operations = { ...this.#machineOperations(), ...this.#executionOperations(), ...this.#tokenOperations() };
    this.resources = { 'AWS::StepFunctions::StateMachine': (properties, at) => this.#create(properties, at) };
  }

  get executions(): Execution[] {
    return [...this.#executions.values()];
  }

  get machines(): Machine[] {
    return [...this.#machines.values()];
  }

  /** Told of every history event of every execution, as it happens. */
  onHistory(listener: HistoryListener): void {
    this.#listeners.push(listener);
  }

  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html refuses roles that cannot be taken or cannot log. */
  deployed(): void {
    for (const machine of this.#machines.values()) {
      const { arn, name, roleArn, region, stack, logicalId } = machine;
      const caller: Caller = { kind: 'role', arn: roleArn, session: name };
      const may = (action: string) => this.#iam.judge(caller, { action, resource: '*' }, region);
      const problem =
        this.#iam.assumeRoleProblem('states.amazonaws.com', roleArn, arn) ??
        (machine.logged
          ? LOG_DELIVERY_ACTIONS.map((action) => may(`logs:${action}`)).find((why) => why !== undefined)
          : undefined);
      if (problem !== undefined) throw new Error(`state machine ${name} (${stack}/${logicalId}): ${problem}`);
    }
  }

  #machineOperations(): Record<string, Operation> {
    const on = (action: string, answer: Operation['answer']): Operation => ({
      permissions: (input) => [{ action: `states:${action}`, resource: input.stateMachineArn }],
      answer,
    });
    return {
      StartExecution: on('StartExecution', (input, at) => this.#start(input, at)),
      ListExecutions: on('ListExecutions', (input, at) => this.#list(input, at)),
      DescribeStateMachine: on('DescribeStateMachine', (input, at) => {
        const { arn, name, roleArn } = this.#machine(input.stateMachineArn, at.region);
        return { stateMachineArn: arn, name, roleArn, status: 'ACTIVE', type: 'STANDARD' };
      }),
      ListStateMachines: {
        permissions: () => [{ action: 'states:ListStateMachines', resource: '*' }],
        answer: (_, at) => {
          const here = this.machines.filter(({ region }) => region === at.region);
          return { stateMachines: here.map(({ arn, name }) => ({ stateMachineArn: arn, name, type: 'STANDARD' })) };
        },
      },
    };
  }

  #executionOperations(): Record<string, Operation> {
    const on = (action: string, answer: (execution: Execution, input: Input) => unknown): Operation => ({
      permissions: (input) => [{ action: `states:${action}`, resource: input.executionArn }],
      answer: (input, at) => answer(this.#execution(input.executionArn, at.region), input),
    });
    return {
      DescribeExecution: on('DescribeExecution', (execution) => described(execution)),
      GetExecutionHistory: on('GetExecutionHistory', historyPage),
      StopExecution: on('StopExecution', (execution, input) => {
        execution.stop(input.error ?? '', input.cause ?? '');
        return { stopDate: new Date(this.#world.kernel.now) };
      }),
    };
  }

  /** A token's task belongs to a machine, and IAM judges by it, as the CDK's grantTaskResponse takes for granted. */
  #tokenOperations(): Record<string, Operation> {
    const on = (action: string, use: (input: Input) => TokenAnswer): Operation => ({
      permissions: (input) => [
        { action: `states:${action}`, resource: this.#tokenMachines.get(input.taskToken) ?? '*' },
      ],
      answer: (input) => {
        const answer = use(input);
        if (answer !== 'ok') throw new AwsError(answer, `Invalid token or task: '${answer}'`);
        return {};
      },
    });
    return {
      SendTaskSuccess: on('SendTaskSuccess', ({ taskToken, output }) =>
        this.#tokens.succeed(taskToken, parsed(output, 'InvalidOutput')),
      ),
      SendTaskFailure: on('SendTaskFailure', ({ taskToken, error, cause }) =>
        this.#tokens.fail(taskToken, error, cause),
      ),
      SendTaskHeartbeat: on('SendTaskHeartbeat', ({ taskToken }) => this.#tokens.heartbeat(taskToken)),
    };
  }

  #create(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const name = physicalName(properties.StateMachineName, at, 80);
    const arn = `arn:aws:states:${at.region}:${this.#world.account}:stateMachine:${name}`;
    if (properties.StateMachineType === 'EXPRESS') throw new NotSimulated('an Express state machine');
    if (properties.DefinitionS3Location !== undefined)
      throw new NotSimulated('a state machine defined by an object in S3');
    this.#machines.set(arn, {
      ...{ name, arn, region: at.region, stack: at.stack, logicalId: at.logicalId, roleArn: properties.RoleArn },
      definition: definitionOf(properties),
      logged: (properties.LoggingConfiguration?.Level ?? 'OFF') !== 'OFF',
      traced: properties.TracingConfiguration?.Enabled === true,
    });
    return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
  }

  #machine(arn: string, region: string): Machine {
    const machine = this.#machines.get(arn);
    if (machine !== undefined && machine.region === region) return machine;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  #execution(arn: string, region: string): Execution {
    const execution = this.#executions.get(arn);
    if (execution !== undefined && execution.machine.region === region) return execution;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  #start(input: Input, at: Place): unknown {
    const machine = this.#machine(input.stateMachineArn, at.region);
    const name: string = input.name ?? uuidFrom(this.#names.hex(32));
    if (!EXECUTION_NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    const text: string = input.input ?? '{}';
    parsed(text, 'InvalidExecutionInput');
    if (Buffer.byteLength(text) > MAX_INPUT_BYTES)
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value at 'input' failed to satisfy constraint: length less than or equal to ${MAX_INPUT_BYTES}`,
      );
    const execution = new Execution(machine, name, text, {
      world: this.#world,
      tokens: this.#tokens,
      tell: (event, of) => {
        for (const listener of this.#listeners) listener(event, of);
      },
      tokenGiven: (token) => this.#tokenMachines.set(token, machine.arn),
    });
    const before = this.#executions.get(execution.arn);
    if (before !== undefined) return again(before, text);
    this.#executions.set(execution.arn, execution);
    this.#trace(machine);
    execution.run();
    return { executionArn: execution.arn, startDate: new Date(execution.startedAt) };
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html: without the permission there is no trace, and no error. */
  #trace(machine: Machine): void {
    if (!machine.traced) return;
    const caller: Caller = { kind: 'role', arn: machine.roleArn, session: machine.name };
    for (const operation of ['GetSamplingRules', 'GetSamplingTargets', 'PutTraceSegments', 'PutTelemetryRecords'])
      try {
        this.#world.act({ caller, region: machine.region, service: 'xray', operation, input: {} });
      } catch (error) {
        this.#world.record('state machine cannot trace', { machine: machine.name, error: String(error) });
      }
  }

  #list(input: Input, at: Place): unknown {
    const machine = this.#machine(input.stateMachineArn, at.region);
    const found = this.executions.filter(
      (each) => each.machine === machine && (input.statusFilter ?? each.status) === each.status,
    );
    return {
      executions: found
        .reverse()
        .slice(0, input.maxResults || 100)
        .map(described),
    };
  }
}

/** Starting what runs already under the same name with the same input changes nothing. */
function again(before: Execution, input: string): unknown {
  if (before.status === 'RUNNING' && before.input === input)
    return { executionArn: before.arn, startDate: new Date(before.startedAt) };
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${before.arn}'`);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html */
function definitionOf(properties: Input): Definition {
  const raw: string = properties.DefinitionString ?? JSON.stringify(properties.Definition);
  const substitutions: Record<string, unknown> = properties.DefinitionSubstitutions ?? {};
  const text = raw.replace(/\$\{([A-Za-z0-9_]+)\}/g, (found, name: string) => String(substitutions[name] ?? found));
  const left = /\$\{([A-Za-z0-9_]+)\}/.exec(text)?.[0];
  if (left !== undefined) throw new Error(`the definition's ${left} has no substitution`);
  let definition = definitions.get(text);
  if (definition === undefined) {
    definition = parseDefinition(text);
    definitions.set(text, definition);
  }
  return definition;
}

function parsed(text: string, refusal: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError(refusal, `Invalid JSON: ${text.slice(0, 100)}`);
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
const described = (execution: Execution): unknown => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machine.arn,
  name: execution.name,
  status: execution.status,
  startDate: new Date(execution.startedAt),
  input: execution.input,
  ...(execution.endedAt === undefined ? {} : { stopDate: new Date(execution.endedAt) }),
  ...(execution.outcome === undefined
    ? {}
    : 'output' in execution.outcome
      ? { output: JSON.stringify(execution.outcome.output) }
      : given({ error: execution.outcome.error, cause: execution.outcome.cause })),
});

/** A Fail state names an error and a cause, or does not. */
const given = (texts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
