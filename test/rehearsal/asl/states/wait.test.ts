import { describe, expect, it } from '@jest/globals';
import { errorOf, machine, only, outputOf, run, Stage, trace, types } from '../stage.ts';

describe('a Wait state', () => {
  it.each([
    ['Seconds', { Seconds: 90 }, 90_000],
    ['Seconds from an expression', { Seconds: '{% $states.input.seconds %}' }, 12_000],
    ['a Timestamp', { Timestamp: '2026-03-01T04:31:00Z' }, 60_000],
    ['a Timestamp with an offset', { Timestamp: '2026-03-01T05:30:30.500+01:00' }, 30_500],
    ['a Timestamp from an expression', { Timestamp: '{% $fromMillis($millis() + 5000) %}' }, 5_000],
    ['a Timestamp that has passed', { Timestamp: '2020-01-01T00:00:00Z' }, 0],
  ])('lets time pass by %s', async (_, fields, expected) => {
    const { endedAt, outcome } = await run(only({ Type: 'Wait', ...fields }), { seconds: 12 });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(endedAt).toBe(expected);
  });

  it('can assign and make an output', async () => {
    const waiting = machine({
      Rest: { Type: 'Wait', Seconds: 1, Assign: { rested: true }, Output: { n: 1 }, Next: 'Tell' },
      Tell: { Type: 'Pass', Output: ['{% $rested %}', '{% $states.input.n %}'], End: true },
    });
    expect(await outputOf(waiting)).toEqual([true, 1]);
  });

  it.each([
    '2016-12-05 21:29:29Z',
    '2016-12-05T21:29:29',
    '2016-13-05T21:29:29Z',
    '2016-12-05T25:29:29Z',
    '05-12-2016T21:29:29Z',
  ])('does not take %s for a Timestamp', async (timestamp) => {
    const { error, cause } = await errorOf(only({ Type: 'Wait', Timestamp: '{% $states.input.t %}' }), {
      t: timestamp,
    });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toBe(
      `An error occurred while executing the state 'Only' (entered at the event id #2). The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${timestamp}`,
    );
  });

  it.each([
    ['a string', "'ten'", /Expected 'number', but was 'string' for value: "ten"$/],
    ['a fraction', '1.5', /returned 1\.5, which is not an integer/],
    ['less than nothing', '-1', /returned -1, which is not between 0 and 99999999/],
  ])('does not take %s for Seconds', async (_, expression, cause) => {
    expect((await errorOf(only({ Type: 'Wait', Seconds: `{% ${expression} %}` }))).cause).toMatch(cause);
  });

  it('reports a failed evaluation as following from its entry', async () => {
    const { events } = await run(only({ Type: 'Wait', Timestamp: "{% 'soon' %}" }));
    expect(trace(events).slice(1)).toEqual(['2<0 WaitStateEntered', '3<2 EvaluationFailed', '4<3 ExecutionFailed']);
  });

  it('ends at once when the execution is stopped, and leaves no event of its own', async () => {
    const stage = new Stage();
    stage.kernel.schedule(3_000, () => stage.stop());
    const { outcome, events, endedAt } = await stage.run(only({ Type: 'Wait', Seconds: 3600 }));
    expect(outcome).toEqual({ status: 'ABORTED', error: '', cause: '' });
    expect(endedAt).toBe(3_000);
    expect(trace(events)).toEqual(['1<0 ExecutionStarted', '2<0 WaitStateEntered', '3<0 ExecutionAborted']);
  });

  it('ends when the whole execution runs out of time', async () => {
    const { outcome, events, endedAt } = await run(
      machine({ Rest: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 7 }),
    );
    expect(outcome).toEqual({ status: 'TIMED_OUT', error: 'States.Timeout', cause: '' });
    expect(endedAt).toBe(7_000);
    expect(types(events)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);
  });
});
