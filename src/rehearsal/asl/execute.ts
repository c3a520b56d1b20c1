import type { AslEnvironment, ExecutionContext, ExecutionOutcome } from './environment.ts';
import { Execution } from './execution.ts';
import { Ended, Failure } from './failure.ts';
import { Frame } from './frame.ts';
import { parseDefinition } from './parse-definition.ts';
import { runProgram } from './run-program.ts';
import type { StateMachine } from './state-machine.ts';

/**
 * Runs a state machine as Step Functions runs a Standard workflow.
 * Rejects for what no state could have caught: NotSimulated, or a mistake of ours.
 * @param definition the text of a definition, its parsed JSON, or what parseDefinition made of it
 */
export async function execute(
  definition: unknown,
  input: unknown,
  context: ExecutionContext,
  environment: AslEnvironment,
): Promise<ExecutionOutcome> {
  const machine = machineOf(definition);
  const payload: unknown = JSON.parse(JSON.stringify(input ?? {}));
  const execution = new Execution({ ...context, Execution: { ...context.Execution, Input: payload } }, environment);
  const frame = Frame.top(execution);
  const { RoleArn } = context.Execution;
  execution.event('ExecutionStarted', frame.trail, { detail: { input: payload, roleArn: RoleArn }, advance: false });
  environment.onStopped?.(() => execution.abort());
  if (environment.stopped()) execution.abort();
  else start(machine, payload, frame);
  return execution.outcome;
}

function start(machine: StateMachine, input: unknown, frame: Frame): void {
  const { execution, trail } = frame;
  runProgram(machine.program, input, frame).then(
    (output) => execution.succeed(output, trail),
    (error) => {
      if (error instanceof Failure) execution.fail(error, trail);
      else if (!(error instanceof Ended)) execution.crash(error);
    },
  );
  if (machine.timeoutSeconds === undefined) return;
  execution.environment.sleep(machine.timeoutSeconds * 1000).then(
    () => execution.timeOut(),
    (error) => execution.crash(error),
  );
}

function machineOf(definition: unknown): StateMachine {
  if (typeof definition === 'string') return parseDefinition(definition);
  if (typeof definition === 'object' && definition !== null && 'program' in definition)
    return definition as StateMachine;
  return parseDefinition(JSON.stringify(definition));
}
