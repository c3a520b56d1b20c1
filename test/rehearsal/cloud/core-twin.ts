import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { TemplateResource } from '../../../src/rehearsal/assembly/assembly.ts';
import { loadAssembly } from '../../../src/rehearsal/assembly/load.ts';
import { EventBridge } from '../../../src/rehearsal/cloud/eventbridge.ts';
import { Iam } from '../../../src/rehearsal/cloud/iam.ts';
import { Kms } from '../../../src/rehearsal/cloud/kms.ts';
import { Lambda } from '../../../src/rehearsal/cloud/lambda.ts';
import type { CreateHandler } from '../../../src/rehearsal/cloud/lambda-sandbox.ts';
import { Logs } from '../../../src/rehearsal/cloud/logs.ts';
import { Scheduler } from '../../../src/rehearsal/cloud/scheduler.ts';
import type { Caller, Input } from '../../../src/rehearsal/cloud/service.ts';
import { Sfn } from '../../../src/rehearsal/cloud/sfn.ts';
import { Sns } from '../../../src/rehearsal/cloud/sns.ts';
import { Sqs } from '../../../src/rehearsal/cloud/sqs.ts';
import { Ssm } from '../../../src/rehearsal/cloud/ssm.ts';
import { Sts } from '../../../src/rehearsal/cloud/sts.ts';
import { type CallRecord, type TranscriptEntry, World } from '../../../src/rehearsal/cloud/world.ts';
import { XRay } from '../../../src/rehearsal/cloud/xray.ts';
import { Kernel } from '../../../src/rehearsal/kernel/kernel.ts';
import { Latencies, type Latency } from '../../../src/rehearsal/kernel/latencies.ts';

export const START = Date.UTC(2026, 2, 1, 4, 30);
export const ACCOUNT = '111122223333';
export const OPERATOR: Caller = { kind: 'role', arn: `arn:aws:iam::${ACCOUNT}:role/operator`, session: 'test' };

const table: Record<string, Latency> = parse(readFileSync('src/rehearsal/latencies.yaml', 'utf8'));

/** The core of the cloud, alone, with the transcript and the calls that it saw. */
export class CoreTwin {
  readonly kernel: Kernel;
  readonly world: World;
  readonly iam: Iam;
  readonly kms: Kms;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly lambda: Lambda;
  readonly eventbridge: EventBridge;
  readonly scheduler: Scheduler;
  readonly sfn: Sfn;
  readonly transcript: TranscriptEntry[] = [];
  readonly calls: CallRecord[] = [];

  constructor(create: CreateHandler = () => async () => null, seed = '1') {
    this.kernel = new Kernel(seed, START);
    this.world = new World(this.kernel, new Latencies(table, this.kernel.random.fork('latencies')));
    this.iam = new Iam(this.world);
    this.kms = new Kms(this.world, this.iam);
    this.sqs = new Sqs(this.world, this.iam, this.kms);
    this.sns = new Sns(this.world, this.iam, this.kms);
    this.lambda = new Lambda(this.world, this.iam, create);
    this.eventbridge = new EventBridge(this.world, this.iam);
    this.scheduler = new Scheduler(this.world, this.iam);
    this.sfn = new Sfn(this.world, this.iam);
    const others = [new Logs(this.world), new XRay(), new Sts(this.world, this.iam), new Ssm(this.world)];
    const core = [this.iam, this.kms, this.sqs, this.sns, this.lambda, this.eventbridge, this.scheduler, this.sfn];
    for (const service of [...core, ...others]) this.world.register(service);
    this.world.listen((entry) => this.transcript.push(entry));
    this.world.observe((record) => this.calls.push(record));
  }

  deploy(resources: Record<string, TemplateResource>, region = 'eu-west-1', stack = 'stack'): void {
    loadAssembly({ stacks: [{ name: stack, region, template: { Resources: resources } }], layers: {} }, this.world);
  }

  run(minutes: number): Promise<void> {
    return this.kernel.run(this.kernel.now + minutes * 60_000);
  }

  /** Makes a call as somebody, and lets time pass until it is answered. */
  async call(
    service: string,
    operation: string,
    input: Input,
    caller: Caller = OPERATOR,
    region = 'eu-west-1',
  ): Promise<Input> {
    let outcome: { answer: unknown } | { error: unknown } | undefined;
    this.kernel.spawn(async () => {
      outcome = await this.world.call({ caller, from: region, region, service, operation, input }).then(
        (answer) => ({ answer }),
        (error) => ({ error }),
      );
    });
    await this.kernel.run(this.kernel.now + 86_400_000, () => outcome !== undefined);
    if (outcome === undefined) throw new Error(`${service}:${operation} was never answered`);
    if ('error' in outcome) throw outcome.error;
    return outcome.answer;
  }

  happened(what: string): TranscriptEntry[] {
    return this.transcript.filter((entry) => entry.what === what);
  }
}

export const allow = (Action: string | string[], Resource: unknown = '*', Condition?: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

export const deny = (Action: string | string[], Resource: unknown = '*') => ({ Effect: 'Deny', Action, Resource });

/** A role that a service trusts, with one inline policy. */
export const roleFor = (service: string, ...statements: unknown[]): TemplateResource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: statements.length === 0 ? [] : [{ PolicyName: 'inline', PolicyDocument: { Statement: statements } }],
  },
});

export const roleNamed = (name: string, service: string, ...statements: unknown[]): TemplateResource => {
  const role = roleFor(service, ...statements);
  return { ...role, Properties: { ...role.Properties, RoleName: name } };
};

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const asRole = (name: string): Caller => ({ kind: 'role', arn: roleArn(name), session: 'test' });

const LOGGING = allow(['logs:CreateLogStream', 'logs:PutLogEvents']);

/** A function and its role, named alike. */
export const functionNamed = (
  name: string,
  properties: Record<string, unknown> = {},
  ...statements: unknown[]
): Record<string, TemplateResource> => ({
  [`${name}Role`]: roleNamed(name, 'lambda.amazonaws.com', LOGGING, ...statements),
  [name]: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: name, Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] }, ...properties },
    Metadata: { 'lifeboat:function': name },
  },
});
