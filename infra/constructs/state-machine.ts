import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { MachineName } from '../names.ts';
import type { LifeboatStack } from '../stack.ts';
import { faultAlarm } from './alarm.ts';
import { logGroup } from './log-group.ts';
import type { Grant } from './role.ts';
import { LifeboatRole } from './role.ts';

type MachineSpec = {
  name: MachineName;
  /** By the names that definitions call them. */
  functions: ReadonlyMap<string, string>;
  /** Whether it hands over to a new execution of itself, before its history is full. */
  startsItself?: true;
  topic: string;
};

const MACHINES: Record<string, MachineName> = {
  Failover: 'failover',
  Fence: 'fence',
  Protect: 'protect',
  Judge: 'judge',
  Verify: 'verify',
};

/**
 * What logging and tracing need; none of these actions can be narrowed to a resource.
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html, …/concepts-xray-tracing.html
 */
const OBSERVED: Grant[] = [
  {
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    on: ['*'],
    because: 'Log deliveries have no ARN to name.',
  },
  {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    on: ['*'],
    because: 'Traces have no ARN to name.',
  },
];

/** A state machine from `statemachines/`, whose role may start exactly what its definition names. */
export class StateMachine extends Construct {
  readonly arn: string;

  constructor(stack: LifeboatStack, id: string, spec: MachineSpec) {
    super(stack, id);
    const definition = readDefinition(spec.name);
    const functions = referencesOf(definition).filter((name) => !(name in MACHINES));
    const machines = referencesOf(definition).filter((name) => name in MACHINES);
    const functionArns = Object.fromEntries(functions.map((name) => [name, functionArn(spec, name)]));
    const machineArns = Object.fromEntries(
      machines.map((name) => [name, stack.names.machineArn(MACHINES[name] ?? 'failover')]),
    );
    const itself = spec.startsItself ? [stack.names.machineArn(spec.name)] : [];
    const role = new LifeboatRole(this, 'Role', stack, {
      name: spec.name,
      for: 'states.amazonaws.com',
      grants: [...OBSERVED, ...starts(Object.values(functionArns), [...Object.values(machineArns), ...itself])],
    });
    this.arn = this.#machine(stack, spec.name, definition, role.arn, { ...functionArns, ...machineArns });
    this.#alarm(spec, stack.names.of(spec.name), 'TimeoutSeconds' in JSON.parse(definition));
  }

  #machine(stack: LifeboatStack, name: MachineName, definition: string, roleArn: string, arns: Record<string, string>) {
    // Under this prefix log groups do not count towards the limit of CloudWatch's resource policies.
    const logs = logGroup(this, `/aws/vendedlogs/states/${stack.names.of(name)}`);
    const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: logs.logGroupArn } }];
    const machine = new CfnStateMachine(this, 'Resource', {
      stateMachineName: stack.names.of(name),
      stateMachineType: 'STANDARD',
      roleArn,
      definitionString: definition,
      definitionSubstitutions: arns,
      loggingConfiguration: { level: 'ALL', includeExecutionData: true, destinations },
      tracingConfiguration: { enabled: true },
    });
    return machine.attrArn;
  }

  /** A machine without a time-out of its own is never timed out. */
  #alarm({ topic }: MachineSpec, name: string, timesOut: boolean): void {
    for (const metric of ['ExecutionsFailed', ...(timesOut ? ['ExecutionsTimedOut'] : [])]) {
      faultAlarm(this, `${metric}Alarm`, {
        name: `${name}-${metric === 'ExecutionsFailed' ? 'failed' : 'timed-out'}`,
        what: `An execution of ${name} ended without success. Its runbook is named by the state that it ended in.`,
        namespace: 'AWS/States',
        metric,
        dimensions: { StateMachineArn: this.arn },
        topic,
      });
    }
  }
}

function readDefinition(name: MachineName): string {
  const file = join(import.meta.dirname, '..', '..', 'statemachines', `${name}.asl.json`);
  return JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
}

/** Every `${Name}` in a definition, each once. */
function referencesOf(definition: string): string[] {
  return [...new Set(Array.from(definition.matchAll(/\$\{([A-Z][A-Za-z]*)\}/g), (match) => match[1] ?? ''))];
}

function functionArn({ name, functions }: MachineSpec, reference: string): string {
  const arn = functions.get(reference);
  if (arn === undefined) throw new Error(`statemachines/${name}.asl.json names \${${reference}}, which no function is`);
  return arn;
}

function starts(functions: string[], machines: string[]): Grant[] {
  return [
    ...(functions.length > 0 ? [{ actions: ['lambda:InvokeFunction'], on: functions }] : []),
    ...(machines.length > 0 ? [{ actions: ['states:StartExecution'], on: machines }] : []),
  ];
}
