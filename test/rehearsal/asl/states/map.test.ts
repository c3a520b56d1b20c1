import { describe, expect, it } from '@jest/globals';
import { AslError } from '../../../../src/rehearsal/asl/environment.ts';
import { NotSimulated } from '../../../../src/rehearsal/kernel/not-simulated.ts';
import { errorOf, type Integrate, machine, outputOf, run, trace, types } from '../stage.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const processor = (state: Record<string, unknown>) => ({ StartAt: 'Each', States: { Each: { ...state, End: true } } });
const map = (fields: Record<string, unknown>, state: Record<string, unknown> = { Type: 'Pass' }) =>
  machine({ All: { Type: 'Map', ItemProcessor: processor(state), ...fields, End: true } });
const call = {
  Type: 'Task',
  Resource: INVOKE,
  Arguments: { item: '{% $states.input %}' },
  Output: '{% $states.result %}',
};

describe('a Map state', () => {
  it('processes each of its Items, or of its input', async () => {
    const double = { Type: 'Pass', Output: '{% $states.input * 2 %}' };
    expect(await outputOf(map({ Items: '{% $states.input.numbers %}' }, double), { numbers: [1, 2, 3] })).toEqual([
      2, 4, 6,
    ]);
    expect(await outputOf(map({ Items: [5, '{% 6 %}'] }, double))).toEqual([10, 12]);
    expect(await outputOf(map({}, double), [7])).toEqual([14]);
    expect(await outputOf(map({ Items: [] }, double))).toEqual([]);
  });

  it('shapes what an iteration gets by ItemSelector, which knows the item', async () => {
    const definition = map({
      Items: ['a', 'b'],
      ItemSelector: {
        at: '{% $states.context.Map.Item.Index %}',
        what: '{% $states.context.Map.Item.Value %}',
        all: '{% $states.input.all %}',
      },
    });
    expect(await outputOf(definition, { all: 2 })).toEqual([
      { at: 0, what: 'a', all: 2 },
      { at: 1, what: 'b', all: 2 },
    ]);
  });

  it('knows its item in every state of an iteration', async () => {
    const definition = map({ Items: ['a', 'b'] }, { Type: 'Pass', Output: '{% $states.context.Map.Item %}' });
    expect(await outputOf(definition)).toEqual([
      { Index: 0, Value: 'a' },
      { Index: 1, Value: 'b' },
    ]);
  });

  it.each([
    [0, 10],
    [1, 60],
    [2, 30],
    ['{% 4 %}', 20],
  ])('runs MaxConcurrency %s iterations at once', async (concurrency, seconds) => {
    const resting = map({ Items: [1, 2, 3, 4, 5, 6], MaxConcurrency: concurrency }, { Type: 'Wait', Seconds: 10 });
    expect((await run(resting)).endedAt).toBe(seconds * 1000);
  });

  it('runs 40 iterations at once at most', async () => {
    const resting = map({ Items: '{% [1..41] %}', MaxConcurrency: 100 }, { Type: 'Wait', Seconds: 10 });
    expect((await run(resting)).endedAt).toBe(20_000);
  });

  it('writes a history in which the next iteration follows from the last state of the one before', async () => {
    const { events } = await run(map({ Items: [1, 2], MaxConcurrency: 1 }));
    expect(trace(events)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 MapStateEntered',
      '3<2 MapStateStarted',
      '4<3 MapIterationStarted',
      '5<4 PassStateEntered',
      '6<5 PassStateExited',
      '7<6 MapIterationSucceeded',
      '8<6 MapIterationStarted',
      '9<8 PassStateEntered',
      '10<9 PassStateExited',
      '11<10 MapIterationSucceeded',
      '12<11 MapStateSucceeded',
      '13<11 MapStateExited',
      '14<13 ExecutionSucceeded',
    ]);
    expect(events[2]?.detail).toEqual({ length: 2 });
    expect(events[7]).toMatchObject({ state: 'All', detail: { name: 'All', index: 1 } });
  });

  it('fails with the error of the first iteration that fails, and aborts the others', async () => {
    const broken: Integrate = async ({ arguments: given }, { kernel }) => {
      const { item } = given as { item: number };
      await kernel.sleep(item * 1000);
      if (item === 1) throw new AslError('Broken', `item ${item}`);
      return item;
    };
    const { outcome, events, endedAt } = await run(map({ Items: [3, 1, 2] }, call), {}, broken);
    expect(outcome).toEqual({ status: 'FAILED', error: 'Broken', cause: 'item 1' });
    expect(endedAt).toBe(1_000);
    expect(types(events).slice(-9)).toEqual([
      'TaskFailed',
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'TaskStateAborted',
      'MapIterationAborted',
      'TaskStateAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
    const [cause] = events.filter(({ type }) => type === 'TaskFailed');
    expect(events.slice(-8, -1).every(({ previousId }) => previousId === cause?.id)).toBe(true);
  });

  it('is retried from its first item', async () => {
    const definition = map({ Items: [1], Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }, { Type: 'Pass' });
    const states = (definition.States as { All: { ItemProcessor: unknown } }).All;
    states.ItemProcessor = { StartAt: 'Stop', States: { Stop: { Type: 'Fail', Error: 'E' } } };
    const { events } = await run(definition);
    expect(trace(events).slice(2)).toEqual([
      '3<2 MapStateStarted',
      '4<3 MapIterationStarted',
      '5<4 FailStateEntered',
      '6<5 MapIterationFailed',
      '7<5 MapStateStarted',
      '8<7 MapIterationStarted',
      '9<8 FailStateEntered',
      '10<9 MapIterationFailed',
      '11<9 MapStateFailed',
      '12<11 ExecutionFailed',
    ]);
  });

  const odd: Integrate = ({ arguments: given }) => {
    const { item } = given as { item: number };
    if (item % 2 === 1) throw new AslError('Odd', `${item}`);
    return item;
  };

  it.each([
    ['ToleratedFailureCount', 2],
    ['ToleratedFailurePercentage', 50],
    ['ToleratedFailurePercentage', '{% 60 %}'],
  ])('goes on with %s %s where no more than that fail', async (field, value) => {
    const output = await outputOf(map({ Items: [1, 2, 3, 4], [field]: value }, call), {}, odd);
    expect(output).toEqual([{ Error: 'Odd', Cause: '1' }, 2, { Error: 'Odd', Cause: '3' }, 4]);
  });

  it.each([
    ['ToleratedFailureCount', 1],
    ['ToleratedFailurePercentage', 49.9],
  ])('has an error of its own with %s %s where more fail', async (field, value) => {
    const { error } = await errorOf(map({ Items: [1, 2, 3, 4], [field]: value }, call), {}, odd);
    expect(error).toBe('States.ExceedToleratedFailureThreshold');
  });

  it.each([
    ['1', 'number', '1'],
    ["'string'", 'string', '"string"'],
    ['true', 'boolean', 'true'],
    ['null', 'null', 'null'],
  ])('does not take %s for Items', async (expression, type, value) => {
    const definition = map({ Items: `{% ${expression} %}` });
    const { outcome, events } = await run(definition);
    const cause = `An error occurred while executing the state 'All' (entered at the event id #2). The JSONata expression '${expression}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '${type}' for value: ${value}`;
    expect(outcome).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
    expect(trace(events).slice(1)).toEqual([
      '2<0 MapStateEntered',
      '3<0 EvaluationFailed',
      '4<3 MapStateFailed',
      '5<4 ExecutionFailed',
    ]);
  });

  it('does not take an input that is no array', async () => {
    const { cause } = await errorOf(map({}), { foo: 'bar' });
    expect(cause).toMatch(/Map state input must be an array but was: \{"foo":"bar"\}$/);
  });

  it('does not simulate a Map over an object', async () => {
    await expect(run(map({ Items: "{% {'a': 1} %}" }))).rejects.toThrow(NotSimulated);
  });

  it('keeps the variables of an iteration within it', async () => {
    const definition = machine({
      Set: { Type: 'Pass', Assign: { factor: 10 }, Next: 'All' },
      All: {
        Type: 'Map',
        Items: [1, 2],
        ItemProcessor: {
          StartAt: 'Keep',
          States: {
            Keep: { Type: 'Pass', Assign: { own: '{% $factor * $states.input %}' }, Next: 'Give' },
            Give: { Type: 'Pass', Output: '{% $own %}', End: true },
          },
        },
        Next: 'After',
      },
      After: { Type: 'Pass', Output: ['{% $states.input %}', '{% $exists($own) %}'], End: true },
    });
    expect(await outputOf(definition)).toEqual([[10, 20], false]);
  });
});
