import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import { ASYNC_DEFAULTS, AsyncInvocations } from './lambda-async.ts';
import { environmentOf, type FunctionSpec } from './lambda-function.ts';
import { type Answer, FunctionRunner } from './lambda-runner.ts';
import type { CreateHandler } from './lambda-sandbox.ts';
import { physicalName } from './physical-name.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import { targetCall } from './target-call.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (1 MB since 2025-10) */
const MAX_ASYNC_BYTES = 1_048_576;

type Deployed = { runner: FunctionRunner; queue: AsyncInvocations };

/** Functions: what invokes them, and what becomes of the invocation. */
export class Lambda implements Service {
  readonly id = 'lambda';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #iam: Iam;
  readonly #create: CreateHandler;
  /** By unqualified ARN. */
  readonly #functions = new Map<string, Deployed>();
  readonly #layers = new Map<string, string>();
  readonly #listeners: ((spec: FunctionSpec, answer: Answer) => void)[] = [];

  constructor(world: World, iam: Iam, create: CreateHandler) {
    this.#world = world;
    this.#iam = iam;
    this.#create = create;
    world.network.onLoss((region) => {
      for (const { runner } of this.#functions.values()) if (runner.spec.region === region) runner.stop();
    });
    this.operations = {
      Invoke: {
        permissions: (input, at) => [{ action: 'lambda:InvokeFunction', resource: this.#arn(input, at.region) }],
        answer: (input, at) => this.#invoke(input, at.region),
      },
    };
    this.resources = {
      'AWS::Lambda::Function': (properties, at) => this.#deploy(properties, at),
      'AWS::Lambda::Version': (properties, at) => this.#qualified(properties, at, '1'),
      'AWS::Lambda::Alias': (properties, at) => this.#qualified(properties, at, properties.Name),
      'AWS::Lambda::Permission': (properties, at) => this.#permit(properties, at),
      'AWS::Lambda::EventInvokeConfig': (properties, at) => this.#configure(properties, at),
      'AWS::Lambda::LayerVersion': (properties, at) => {
        const arn = `arn:aws:lambda:${at.region}:${world.account}:layer:${physicalName(properties.LayerName, at)}:1`;
        this.#layers.set(arn, properties.Content.S3Key);
        return { ref: arn, attributes: { LayerVersionArn: arn } };
      },
    };
  }

  get functions(): FunctionSpec[] {
    return [...this.#functions.values()].map(({ runner }) => runner.spec);
  }

  /** Told how every invocation ended. */
  onAnswer(listener: (spec: FunctionSpec, answer: Answer) => void): void {
    this.#listeners.push(listener);
  }

  /** Every role must trust Lambda and be able to send to the function's dead-letter queue, and every function must start. */
  deployed(): void {
    for (const { runner } of this.#functions.values()) {
      const { spec } = runner;
      const problem =
        this.#iam.assumeRoleProblem('lambda.amazonaws.com', spec.roleArn) ?? this.#deadLetterProblem(spec);
      if (problem !== undefined) throw new Error(`function ${spec.name} (${spec.stack}/${spec.logicalId}): ${problem}`);
      runner.prepare();
    }
  }

  /** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html refuses a role that cannot send to the target. */
  #deadLetterProblem(spec: FunctionSpec): string | undefined {
    if (spec.deadLetterArn === undefined) return undefined;
    const call = targetCall(spec.deadLetterArn, '');
    const operation = call && this.#world.services.get(call.service)?.operations[call.operation];
    if (call === undefined || operation === undefined) return `${spec.deadLetterArn} is no target for dead letters`;
    const caller = { kind: 'role', arn: spec.roleArn, session: spec.name } as const;
    for (const permission of operation.permissions(call.input, { region: spec.region, caller })) {
      const why = this.#iam.judge(caller, permission, spec.region);
      if (why !== undefined) return `it cannot send to its dead-letter target: ${why}`;
    }
    return undefined;
  }

  /** A name, an ARN, or a part of one, with or without a qualifier. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  #arn(input: Input, region: string): string {
    const given: string = input.FunctionName;
    const [name, qualifier = input.Qualifier] = given
      .replace(/^(arn:aws:lambda:[^:]+:)?(\d+:)?(function:)?/, '')
      .split(':');
    const at = /^arn:aws:lambda:([^:]+):/.exec(given)?.[1] ?? region;
    const arn = `arn:aws:lambda:${at}:${this.#world.account}:function:${name}`;
    return qualifier === undefined || qualifier === '$LATEST' ? arn : `${arn}:${qualifier}`;
  }

  #find(arn: string): Deployed {
    const deployed = this.#functions.get(arn.split(':').slice(0, 7).join(':'));
    if (deployed === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
    return deployed;
  }

  #invoke(input: Input, region: string): unknown {
    const arn = this.#arn(input, region);
    const { runner, queue } = this.#find(arn);
    if (runner.spec.region !== region)
      throw new AwsError(
        'ResourceNotFoundException',
        `Functions from '${runner.spec.region}' are not reachable in this region ('${region}')`,
        404,
      );
    const payload = textOf(input.Payload);
    if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
    if (input.InvocationType !== 'Event') return this.#answer(runner, payload);
    if (Buffer.byteLength(payload) > MAX_ASYNC_BYTES)
      throw new AwsError(
        'RequestTooLargeException',
        `${payload.length} byte payload is too large for the Event invocation type`,
        413,
      );
    queue.add(payload);
    return { StatusCode: 202 };
  }

  async #answer(runner: FunctionRunner, payload: string): Promise<unknown> {
    const answer = await runner.invoke(payload);
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: Buffer.from(answer.payload),
      ...(answer.functionError === undefined ? {} : { FunctionError: answer.functionError }),
    };
  }

  #deploy(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const name = physicalName(properties.FunctionName, at);
    const arn = `arn:aws:lambda:${at.region}:${this.#world.account}:function:${name}`;
    if (this.#functions.has(arn)) throw new Error(`there are two functions named ${name} in ${at.region}`);
    const spec: FunctionSpec = {
      ...{ name, arn, region: at.region, stack: at.stack, logicalId: at.logicalId, metadata: at.metadata },
      roleArn: properties.Role,
      environment: environmentOf(properties, name),
      timeoutMs: 1000 * Number(properties.Timeout ?? 3),
      memoryMb: Number(properties.MemorySize ?? 128),
      logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      traced: properties.TracingConfig?.Mode === 'Active',
      layers: (properties.Layers ?? []).map((layer: string) => this.#layer(layer, name)),
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      deadLetterArn: properties.DeadLetterConfig?.TargetArn,
    };
    const runner = new FunctionRunner(spec, this.#world, this.#create, (answer) => {
      for (const listener of this.#listeners) listener(spec, answer);
    });
    this.#functions.set(arn, { runner, queue: new AsyncInvocations(this.#world, runner) });
    return { ref: name, attributes: { Arn: arn } };
  }

  #layer(arn: string, functionName: string): string {
    const key = this.#layers.get(arn);
    if (key === undefined) throw new Error(`function ${functionName} uses layer ${arn}, which does not exist`);
    return key;
  }

  #qualified(properties: Input, at: ResourcePlace, qualifier: string): ReturnType<ResourceType> {
    const arn = `${this.#find(this.#arn(properties, at.region)).runner.spec.arn}:${qualifier}`;
    return { ref: arn, attributes: { Version: '1', FunctionArn: arn, AliasArn: arn } };
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
  #permit(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const arn = this.#arn(properties, at.region);
    this.#find(arn);
    const { Principal: who, SourceArn, SourceAccount, Action } = properties;
    const Principal = /^[a-z0-9.-]+\.(amazonaws|amazon)\.com$/.test(who) ? { Service: who } : { AWS: who };
    const Condition = {
      ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
      ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    };
    this.#iam.resourcePolicy(arn, { Statement: [{ Effect: 'Allow', Principal, Action, Resource: arn, Condition }] });
    return { ref: at.logicalId };
  }

  #configure(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const { queue } = this.#find(this.#arn(properties, at.region));
    const { OnFailure, OnSuccess } = properties.DestinationConfig ?? {};
    if (properties.Qualifier !== '$LATEST') throw new NotSimulated('settings of asynchronous invocation for a version');
    queue.settings = {
      maxRetries: properties.MaximumRetryAttempts ?? ASYNC_DEFAULTS.maxRetries,
      maxAgeMs: 1000 * (properties.MaximumEventAgeInSeconds ?? ASYNC_DEFAULTS.maxAgeMs / 1000),
      ...(OnFailure === undefined ? {} : { onFailure: OnFailure.Destination }),
      ...(OnSuccess === undefined ? {} : { onSuccess: OnSuccess.Destination }),
    };
    return { ref: at.logicalId };
  }
}

function textOf(payload: unknown): string {
  const text = payload instanceof Uint8Array ? Buffer.from(payload).toString() : String(payload ?? '{}');
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  }
  return text;
}
