import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AslError } from '../../../src/rehearsal/asl/environment.ts';
import { Failure } from '../../../src/rehearsal/asl/failure.ts';
import { nextDelay, type Retrier } from '../../../src/rehearsal/asl/recovery.ts';
import { matchesError } from '../../../src/rehearsal/asl/states-errors.ts';
import { errorOf, type Integrate, machine, outputOf, run, types } from './stage.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const fails = (...errors: string[]): Integrate => {
  let attempt = 0;
  return () => {
    const error = errors[Math.min(attempt++, errors.length - 1)] ?? 'none';
    if (error === 'none') return { attempt };
    throw new AslError(error, `attempt ${attempt}`);
  };
};
const task = (fields: Record<string, unknown>) =>
  machine({
    Try: { Type: 'Task', Resource: INVOKE, ...fields, Next: 'Done' },
    Done: { Type: 'Succeed' },
  });

describe('Retry', () => {
  it('tries three times more by default, after 1, 2 and 4 seconds', async () => {
    const { outcome, calls, endedAt } = await run(task({ Retry: [{ ErrorEquals: ['E'] }] }), {}, fails('E'));
    expect(outcome).toEqual({ status: 'FAILED', error: 'E', cause: 'attempt 4' });
    expect(calls).toHaveLength(4);
    expect(endedAt).toBe(7_000);
  });

  it.each([
    ['IntervalSeconds and BackoffRate', { IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 3 }, 3 + 4.5 + 6.75],
    ['MaxDelaySeconds', { IntervalSeconds: 10, MaxDelaySeconds: 15, MaxAttempts: 4 }, 10 + 15 + 15 + 15],
    ['MaxAttempts 0', { MaxAttempts: 0 }, 0],
  ])('waits by %s', async (_, fields, seconds) => {
    const { endedAt } = await run(task({ Retry: [{ ErrorEquals: ['E'], ...fields }] }), {}, fails('E'));
    expect(endedAt).toBe(seconds * 1000);
  });

  it('counts attempts by Retrier, and asks only the first that answers', async () => {
    const definition = task({
      Retry: [
        { ErrorEquals: ['A'], MaxAttempts: 1, IntervalSeconds: 1 },
        { ErrorEquals: ['B'], MaxAttempts: 2, IntervalSeconds: 1 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 9 },
      ],
    });
    expect(await outputOf(definition, {}, fails('A', 'B', 'B', 'none'))).toEqual({ attempt: 4 });
    expect((await errorOf(definition, {}, fails('A', 'B', 'A'))).cause).toBe('attempt 3');
  });

  it('tells how often a state was retried', async () => {
    const definition = task({
      Retry: [{ ErrorEquals: ['States.ALL'] }],
      Arguments: { retries: '{% $states.context.State.RetryCount %}' },
    });
    const { calls } = await run(definition, {}, fails('A', 'B', 'none'));
    expect(calls.map(({ arguments: given }) => given)).toEqual([{ retries: 0 }, { retries: 1 }, { retries: 2 }]);
  });

  it('also tries again what could not be evaluated', async () => {
    const definition = task({
      Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 2 }],
      Output: '{% $none %}',
    });
    const { calls, events } = await run(definition);
    expect(calls).toHaveLength(3);
    expect(types(events).filter((type) => type === 'EvaluationFailed')).toHaveLength(3);
  });

  it('leaves a state of its own delays: none is longer than the backoff, and full jitter only shortens it', () => {
    const retrier = fc.record({
      errorEquals: fc.constant(['E']),
      intervalSeconds: fc.integer({ min: 1, max: 100 }),
      maxAttempts: fc.integer({ min: 0, max: 20 }),
      backoffRate: fc.double({ min: 1, max: 4, noNaN: true }),
      maxDelaySeconds: fc.option(fc.integer({ min: 101, max: 1000 }), { nil: undefined }),
      jitter: fc.constantFrom('FULL', 'NONE'),
    });
    fc.assert(
      fc.property(retrier, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (given, chance) => {
        const retries = [0];
        const delays: number[] = [];
        for (;;) {
          const delay = nextDelay([given as Retrier], retries, new Failure('E'), () => chance);
          if (delay === undefined) break;
          delays.push(delay);
        }
        expect(delays).toHaveLength(given.maxAttempts);
        delays.forEach((delay, index) => {
          const backoff = Math.min(
            given.intervalSeconds * given.backoffRate ** index,
            given.maxDelaySeconds ?? Infinity,
          );
          expect(delay).toBe(given.jitter === 'FULL' ? backoff * chance : backoff);
        });
      }),
    );
  });

  it('never gives one error more attempts than its Retriers allow, whatever comes in which order', async () => {
    const names = ['A', 'B', 'C'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 12 }),
        fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
        async (errors, limits) => {
          const definition = task({
            Retry: names.map((name, index) => ({ ErrorEquals: [name], MaxAttempts: limits[index] })),
          });
          const { outcome, calls } = await run(definition, {}, fails(...errors, 'none'));
          const left = new Map(names.map((name, index) => [name, limits[index] ?? 0]));
          const exhausted = errors.findIndex((error) => {
            left.set(error, (left.get(error) ?? 0) - 1);
            return (left.get(error) ?? 0) < 0;
          });
          expect(outcome.status).toBe(exhausted < 0 ? 'SUCCEEDED' : 'FAILED');
          expect(calls).toHaveLength(exhausted < 0 ? errors.length + 1 : exhausted + 1);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('Catch', () => {
  const caught = (fields: Record<string, unknown>) =>
    machine({
      Try: { Type: 'Task', Resource: INVOKE, Assign: { done: true }, ...fields, End: true },
      Specific: {
        Type: 'Pass',
        Output: ['specific', '{% $states.input %}', '{% $exists($why) ? $why : null %}'],
        End: true,
      },
      General: { Type: 'Pass', Output: ['general', '{% $states.input %}', '{% $exists($done) %}'], End: true },
    });

  it('goes where the first Catcher that answers says, with the error for an output', async () => {
    const definition = caught({
      Catch: [
        { ErrorEquals: ['A', 'B'], Next: 'Specific' },
        { ErrorEquals: ['States.ALL'], Next: 'General' },
      ],
    });
    expect(await outputOf(definition, {}, fails('B'))).toEqual(['specific', { Error: 'B', Cause: 'attempt 1' }, null]);
    expect(await outputOf(definition, {}, fails('C'))).toEqual(['general', { Error: 'C', Cause: 'attempt 1' }, false]);
  });

  it('makes its own Output and Assign, of the error and of the input', async () => {
    const definition = caught({
      Catch: [
        {
          ErrorEquals: ['States.TaskFailed'],
          Output: { input: '{% $states.input %}', error: '{% $states.errorOutput.Error %}' },
          Assign: { why: '{% $states.errorOutput.Cause %}' },
          Next: 'Specific',
        },
        { ErrorEquals: ['States.ALL'], Next: 'General' },
      ],
    });
    expect(await outputOf(definition, { n: 1 }, fails('E'))).toEqual([
      'specific',
      { input: { n: 1 }, error: 'E' },
      'attempt 1',
    ]);
  });

  it('takes over only when Retry has given up', async () => {
    const definition = caught({
      Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
      Catch: [
        { ErrorEquals: ['E'], Next: 'Specific' },
        { ErrorEquals: ['States.ALL'], Next: 'General' },
      ],
    });
    const { outcome, events } = await run(definition, {}, fails('E'));
    expect(outcome).toMatchObject({ output: ['specific', { Error: 'E', Cause: 'attempt 2' }, null] });
    expect(types(events).slice(7, 11)).toEqual([
      'TaskFailed',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
    ]);
  });

  it('catches what the Output of its own state could not be made of, and not what its Catcher could not', async () => {
    const both = [
      { ErrorEquals: ['States.QueryEvaluationError'], Next: 'General' },
      { ErrorEquals: ['States.ALL'], Next: 'Specific' },
    ];
    const [output] = (await outputOf(caught({ Output: '{% $none %}', Catch: both }))) as string[];
    expect(output).toBe('general');
    const failing = both.map((catcher) => ({ ...catcher, Output: '{% $none %}' }));
    expect((await errorOf(caught({ Catch: failing }), {}, fails('E'))).cause).toMatch(
      /specified for the field 'Catch\[1\]\/Output' returned nothing/,
    );
  });

  it('does not catch an exceeded limit by a wildcard, and does by its name', async () => {
    const large: Integrate = () => 'x'.repeat(262_144);
    const wild = machine({
      Try: { Type: 'Task', Resource: INVOKE, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }], End: true },
      Done: { Type: 'Succeed' },
    });
    const named = JSON.parse(JSON.stringify(wild).replace('States.ALL', 'States.DataLimitExceeded'));
    expect((await errorOf(wild, {}, large)).error).toBe('States.DataLimitExceeded');
    expect(await outputOf(named, {}, large)).toMatchObject({ Error: 'States.DataLimitExceeded' });
  });
});

describe('ErrorEquals', () => {
  const timeout = new Failure('States.Timeout');
  const heartbeat = new Failure('States.Timeout', undefined, 'States.HeartbeatTimeout');
  it.each([
    [['States.ALL'], new Failure('Anything'), true],
    [['States.ALL'], new Failure(undefined), true],
    [['States.ALL'], timeout, true],
    [['States.ALL'], new Failure('States.Runtime'), false],
    [['States.Runtime'], new Failure('States.Runtime'), false],
    [['States.ALL'], new Failure('States.DataLimitExceeded'), false],
    [['States.TaskFailed'], new Failure('Anything'), true],
    [['States.TaskFailed'], new Failure('States.QueryEvaluationError'), true],
    [['States.TaskFailed'], timeout, false],
    [['States.Timeout'], timeout, true],
    [['States.HeartbeatTimeout'], timeout, false],
    [['States.Timeout'], heartbeat, true],
    [['States.HeartbeatTimeout'], heartbeat, true],
    [['Lambda'], new Failure('Lambda.ServiceException'), false],
  ])('%j answers %s: %s', (errorEquals, failure, expected) => {
    expect(matchesError(errorEquals, failure)).toBe(expected);
  });
});
