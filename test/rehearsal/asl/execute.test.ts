import { describe, expect, it } from '@jest/globals';
import type { HistoryEvent } from '../../../src/rehearsal/asl/environment.ts';
import { execute } from '../../../src/rehearsal/asl/execute.ts';
import { parseDefinition } from '../../../src/rehearsal/asl/parse-definition.ts';
import { context, machine, only, outputOf, run, START, Stage, types } from './stage.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';

describe('an execution', () => {
  it('takes a text, its JSON, or what was parsed of it', async () => {
    const definition = only({ Type: 'Pass', Output: 1 });
    const text = JSON.stringify(definition);
    expect(await Promise.all([definition, text, parseDefinition(text)].map((given) => outputOf(given)))).toEqual([
      1, 1, 1,
    ]);
  });

  it('rejects for a definition that is refused', async () => {
    await expect(run('{}')).rejects.toThrow(/^Invalid State Machine Definition/);
  });

  it('knows its context', async () => {
    const definition = machine({
      Rest: { Type: 'Wait', Seconds: 5, Next: 'Tell' },
      Tell: { Type: 'Pass', Output: '{% $states.context %}', End: true },
    });
    expect(await outputOf(definition, { n: 1 })).toEqual({
      ...context({ n: 1 }),
      State: { Name: 'Tell', EnteredTime: '2026-03-01T04:30:05.000Z', RetryCount: 0 },
    });
  });

  it('takes the time of a transition once for each state that it enters', async () => {
    const definition = machine({
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Pass', Next: 'C' },
      C: { Type: 'Succeed' },
    });
    const { endedAt } = await new Stage(() => ({}), 30).run(definition);
    expect(endedAt).toBe(90);
  });

  it('numbers its events from 1 and tells when each happened', async () => {
    const { events } = await run(only({ Type: 'Wait', Seconds: 2 }));
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(events.map(({ at }) => at - START)).toEqual([0, 0, 2000, 2000]);
    expect(events.map(({ state }) => state)).toEqual([undefined, 'Only', 'Only', undefined]);
  });

  const loop = (rounds: number) =>
    machine({
      Start: { Type: 'Pass', Assign: { n: 1 }, Next: 'More' },
      More: {
        Type: 'Choice',
        Choices: [{ Condition: `{% $n < ${rounds} %}`, Assign: { n: '{% $n + 1 %}' }, Next: 'More' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    });

  it('fails with event 25,000, unless that is its success', async () => {
    // 1 for the start, 2 for each state entered and left, 1 for the end: 25,000 = 2 + 2 × 12,499.
    const fits = await run(loop(12_497));
    expect(fits.outcome.status).toBe('SUCCEEDED');
    expect(fits.events).toHaveLength(25_000);
    const { outcome, events } = await run(loop(12_498));
    expect(outcome).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(events).toHaveLength(25_000);
    expect(events.at(-1)?.type).toBe('ExecutionFailed');
  });

  it('is over at once when it is stopped, and what still runs of it changes nothing', async () => {
    const calls: string[] = [];
    const stage = new Stage(async (_, { kernel }) => {
      calls.push('called');
      await kernel.sleep(60_000);
      return {};
    });
    stage.kernel.schedule(10_000, () => stage.stop());
    const definition = machine({
      A: { Type: 'Task', Resource: INVOKE, Next: 'B' },
      B: { Type: 'Task', Resource: INVOKE, End: true },
    });
    const { outcome, events, endedAt } = await stage.run(definition);
    expect(outcome).toEqual({ status: 'ABORTED', error: '', cause: '' });
    expect(endedAt).toBe(10_000);
    expect(calls).toEqual(['called']);
    expect(types(events)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'ExecutionAborted',
    ]);
  });

  it('ends when it next wakes, where nobody can tell it that it was stopped', async () => {
    const stage = new Stage();
    const events: HistoryEvent[] = [];
    const { onStopped: _, ...environment } = stage.environment(events);
    stage.kernel.schedule(1_000, () => stage.stop());
    let status = '';
    stage.kernel.spawn(async () => {
      status = (await execute(only({ Type: 'Wait', Seconds: 5 }), {}, context(), environment)).status;
    });
    await stage.kernel.run(START + 60_000);
    expect(status).toBe('ABORTED');
    expect(types(events)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
  });

  it('times out with all its branches and iterations', async () => {
    const definition = machine(
      {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 60, End: true } } },
            { StartAt: 'B', States: { B: { Type: 'Task', Resource: INVOKE, End: true } } },
          ],
          End: true,
        },
      },
      { TimeoutSeconds: 5 },
    );
    const { outcome, endedAt, events } = await run(definition, {}, (_, { kernel }) => kernel.sleep(30_000));
    expect(outcome).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(endedAt).toBe(5_000);
    expect(events.at(-1)?.type).toBe('ExecutionTimedOut');
  });

  it('is the same, event for event, whenever it is repeated', async () => {
    const definition = machine({
      All: {
        Type: 'Map',
        Items: '{% [1..9] %}',
        MaxConcurrency: 4,
        ItemProcessor: {
          StartAt: 'Try',
          States: {
            Try: {
              Type: 'Task',
              Resource: INVOKE,
              Arguments: { id: '{% $uuid() %}', n: '{% $states.input %}', chance: '{% $random() %}' },
              Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL' }],
              TimeoutSeconds: 6,
              End: true,
            },
          },
        },
        End: true,
      },
    });
    const once = async () => {
      const stage = new Stage(async (_, { kernel }) => {
        await kernel.sleep(kernel.random.uniform(1_000, 8_000));
        return { at: kernel.now };
      }, 25);
      const { outcome, events } = await stage.run(definition);
      return JSON.stringify({ outcome, events });
    };
    expect(await once()).toBe(await once());
  });

  it('shares no state with another that runs at the same time', async () => {
    const definition = machine({
      Keep: { Type: 'Pass', Assign: { mine: '{% $states.input.n %}', id: '{% $uuid() %}' }, Next: 'Call' },
      Call: { Type: 'Task', Resource: INVOKE, Arguments: { n: '{% $mine %}' }, Next: 'Tell' },
      Tell: { Type: 'Pass', Output: { n: '{% $mine %}', result: '{% $states.input %}' }, End: true },
    });
    const stage = new Stage(async ({ arguments: given }, { kernel }) => {
      await kernel.sleep(1000 * (10 - (given as { n: number }).n));
      return given;
    });
    const outputs: unknown[] = [];
    for (const n of [1, 2, 3]) {
      stage.kernel.spawn(async () => {
        outputs.push(await execute(definition, { n }, context({ n }), stage.environment([])));
      });
    }
    await stage.kernel.run(START + 60_000);
    expect(outputs).toEqual([3, 2, 1].map((n) => ({ status: 'SUCCEEDED', output: { n, result: { n } } })));
  });
});
