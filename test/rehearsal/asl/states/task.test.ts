import { describe, expect, it } from '@jest/globals';
import { AslError } from '../../../../src/rehearsal/asl/environment.ts';
import { NotSimulated } from '../../../../src/rehearsal/kernel/not-simulated.ts';
import { errorOf, type Integrate, only, outputOf, run, START, Stage, trace, types } from '../stage.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const task = (fields: Record<string, unknown> = {}) => only({ Type: 'Task', Resource: INVOKE, ...fields });

describe('a Task state', () => {
  it('calls its integration with its Arguments and passes the result on', async () => {
    const definition = task({ Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' } });
    const { outcome, calls, events } = await run(definition, { tier: 1 }, () => ({ Payload: 'ok' }));
    expect(calls).toEqual([{ resource: INVOKE, arguments: { FunctionName: 'f', Payload: { tier: 1 } } }]);
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { Payload: 'ok' } });
    expect(trace(events)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 TaskStateEntered',
      '3<2 TaskScheduled',
      '4<3 TaskStarted',
      '5<4 TaskSucceeded',
      '6<5 TaskStateExited',
      '7<6 ExecutionSucceeded',
    ]);
    expect(events[2]).toMatchObject({ state: 'Only', detail: { resource: 'invoke', resourceType: 'lambda' } });
  });

  it('makes its Output and Assign of the result', async () => {
    const definition = task({
      Output: '{% $states.result.Payload %}',
      Assign: { n: '{% $states.result.Payload.n %}' },
    });
    const { outcome, events } = await run(definition, {}, () => ({ Payload: { n: 3 } }));
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { n: 3 } });
    expect(events.find(({ type }) => type === 'TaskStateExited')?.detail).toMatchObject({
      assignedVariables: { n: 3 },
    });
  });

  it('shares no object with what it calls', async () => {
    const kept: { Payload: { n: number } } = { Payload: { n: 1 } };
    const definition = task({
      Arguments: { Payload: '{% $states.input %}' },
      Output: ['{% $states.input %}', '{% $states.result %}'],
    });
    const spoil: Integrate = (call, stage) => {
      (call.arguments as { Payload: { n: number } }).Payload.n = 99;
      stage.kernel.schedule(0, () => {});
      return kept;
    };
    const output = await outputOf(definition, { n: 0 }, spoil);
    kept.Payload.n = 99;
    expect(output).toEqual([{ n: 0 }, { Payload: { n: 1 } }]);
  });

  it('fails with the error of its integration', async () => {
    const { outcome, events } = await run(task(), {}, () => {
      throw new AslError('Lambda.TooManyRequestsException', 'Rate exceeded');
    });
    expect(outcome).toEqual({ status: 'FAILED', error: 'Lambda.TooManyRequestsException', cause: 'Rate exceeded' });
    expect(trace(events).slice(3)).toEqual(['4<3 TaskStarted', '5<4 TaskFailed', '6<5 ExecutionFailed']);
  });

  it('lets what is not simulated, and mistakes of ours, end everything', async () => {
    const definition = task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Only' }] });
    const refused = run(definition, {}, () => {
      throw new NotSimulated('eks:frobnicate');
    });
    await expect(refused).rejects.toThrow(NotSimulated);
  });

  it('lets a mistake of ours end everything even when it comes too late', async () => {
    const definition = task({ TimeoutSeconds: 1, Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 60 }] });
    const slow: Integrate = async (_, { kernel }) => {
      await kernel.sleep(5_000);
      throw new TypeError('a mistake');
    };
    await expect(run(definition, {}, slow)).rejects.toThrow('a mistake');
  });

  it('does not schedule what its Arguments cannot be made for', async () => {
    const { events, calls } = await run(task({ Arguments: { run: '{% $run %}' } }));
    expect(calls).toEqual([]);
    expect(trace(events).slice(1)).toEqual(['2<0 TaskStateEntered', '3<0 EvaluationFailed', '4<3 ExecutionFailed']);
  });

  it('times out, and what comes too late changes nothing', async () => {
    const late: string[] = [];
    const { outcome, events, endedAt } = await run(task({ TimeoutSeconds: 5 }), {}, async (_, { kernel }) => {
      await kernel.sleep(9_000);
      late.push('answered');
      throw new AslError('TooLate', 'nobody hears it');
    });
    expect(outcome).toEqual({ status: 'FAILED', error: 'States.Timeout', cause: '' });
    expect(endedAt).toBe(5_000);
    expect(late).toEqual(['answered']);
    expect(types(events).slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
    expect(events.find(({ type }) => type === 'TaskScheduled')?.detail).toMatchObject({ timeoutInSeconds: 5 });
  });

  it('takes its time-out from an expression, and refuses what is no time', async () => {
    const slow: Integrate = (_, { kernel }) => kernel.sleep(10_000);
    const definition = task({ TimeoutSeconds: '{% $states.input.seconds %}' });
    expect((await run(definition, { seconds: 4 }, slow)).endedAt).toBe(4_000);
    expect((await errorOf(definition, { seconds: 'x' }, slow)).cause).toMatch(/Expected 'number', but was 'string'/);
    expect((await errorOf(definition, { seconds: 0 }, slow)).cause).toMatch(/returned 0, which is not between 1/);
  });

  it('refuses arguments and results of more than 262,144 bytes', async () => {
    const large = { text: 'x'.repeat(262_144) };
    const cause =
      "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.";
    const { outcome, events } = await run(task(), {}, () => large);
    expect(outcome).toEqual({ status: 'FAILED', error: 'States.DataLimitExceeded', cause });
    expect(types(events).slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
    const { error } = await errorOf(task({ Arguments: { text: '{% $pad("", 262144, "x") %}' } }));
    expect(error).toBe('States.DataLimitExceeded');
  });
});

describe('a Task state that waits for its token', () => {
  const waiting = (fields: Record<string, unknown> = {}) =>
    task({
      Resource: `${INVOKE}.waitForTaskToken`,
      Arguments: { token: '{% $states.context.Task.Token %}' },
      ...fields,
    });
  const later = (milliseconds: number, act: (token: string, stage: Stage) => void): Integrate => {
    return ({ taskToken = '' }, stage) => {
      stage.kernel.schedule(milliseconds, () => act(taskToken, stage));
      return { StatusCode: 202 };
    };
  };

  it('gives the token to its integration, and goes on when somebody uses it', async () => {
    const { outcome, calls, events, endedAt } = await run(
      waiting(),
      {},
      later(5_000, (token, { tokens }) => tokens.succeed(token, { approved: true })),
    );
    expect(calls[0]?.taskToken).toBeDefined();
    expect(calls[0]?.arguments).toEqual({ token: calls[0]?.taskToken });
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { approved: true } });
    expect(endedAt).toBe(5_000);
    expect(types(events).slice(2)).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails as it is told to, even without an error or a cause', async () => {
    const told = await errorOf(
      waiting(),
      {},
      later(1, (token, { tokens }) => tokens.fail(token, 'Held', 'by a person')),
    );
    expect(told).toEqual({ error: 'Held', cause: 'by a person' });
    const caught = waiting({ Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }] });
    caught.States = { ...(caught.States as object), Caught: { Type: 'Succeed' } };
    expect(
      await outputOf(
        caught,
        {},
        later(1, (token, { tokens }) => tokens.fail(token)),
      ),
    ).toEqual({
      Error: null,
      Cause: null,
    });
  });

  it('can be ended before its integration has answered', async () => {
    const output = await outputOf(waiting(), {}, async ({ taskToken = '' }, { kernel, tokens }) => {
      tokens.succeed(taskToken, 'early');
      await kernel.sleep(1_000);
      return {};
    });
    expect(output).toBe('early');
  });

  it('fails before it is submitted where its integration fails', async () => {
    const { outcome, events } = await run(waiting(), {}, () => {
      throw new AslError('Lambda.TooManyRequestsException', 'Rate exceeded');
    });
    expect(outcome).toMatchObject({ error: 'Lambda.TooManyRequestsException' });
    expect(types(events).slice(-2)).toEqual(['TaskSubmitFailed', 'ExecutionFailed']);
  });

  it('times out, and then refuses the token', async () => {
    const answers: string[] = [];
    const late = later(90_000, (token, { tokens }) => answers.push(tokens.succeed(token, {}), tokens.heartbeat(token)));
    const { outcome, events } = await run(waiting({ TimeoutSeconds: 60 }), {}, late);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(types(events).slice(-3)).toEqual(['TaskSubmitted', 'TaskTimedOut', 'ExecutionFailed']);
    expect(answers).toEqual(['TaskTimedOut', 'TaskTimedOut']);
  });

  it('lives as long as its heart beats', async () => {
    const beating: Integrate = ({ taskToken = '' }, { kernel, tokens }) => {
      for (const second of [8, 16, 24]) kernel.schedule(second * 1000, () => tokens.heartbeat(taskToken));
      return {};
    };
    const definition = waiting({ HeartbeatSeconds: 10, TimeoutSeconds: 600 });
    const { outcome, endedAt } = await run(definition, {}, beating);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(endedAt).toBe(34_000);
  });

  it('refuses its token once the execution was stopped', async () => {
    const stage = new Stage((call, { kernel }) => {
      kernel.schedule(1_000, () => stage.stop());
      kernel.schedule(2_000, () => answers.push(stage.tokens.succeed(call.taskToken ?? '', {})));
      return {};
    });
    const answers: string[] = [];
    const { outcome } = await stage.run(waiting());
    expect(outcome.status).toBe('ABORTED');
    expect(answers).toEqual(['TaskTimedOut']);
    expect(stage.kernel.now).toBeGreaterThan(START);
  });
});
