import { Duration } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Architecture, Code, Function as Lambda, LayerVersion, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment, FunctionName } from '../environments.ts';
import type { LifeboatStack } from '../stack.ts';
import { faultAlarm } from './alarm.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { logGroup } from './log-group.ts';
import { pascalCase } from './pascal-case.ts';
import type { Grant } from './role.ts';
import { LifeboatRole } from './role.ts';

export type FunctionSpec<Name extends FunctionName> = {
  name: Name;
  environment: Environment<Name>;
  grants: Grant[];
  timeoutSeconds: number;
  memoryMiB: number;
  /** Started by a rule or a schedule, whose caller does not wait: what fails is kept. */
  asynchronous?: true;
  /** Whether the machine that calls it takes its errors for no end, and tells nobody. */
  alarmed?: true;
  /** The role's name, where the function's own is taken by its twin in another region. */
  role?: string;
};

/** What the functions of a stack share. */
export type FunctionsGiven = { stack: LifeboatStack; layer: LayerVersion; topic: string };

const TRACING: Grant = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  on: ['*'],
  because: 'Traces have no ARN to name.',
};

/**
 * One Lambda function: a role, a log group and, where nobody waits for its answer or takes its errors for an end, an alarm of its own. What a state
 * machine waits for is tried again, or fails the execution, and that tells people.
 */
export class LambdaFunction<Name extends FunctionName> extends Construct {
  readonly arn: string;
  /** By which definitions of state machines know it. */
  readonly reference: string;
  readonly #spec: FunctionSpec<Name>;
  readonly name: Name;
  readonly #deadLetters: DeadLetterQueue | undefined;

  constructor(given: FunctionsGiven, spec: FunctionSpec<Name>) {
    super(given.stack, pascalCase(spec.name));
    this.#spec = spec;
    this.name = spec.name;
    this.reference = this.node.id;
    this.#deadLetters = spec.asynchronous && new DeadLetterQueue(this, 'DeadLetters', { ...given, reader: spec.name });
    this.arn = this.#function(given).functionArn;
    const name = given.stack.names.of(spec.name);
    if (!spec.asynchronous && !spec.alarmed) return;
    faultAlarm(this, 'ErrorsAlarm', {
      name: `${name}-errors`,
      what: `The function ${name} failed.`,
      namespace: 'AWS/Lambda',
      metric: 'Errors',
      dimensions: { FunctionName: name },
      topic: given.topic,
    });
  }

  /** Where the rules and schedules that start it keep what they cannot deliver. */
  get deadLetters(): string {
    if (this.#deadLetters === undefined)
      throw new Error(`${this.name} is not asynchronous: nothing starts it but a state machine`);
    return this.#deadLetters.arn;
  }

  #function({ stack, layer }: FunctionsGiven): Lambda {
    const { name, environment, timeoutSeconds, memoryMiB } = this.#spec;
    const logs = logGroup(this, `/aws/lambda/${stack.names.of(name)}`);
    const role = this.#role(stack, logs.logGroupArn);
    const lambda = new Lambda(this, 'Function', {
      functionName: stack.names.of(name),
      description: `Lifeboat: functions/${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(stack.code.of(name)),
      layers: [layer],
      environment: { ...environment, PLAN_FILE: '/opt/plan.json' },
      role: Role.fromRoleArn(this, 'TakenRole', role.arn, { mutable: false }),
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMiB,
      // What a schedule starts each minute is its own beginning and end, and its log tells as much as a trace would.
      tracing: this.#spec.asynchronous ? Tracing.DISABLED : Tracing.ACTIVE,
      logGroup: logs,
      ...(this.#deadLetters && { deadLetterQueue: Queue.fromQueueArn(this, 'Dead', this.#deadLetters.arn) }),
    });
    (lambda.node.defaultChild as CfnFunction).addMetadata('lifeboat:function', name);
    return lambda;
  }

  #role(stack: LifeboatStack, logs: string): LifeboatRole {
    const writeLogs: Grant = {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      on: [logs],
      because: "The log group's streams, which Lambda names.",
    };
    const keepFailures = this.#deadLetters && { actions: ['sqs:SendMessage'], on: [this.#deadLetters.arn] };
    return new LifeboatRole(this, 'Role', stack, {
      name: this.#spec.role ?? this.#spec.name,
      for: 'lambda.amazonaws.com',
      grants: [writeLogs, keepFailures ?? TRACING, ...this.#spec.grants],
    });
  }
}

/** The plan, as written, for every function of a stack: an environment holds no more than 4 KB. */
export function planLayer(stack: LifeboatStack): LayerVersion {
  return new LayerVersion(stack, 'Plan', {
    layerVersionName: stack.names.of('plan'),
    description: 'The plan, at /opt/plan.json',
    code: Code.fromAsset(stack.code.planLayer),
    compatibleArchitectures: [Architecture.ARM_64],
    compatibleRuntimes: [Runtime.NODEJS_24_X],
  });
}
