import { answers, catching, FAIL, FAIL_LATE, line, machine, only, PASS, states } from './builders.ts';
import type { Play } from './execution.ts';

/** Branches and items, and what comes of one that fails. */
export const GROUP_MACHINES: Record<string, Play> = {
  'Parallel gathers in order': {
    definition: only({ Type: 'Parallel', Branches: [answers(1), answers({ a: '{% $states.input %}' }, 'Other')] }),
    input: 7,
    unordered: true,
  },
  'Parallel with one branch': { definition: only({ Type: 'Parallel', Branches: [answers('one')] }) },
  'Parallel with Arguments, Output and Assign': {
    definition: line(
      {
        Type: 'Parallel',
        Arguments: { given: '{% $states.input.a %}' },
        Branches: [PASS],
        ...{ Assign: { first: '{% $states.result[0].given %}' }, Output: '{% $states.result %}' },
      },
      { Type: 'Pass', Output: ['{% $states.input %}', '{% $first %}'] },
    ),
    input: { a: 1 },
  },
  'a branch sees the variables outside and keeps its own': {
    definition: line(
      { Type: 'Pass', Assign: { outer: 1 } },
      {
        Type: 'Parallel',
        Branches: [
          states({
            In: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' }, Next: 'Out' },
            Out: { Type: 'Pass', Output: '{% $inner %}', End: true },
          }),
        ],
      },
    ),
  },
  'Parallel fails with its branch': { definition: only({ Type: 'Parallel', Branches: [FAIL] }) },
  'Parallel fails with one of its branches': {
    definition: only({
      Type: 'Parallel',
      // The other branch has surely begun when this one fails: moto starts them one after another.
      Branches: [FAIL_LATE, states({ Late: { Type: 'Wait', Seconds: 3, End: true } })],
    }),
    unordered: true,
    moto: {
      differs: 'asl-aborted',
      goes: {
        events: [
          'ExecutionFailed',
          'ExecutionStarted',
          'FailStateEntered Wrong',
          'ParallelStateEntered Only',
          'ParallelStateFailed',
          'ParallelStateStarted',
          'WaitStateEntered Late',
          'WaitStateEntered Soon',
          'WaitStateExited Soon',
        ],
      },
    },
  },
  'Parallel catches its branch': {
    definition: machine({
      Try: {
        Type: 'Parallel',
        Branches: [FAIL],
        Catch: [
          { ErrorEquals: ['Other'], Next: 'No' },
          {
            ErrorEquals: ['Wrong'],
            Next: 'Caught',
            Output: '{% $states.errorOutput %}',
            Assign: { e: '{% $states.errorOutput.Error %}' },
          },
        ],
        End: true,
      },
      Caught: { Type: 'Pass', Output: ['{% $states.input %}', '{% $e %}'], End: true },
      No: { Type: 'Fail' },
    }),
  },
  'Parallel tries again': {
    definition: only({
      Type: 'Parallel',
      Branches: [FAIL],
      Retry: [{ ErrorEquals: ['Wrong'], IntervalSeconds: 1, MaxAttempts: 1 }],
    }),
  },
  'Parallel fails to evaluate': {
    definition: only({ Type: 'Parallel', Branches: [answers('{% $states.input.none %}')] }),
    moto: {
      differs: 'asl-evaluation-within',
      goes: {
        error: 'States.Runtime',
        events: [
          ...['ExecutionStarted', 'ParallelStateEntered Only', 'ParallelStateStarted', 'PassStateEntered Answer'],
          ...['EvaluationFailed', 'ExecutionFailed'],
        ],
      },
    },
  },
  'Map fails to evaluate': {
    definition: only({ Type: 'Map', Items: [1], ItemProcessor: answers('{% $states.input.none %}') }),
    moto: { differs: 'asl-evaluation-within', goes: { error: 'States.Runtime' } },
  },
  'Map over items': {
    definition: only({
      Type: 'Map',
      Items: '{% $states.input.list %}',
      MaxConcurrency: 1,
      ItemProcessor: answers('{% $states.input * 2 %}'),
    }),
    input: { list: [1, 2, 3] },
  },
  'Map over its input': {
    definition: only({ Type: 'Map', MaxConcurrency: 1, ItemProcessor: PASS }),
    input: ['a', { b: 1 }],
  },
  'Map over nothing': { definition: only({ Type: 'Map', Items: [], ItemProcessor: PASS }) },
  'Map with a selector': {
    definition: only({
      ...{ Type: 'Map', Items: ['a', 'b'], MaxConcurrency: 1, ItemProcessor: PASS },
      ItemSelector: {
        index: '{% $states.context.Map.Item.Index %}',
        value: '{% $states.context.Map.Item.Value %}',
        of: '{% $states.input.of %}',
      },
    }),
    input: { of: 'all' },
  },
  'Map over what is no list': {
    definition: only({ Type: 'Map', Items: '{% $states.input.a %}', ItemProcessor: PASS }),
    input: { a: 1 },
  },
  'Map fails with an item': {
    definition: only({
      ...{ Type: 'Map', Items: [1, 2, 3], MaxConcurrency: 1 },
      ItemProcessor: states({
        Which: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'No' }], Default: 'Yes' },
        Yes: { Type: 'Pass', End: true },
        No: { Type: 'Fail', Error: 'Two' },
      }),
    }),
  },
  'Map catches an item': {
    definition: catching({ Type: 'Map', Items: [1], ItemProcessor: FAIL }),
  },
  'Map with Output and Assign': {
    definition: line(
      {
        Type: 'Map',
        Items: [1, 2],
        MaxConcurrency: 1,
        ItemProcessor: PASS,
        Assign: { n: '{% $count($states.result) %}' },
        Output: '{% $sum($states.result) %}',
      },
      { Type: 'Pass', Output: ['{% $states.input %}', '{% $n %}'] },
    ),
  },
  'Map whose Output fails': {
    definition: only({ Type: 'Map', Items: [], ItemProcessor: PASS, Output: '{% $states.input.none %}' }),
    moto: {
      differs: 'asl-map-output',
      goes: {
        events: [
          ...['ExecutionStarted', 'MapStateEntered Only', 'MapStateStarted', 'MapStateSucceeded'],
          ...['EvaluationFailed', 'ExecutionFailed'],
        ],
      },
    },
  },
  'Map within Map': {
    definition: only({
      ...{ Type: 'Map', Items: [[1, 2], [3]], MaxConcurrency: 1 },
      ItemProcessor: states({
        Inner: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: answers('{% $states.input + 1 %}'), End: true },
      }),
    }),
  },
  'Catch without Output hands the error on': { definition: catching({ Type: 'Parallel', Branches: [FAIL] }) },
};
