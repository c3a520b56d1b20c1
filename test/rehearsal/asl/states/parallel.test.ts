import { describe, expect, it } from '@jest/globals';
import { AslError } from '../../../../src/rehearsal/asl/environment.ts';
import { errorOf, machine, outputOf, run, trace, types } from '../stage.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const branch = (name: string, state: Record<string, unknown>) => ({ StartAt: name, States: { [name]: state } });
const parallel = (branches: unknown[], fields: Record<string, unknown> = {}) =>
  machine({
    Both: { Type: 'Parallel', Branches: branches, ...fields, ...(fields.Next === undefined && { End: true }) },
  });

describe('a Parallel state', () => {
  it('answers what its branches answer, in their order and not in that of their ends', async () => {
    const slowFirst = parallel([
      branch('Slow', { Type: 'Wait', Seconds: 9, Output: 'slow', End: true }),
      branch('Quick', { Type: 'Wait', Seconds: 1, Output: 'quick', End: true }),
    ]);
    const { outcome, endedAt, events } = await run(slowFirst);
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: ['slow', 'quick'] });
    expect(endedAt).toBe(9_000);
    expect(trace(events)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 ParallelStateEntered',
      '3<2 ParallelStateStarted',
      '4<3 WaitStateEntered',
      '5<3 WaitStateEntered',
      '6<5 WaitStateExited',
      '7<4 WaitStateExited',
      '8<7 ParallelStateSucceeded',
      '9<7 ParallelStateExited',
      '10<9 ExecutionSucceeded',
    ]);
  });

  it('gives every branch its Arguments, or else its own input', async () => {
    const echo = [branch('A', { Type: 'Pass', End: true }), branch('B', { Type: 'Pass', End: true })];
    expect(await outputOf(parallel(echo), { n: 1 })).toEqual([{ n: 1 }, { n: 1 }]);
    expect(await outputOf(parallel(echo, { Arguments: { m: '{% $states.input.n %}' } }), { n: 1 })).toEqual([
      { m: 1 },
      { m: 1 },
    ]);
  });

  it('makes its Output and Assign of all answers', async () => {
    const definition = machine({
      Both: {
        Type: 'Parallel',
        Branches: [
          branch('A', { Type: 'Pass', Output: 1, End: true }),
          branch('B', { Type: 'Pass', Output: 2, End: true }),
        ],
        Assign: { second: '{% $states.result[1] %}' },
        Output: '{% $sum($states.result) %}',
        Next: 'Tell',
      },
      Tell: { Type: 'Pass', Output: ['{% $states.input %}', '{% $second %}'], End: true },
    });
    expect(await outputOf(definition)).toEqual([3, 2]);
  });

  it('fails with the error of the branch that fails, at once, and nothing of the others counts any more', async () => {
    const calls: string[] = [];
    const definition = parallel([
      branch('Fast', { Type: 'Task', Resource: INVOKE, Arguments: { name: 'fast' }, End: true }),
      {
        StartAt: 'Slow',
        States: {
          Slow: { Type: 'Task', Resource: INVOKE, Arguments: { name: 'slow' }, Next: 'After' },
          After: { Type: 'Task', Resource: INVOKE, Arguments: { name: 'after' }, End: true },
        },
      },
      branch('Rest', { Type: 'Wait', Seconds: 60, End: true }),
    ]);
    const { outcome, events, endedAt } = await run(definition, {}, async (call, { kernel }) => {
      const { name } = call.arguments as { name: string };
      calls.push(name);
      await kernel.sleep(name === 'fast' ? 1_000 : 5_000);
      if (name === 'fast') throw new AslError('Broken', 'on purpose');
      return {};
    });
    expect(outcome).toEqual({ status: 'FAILED', error: 'Broken', cause: 'on purpose' });
    expect(endedAt).toBe(1_000);
    expect(calls).toEqual(['fast', 'slow']);
    expect(types(events).slice(-6)).toEqual([
      'TaskFailed',
      'TaskStateAborted',
      'TaskStateAborted',
      'WaitStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
    expect(events.filter(({ type }) => type.endsWith('Aborted')).map(({ state }) => state)).toEqual([
      'Fast',
      'Slow',
      'Rest',
    ]);
  });

  it('can be retried and caught as a whole', async () => {
    const definition = machine({
      Both: {
        Type: 'Parallel',
        Branches: [branch('Stop', { Type: 'Fail', Error: 'E', Cause: 'C' })],
        Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1, IntervalSeconds: 2 }],
        Catch: [{ ErrorEquals: ['E'], Next: 'Caught', Assign: { why: '{% $states.errorOutput.Cause %}' } }],
        End: true,
      },
      Caught: { Type: 'Pass', Output: ['{% $states.input %}', '{% $why %}'], End: true },
    });
    const { outcome, events } = await run(definition);
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: [{ Error: 'E', Cause: 'C' }, 'C'] });
    expect(trace(events).slice(1, 8)).toEqual([
      '2<0 ParallelStateEntered',
      '3<2 ParallelStateStarted',
      '4<3 FailStateEntered',
      '5<4 ParallelStateStarted',
      '6<5 FailStateEntered',
      '7<6 ParallelStateFailed',
      '8<7 ParallelStateExited',
    ]);
  });

  it('lets branches read outer variables and keep their own to themselves', async () => {
    const own = (name: string) => ({
      StartAt: name,
      States: {
        [name]: { Type: 'Pass', Assign: { own: name }, Next: `${name}Tell` },
        [`${name}Tell`]: { Type: 'Pass', Output: ['{% $own %}', '{% $outer %}'], End: true },
      },
    });
    const definition = machine({
      Set: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [own('A'), own('B')], Next: 'After' },
      After: { Type: 'Pass', Output: ['{% $states.input %}', '{% $exists($own) %}'], End: true },
    });
    expect(await outputOf(definition)).toEqual([
      [
        ['A', 'o'],
        ['B', 'o'],
      ],
      false,
    ]);
  });

  it('fails before it starts where its Arguments fail', async () => {
    const definition = parallel([branch('A', { Type: 'Pass', End: true })], { Arguments: '{% $none %}' });
    const { events } = await run(definition);
    expect(types(events).slice(1)).toEqual([
      'ParallelStateEntered',
      'EvaluationFailed',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
    expect((await errorOf(definition)).error).toBe('States.QueryEvaluationError');
  });

  it('ends the branches within branches too', async () => {
    const inner = branch('Inner', {
      Type: 'Parallel',
      Branches: [branch('Deep', { Type: 'Wait', Seconds: 60, End: true })],
      End: true,
    });
    const definition = parallel([
      inner,
      {
        StartAt: 'Soon',
        States: { Soon: { Type: 'Wait', Seconds: 1, Next: 'Stop' }, Stop: { Type: 'Fail', Error: 'E' } },
      },
    ]);
    const { events, endedAt } = await run(definition);
    expect(endedAt).toBe(1_000);
    expect(types(events).slice(-4)).toEqual([
      'WaitStateAborted',
      'ParallelStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });
});
