import { FAIL, line, machine, only } from './builders.ts';
import type { Play } from './execution.ts';

/** Data and ways through it: Pass, Choice, Wait, Succeed, Fail. */
export const FLOW_MACHINES: Record<string, Play> = {
  'Pass hands its input on': { definition: only({ Type: 'Pass' }), input: { a: [1, null, 'x'] } },
  'Pass puts out what it is told': {
    definition: only({
      Type: 'Pass',
      Output: { sum: '{% $states.input.a + 1 %}', text: 'as it is', list: ['{% 1 %}', {}] },
    }),
    input: { a: 2 },
  },
  'an Output that is one expression': {
    definition: only({ Type: 'Pass', Output: '{% $states.input.list[1] %}' }),
    input: { list: [1, 2] },
  },
  'an Output of a literal': {
    definition: only({ Type: 'Pass', Output: 'plain' }),
    moto: { differs: 'asl-text-output', goes: { output: { unquoted: 'plain' } } },
  },
  'Assign is seen from the next state on': {
    definition: line(
      { Type: 'Pass', Assign: { a: 1, b: '{% $states.input.b %}' } },
      { Type: 'Pass', Assign: { a: '{% $a + 1 %}', before: '{% $a %}' } },
      { Type: 'Pass', Output: { a: '{% $a %}', before: '{% $before %}', b: '{% $b %}' } },
    ),
    input: { b: { c: [1] } },
  },
  'Assign and Output see what was there before': {
    definition: line(
      { Type: 'Pass', Assign: { a: 1 } },
      { Type: 'Pass', Assign: { a: 2 }, Output: '{% $a %}' },
      { Type: 'Pass', Output: ['{% $states.input %}', '{% $a %}'] },
    ),
    moto: { differs: 'asl-output-variables', goes: { output: [2, 2] } },
  },
  'the context object': {
    definition: only({
      Type: 'Pass',
      Output: [
        '{% $states.context.Execution.Input %}',
        '{% $states.context.State.Name %}',
        '{% $states.context.Execution.Name %}',
      ],
    }),
    input: { a: 1 },
  },
  'a field that is not there ends it': { definition: only({ Type: 'Pass', Output: '{% $states.input.none %}' }) },
  'a field that is not there within an object ends it': {
    definition: only({ Type: 'Pass', Output: { a: '{% $states.input.none %}' } }),
  },
  'a variable that is not there ends it': { definition: only({ Type: 'Pass', Output: '{% $none %}' }) },
  'an expression that fails ends it': {
    definition: only({ Type: 'Pass', Output: "{% 'a' + 1 %}" }),
    moto: {
      differs: 'asl-evaluator',
      goes: { error: 'States.Runtime', events: ['ExecutionStarted', 'PassStateEntered Only', 'ExecutionFailed'] },
    },
  },
  '$error ends it': {
    definition: only({ Type: 'Pass', Output: "{% $error('so') %}" }),
    moto: {
      differs: 'asl-evaluator',
      goes: { error: 'States.Runtime', events: ['ExecutionStarted', 'PassStateEntered Only', 'ExecutionFailed'] },
    },
  },
  'Succeed puts out': {
    definition: machine({ Yes: { Type: 'Succeed', Output: '{% $states.input.a %}' } }),
    input: { a: true },
  },
  'Fail with texts': { definition: { QueryLanguage: 'JSONata', ...FAIL } },
  'Fail with expressions': {
    definition: machine({
      No: { Type: 'Fail', Error: "{% 'Wrong.' & $states.input.kind %}", Cause: '{% $string($states.input) %}' },
    }),
    input: { kind: 'Kind' },
  },
  'Fail without anything': { definition: machine({ No: { Type: 'Fail' } }) },
  'Choice takes the first that holds, with its Output and Assign': {
    definition: machine({
      Which: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 5 %}', Next: 'Big' },
          {
            Condition: '{% $states.input.n > 1 %}',
            Next: 'Middle',
            Assign: { m: '{% $states.input.n %}' },
            Output: 'middle',
          },
          { Condition: '{% true %}', Next: 'Big' },
        ],
      },
      Middle: { Type: 'Pass', Output: ['{% $states.input %}', '{% $m %}'], End: true },
      Big: { Type: 'Pass', Output: 'big', End: true },
    }),
    input: { n: 3 },
  },
  'Choice falls to its Default, with the state’s Output and Assign': {
    definition: machine({
      Which: {
        Type: 'Choice',
        Choices: [{ Condition: '{% false %}', Next: 'No' }],
        ...{ Default: 'Yes', Assign: { d: 1 }, Output: { a: '{% $states.input %}' } },
      },
      Yes: { Type: 'Pass', Output: ['{% $states.input %}', '{% $d %}'], End: true },
      No: { Type: 'Fail' },
    }),
  },
  'Choice without a way out': {
    definition: machine({
      Which: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Yes' }] },
      Yes: { Type: 'Succeed' },
    }),
    moto: { differs: 'asl-no-choice', goes: { error: 'States.Runtime' } },
  },
  'Choice on what is no boolean': {
    definition: machine({
      Which: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Yes' }], Default: 'Yes' },
      Yes: { Type: 'Succeed' },
    }),
    moto: {
      differs: 'asl-types',
      goes: { error: 'States.Runtime', events: ['ExecutionStarted', 'ChoiceStateEntered Which', 'ExecutionFailed'] },
    },
  },
  'Wait for seconds': { definition: only({ Type: 'Wait', Seconds: 1 }), input: { a: 1 } },
  'Wait for an expression, with Output and Assign': {
    definition: line(
      { Type: 'Wait', Seconds: '{% $states.input.s %}', Output: 'waited', Assign: { w: 1 } },
      { Type: 'Pass', Output: ['{% $states.input %}', '{% $w %}'] },
    ),
    input: { s: 1 },
  },
  'Wait until a time that is past': { definition: only({ Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z' }) },
  'Wait for what is no number': {
    definition: only({ Type: 'Wait', Seconds: '{% $states.input.s %}' }),
    input: { s: 'x' },
    moto: {
      differs: 'asl-types',
      goes: { error: 'States.Runtime', events: ['ExecutionStarted', 'WaitStateEntered Only', 'ExecutionFailed'] },
    },
  },
  'Wait for less than nothing': {
    definition: only({ Type: 'Wait', Seconds: '{% $states.input.s %}' }),
    input: { s: -1 },
    moto: {
      differs: 'asl-types',
      goes: {
        status: 'SUCCEEDED',
        error: undefined,
        output: { s: -1 },
        events: ['ExecutionStarted', 'WaitStateEntered Only', 'WaitStateExited Only', 'ExecutionSucceeded'],
      },
    },
  },
};
