import { recover } from '../recovery.ts';
import type { TaskDescription } from '../state-machine.ts';
import type { StateReader, StateType } from '../state-type.ts';
import { attemptTask, type TaskDefinition } from '../task-attempt.ts';

const INTEGRATION = /^arn:aws[\w-]*:states:::((?:aws-sdk:)?[\w-]+):([\w.:-]+)$/;
const MAX_SECONDS = 99_999_999;

/** Calls a service integration. https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html */
export const task: StateType = {
  fields: [
    'Resource',
    'Arguments',
    'Output',
    'Assign',
    'TimeoutSeconds',
    'HeartbeatSeconds',
    'Retry',
    'Catch',
    'Credentials',
    'Next',
    'End',
  ],
  parse(reader) {
    const resource = reader.requiredString('Resource');
    const [, service = '', action = ''] = INTEGRATION.exec(resource) ?? [];
    if (service === '') reader.findings.notSimulated.push(`the resource ${resource} of state ${reader.state}`);
    if (reader.has('Credentials')) reader.findings.notSimulated.push(`Credentials of state ${reader.state}`);
    describe(reader, resource);
    const next = reader.transition();
    const recovery = reader.recovery();
    const definition: TaskDefinition = {
      resource,
      service,
      action,
      arguments: reader.template('Arguments', 'input'),
      timeoutSeconds: reader.number('TimeoutSeconds', { min: 1, max: MAX_SECONDS, whole: true }),
      heartbeatSeconds: reader.number('HeartbeatSeconds', { min: 1, max: MAX_SECONDS, whole: true }),
      leave: { next, assign: reader.assign('result'), output: reader.template('Output', 'result') },
    };
    checkHeartbeat(reader);
    return { next: [next], recovery, run: (visit) => recover(visit, recovery, () => attemptTask(visit, definition)) };
  },
};

function describe(reader: StateReader, resource: string): void {
  const { FunctionName, StateMachineArn } = (reader.raw.Arguments ?? {}) as Record<string, unknown>;
  const description: TaskDescription = { state: reader.state, resource };
  const [, functionSubstitution] = /^\$\{(\w+)\}/.exec(String(FunctionName)) ?? [];
  const [, machineSubstitution] = /^\$\{(\w+)\}/.exec(String(StateMachineArn)) ?? [];
  if (functionSubstitution !== undefined) description.functionSubstitution = functionSubstitution;
  if (machineSubstitution !== undefined) description.machineSubstitution = machineSubstitution;
  reader.findings.description.tasks.push(description);
}

function checkHeartbeat(reader: StateReader): void {
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = reader.raw;
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    reader.problem('HeartbeatSeconds must be smaller than TimeoutSeconds', 'HeartbeatSeconds');
}
