import { NotSimulated } from '../kernel/not-simulated.ts';
import { Deadline } from './deadline.ts';
import { Failure, isAslError } from './failure.ts';
import type { Template } from './jsonata/template.ts';
import { dataLimitExceeded, PAYLOAD_LIMIT } from './limits.ts';
import { evaluateNumber, type NumberField } from './number-field.ts';
import type { TokenEnd } from './task-tokens.ts';
import type { Exit, Leave, Visit } from './visit.ts';

export type TaskDefinition = {
  resource: string;
  /** `lambda`, `aws-sdk:dynamodb`, as events name it. */
  service: string;
  /** `invoke`, `getItem`, `sendMessage.waitForTaskToken`. */
  action: string;
  arguments: Template | undefined;
  timeoutSeconds: NumberField | undefined;
  heartbeatSeconds: NumberField | undefined;
  leave: Leave;
};

type OpenToken = { end: Promise<TokenEnd>; close: () => void };

/** One attempt at a task: scheduled, started, submitted where it goes on elsewhere, and ended. Throws a Failure. */
export async function attemptTask(visit: Visit, task: TaskDefinition): Promise<Exit> {
  const { environment } = visit;
  visit.taskToken = task.action.endsWith('.waitForTaskToken') ? environment.uuid() : undefined;
  const timeout = task.timeoutSeconds && (await evaluateNumber(visit, task.timeoutSeconds));
  const heartbeat = task.heartbeatSeconds && (await evaluateNumber(visit, task.heartbeatSeconds));
  const given = task.arguments === undefined ? visit.input : await visit.evaluate(task.arguments);
  const parameters = copied(given, () => dataLimitExceeded(task.service));
  tell(visit, task, 'TaskScheduled', {
    parameters,
    ...(timeout !== undefined && { timeoutInSeconds: timeout }),
    ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }),
  });
  tell(visit, task, 'TaskStarted');
  const deadline = new Deadline(environment, timeout, heartbeat);
  const token = visit.taskToken === undefined ? undefined : openToken(visit, visit.taskToken, deadline);
  try {
    const answer = await integrate(visit, task, parameters, deadline);
    const result = token === undefined ? answer : await tokenResult(visit, task, answer, token, deadline);
    if (/\.sync(:\d+)?$/.test(task.action)) tell(visit, task, 'TaskSubmitted', { output: result });
    tell(visit, task, 'TaskSucceeded', { output: result });
    return await visit.leave(task.leave, result, { result });
  } finally {
    deadline.stop();
    token?.close();
  }
}

async function integrate(visit: Visit, task: TaskDefinition, parameters: unknown, deadline: Deadline) {
  const { environment, frame, taskToken } = visit;
  const token = taskToken === undefined ? {} : { taskToken };
  const work = environment.integrate({ resource: task.resource, arguments: parameters, ...token });
  // A mistake of ours must not go unnoticed, also where nobody waits for the answer any more.
  work.catch((error) => isAslError(error) || frame.execution.crash(error));
  try {
    return received(visit, task, await frame.wait(deadline.race(work)));
  } catch (error) {
    if (!isAslError(error)) throw error;
    const event = taskToken === undefined ? 'TaskFailed' : 'TaskSubmitFailed';
    throw failed(visit, task, Failure.from(error), event);
  }
}

async function tokenResult(visit: Visit, task: TaskDefinition, answer: unknown, token: OpenToken, deadline: Deadline) {
  tell(visit, task, 'TaskSubmitted', { output: answer });
  const end = await visit.frame.wait(deadline.race(token.end));
  if (end instanceof Failure) return received(visit, task, end);
  if ('output' in end) return received(visit, task, end.output);
  throw failed(visit, task, new Failure(end.error, end.cause), 'TaskFailed');
}

function openToken(visit: Visit, token: string, deadline: Deadline): OpenToken {
  const { tokens } = visit.environment;
  if (tokens === undefined) throw new NotSimulated('.waitForTaskToken without TaskTokens in the environment');
  const end = tokens.open(token, () => deadline.beat());
  const forget = visit.frame.life.onEnd(() => tokens.close(token));
  const close = () => {
    forget();
    tokens.close(token);
  };
  return { end, close };
}

/** Throws a Failure, after its event, where the deadline came first or the result is too large. */
function received(visit: Visit, task: TaskDefinition, result: unknown): unknown {
  if (result instanceof Failure) throw failed(visit, task, result, 'TaskTimedOut');
  return copied(result ?? {}, () => failed(visit, task, dataLimitExceeded(task.service), 'TaskFailed'));
}

/** As it arrives on the other side: by its text, so that nobody shares an object. */
function copied(payload: unknown, tooLarge: () => Failure): unknown {
  const text = JSON.stringify(payload);
  if (Buffer.byteLength(text) > PAYLOAD_LIMIT) throw tooLarge();
  return JSON.parse(text);
}

/** Records that the task failed, and answers the failure. */
function failed(visit: Visit, task: TaskDefinition, failure: Failure, event: string): Failure {
  const { error, cause } = failure;
  tell(visit, task, event, { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
  return failure;
}

function tell(visit: Visit, task: TaskDefinition, event: string, detail: Record<string, unknown> = {}): void {
  visit.event(event, { resource: task.action, resourceType: task.service, ...detail });
}
