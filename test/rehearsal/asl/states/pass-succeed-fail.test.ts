import { describe, expect, it } from '@jest/globals';
import { errorOf, machine, only, outputOf, run, trace } from '../stage.ts';

describe('a Pass state', () => {
  it('passes its input on where it has no Output', async () => {
    expect(await outputOf(only({ Type: 'Pass' }), { tier: 'critical' })).toEqual({ tier: 'critical' });
  });

  it.each([
    ['null', null, null],
    ['a number', 0.1, 0.1],
    ['an empty list', [], []],
    ['an expression', '{% $states.input.n + 1 %}', 3],
    [
      'expressions anywhere',
      { a: ['{% $states.input.n %}', 'x'], b: { c: '{% [1..2] %}' } },
      { a: [2, 'x'], b: { c: [1, 2] } },
    ],
    ['a string that only looks like an expression', ' {% $states.input %} ', ' {% $states.input %} '],
    ['a string with a dollar', '$states.input', '$states.input'],
  ])('makes its output of %s', async (_, output, expected) => {
    expect(await outputOf(only({ Type: 'Pass', Output: output }), { n: 2 })).toEqual(expected);
  });

  it('leaves members that are undefined out of an object that one expression makes', async () => {
    expect(await outputOf(only({ Type: 'Pass', Output: "{% {'a': $states.input.none, 'b': 1} %}" }))).toEqual({ b: 1 });
  });

  it('fails where an expression has no result, and says in which field', async () => {
    expect(await errorOf(only({ Type: 'Pass', Output: { tier: '{% $states.input.tier %}' } }))).toEqual({
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'Only' (entered at the event id #2). The JSONata expression '$states.input.tier' specified for the field 'Output/tier' returned nothing (undefined).",
    });
  });

  it('fails where an expression makes no JSON', async () => {
    const { cause } = await errorOf(only({ Type: 'Pass', Output: '{% function($x){$x} %}' }));
    expect(cause).toMatch(/specified for the field 'Output' returned an unsupported result type\.$/);
  });

  it('fails with the code and message of JSONata', async () => {
    const { cause } = await errorOf(only({ Type: 'Pass', Output: '{% $eval("1") %}' }));
    expect(cause).toMatch(/threw an error during evaluation\. T1006: Attempted to invoke a non-function$/);
  });

  it('reports a failed evaluation as following from what came before the state', async () => {
    const { events } = await run(
      machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Output: '{% $x %}', End: true } }),
    );
    expect(trace(events).slice(3)).toEqual(['4<3 PassStateEntered', '5<3 EvaluationFailed', '6<5 ExecutionFailed']);
    expect(events[4]?.detail).toMatchObject({ location: 'Output', state: 'B', error: 'States.QueryEvaluationError' });
  });

  it('refuses an output of more than 262,144 bytes', async () => {
    const large = only({ Type: 'Pass', Output: '{% $pad("", 262143, "x") %}' });
    expect(await errorOf(large)).toEqual({
      error: 'States.DataLimitExceeded',
      cause: "The state/task 'Only' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
    const fits = only({ Type: 'Pass', Output: '{% $pad("", 262142, "x") %}' });
    expect(await outputOf(fits)).toHaveLength(262_142);
  });
});

describe('a Succeed state', () => {
  it('ends the execution with its Output', async () => {
    const succeeding = machine({ Done: { Type: 'Succeed', Output: { at: '{% $states.context.State.Name %}' } } });
    const { outcome, events } = await run(succeeding);
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { at: 'Done' } });
    expect(trace(events)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 SucceedStateEntered',
      '3<2 SucceedStateExited',
      '4<3 ExecutionSucceeded',
    ]);
  });
});

describe('a Fail state', () => {
  it('ends the execution with its Error and Cause, expressions or not', async () => {
    const failing = machine({ Stop: { Type: 'Fail', Error: 'Held', Cause: "{% 'tier ' & $states.input.tier %}" } });
    const { outcome, events } = await run(failing, { tier: 'normal' });
    expect(outcome).toEqual({ status: 'FAILED', error: 'Held', cause: 'tier normal' });
    expect(trace(events)).toEqual(['1<0 ExecutionStarted', '2<0 FailStateEntered', '3<2 ExecutionFailed']);
  });

  it('may have neither', async () => {
    const { outcome, events } = await run(machine({ Stop: { Type: 'Fail' } }));
    expect(outcome).toEqual({ status: 'FAILED', error: '', cause: '' });
    expect(events[2]?.detail).toEqual({});
  });

  it('needs a string for an Error', async () => {
    const { error, cause } = await errorOf(machine({ Stop: { Type: 'Fail', Error: '{% 404 %}' } }));
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toMatch(/Expected 'string', but was 'number' for value: 404$/);
  });
});
