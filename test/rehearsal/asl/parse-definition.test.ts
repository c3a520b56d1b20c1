import { describe, expect, it } from '@jest/globals';
import { InvalidDefinition } from '../../../src/rehearsal/asl/invalid-definition.ts';
import { parseDefinition } from '../../../src/rehearsal/asl/parse-definition.ts';
import { NotSimulated } from '../../../src/rehearsal/kernel/not-simulated.ts';
import { machine } from './stage.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const pass = { Type: 'Pass', End: true };
const task = { Type: 'Task', Resource: INVOKE, End: true };
const map = (fields: Record<string, unknown>) => ({
  Type: 'Map',
  ItemProcessor: { StartAt: 'Each', States: { Each: pass } },
  End: true,
  ...fields,
});
const retry = (fields: Record<string, unknown>) =>
  machine({ A: { ...task, Retry: [{ ErrorEquals: ['E'], ...fields }] } });
const problemsOf = (definition: unknown): string[] => {
  try {
    parseDefinition(typeof definition === 'string' ? definition : JSON.stringify(definition));
  } catch (error) {
    if (error instanceof InvalidDefinition)
      return error.problems.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
    throw error;
  }
  return [];
};

describe('a definition', () => {
  it.each([
    ['no JSON', 'not a definition', /^INVALID_JSON_DESCRIPTION: .* at \/$/],
    ['no object', '[]', /^SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at \/$/],
    ['nothing in it', {}, /^SCHEMA_VALIDATION_FAILED: These fields are required: \[StartAt, States\] at \/$/],
    [
      'no such first state',
      { ...machine({ A: pass }), StartAt: 'B' },
      /^MISSING_TRANSITION_TARGET: Missing 'Next' target: B at \/StartAt$/,
    ],
    ['no such next state', machine({ A: { Type: 'Pass', Next: 'B' } }), /Missing 'Next' target: B at \/States\/A/],
    [
      'no such Default',
      machine({ A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B' }], Default: 'C' }, B: pass }),
      /'Next' target: C at/,
    ],
    [
      'no such Catch target',
      machine({ A: { ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] } }),
      /'Next' target: B at/,
    ],
    ['a state that nothing leads to', machine({ A: pass, B: pass }), /State "B" is not reachable\. at \/States\/B$/],
    [
      'no end',
      machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
      /No state can end it at \/States$/,
    ],
    ['both Next and End', machine({ A: { ...pass, Next: 'A' } }), /either 'Next' or 'End: true' at \/States\/A$/],
    ['neither Next nor End', machine({ A: { Type: 'Pass' } }), /either 'Next' or 'End: true' at \/States\/A$/],
    [
      'an unknown type',
      machine({ A: { Type: 'Nap', End: true } }),
      /It is not one of \[Pass, Task, .* at \/States\/A\/Type$/,
    ],
    ['an unknown field', machine({ A: { ...task, Timeout: 5 } }), /Field 'Timeout' is not supported at \/States\/A$/],
    ['an unknown field at the top', machine({ A: pass }, { Timeout: 5 }), /Field 'Timeout' is not supported at $/],
    ['a field of JSONPath', machine({ A: { ...task, Parameters: {} } }), /Field 'Parameters' is not supported/],
    [
      'a ResultPath in a Catcher',
      machine({ A: { ...task, Catch: [{ ErrorEquals: ['E'], Next: 'B', ResultPath: '$' }] }, B: pass }),
      /Field 'ResultPath' is not supported at \/States\/A\/Catch\[0\]$/,
    ],
    [
      'a Variable in a rule',
      machine({ A: { Type: 'Choice', Choices: [{ Variable: '$.a', Condition: true, Next: 'B' }] }, B: pass }),
      /Field 'Variable' is not supported at \/States\/A\/Choices\[0\]$/,
    ],
    [
      'a state that goes back to JSONPath',
      machine({ A: { ...pass, QueryLanguage: 'JSONPath' } }),
      /'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at \/States\/A$/,
    ],
    [
      'a field of JSONata in JSONPath',
      { StartAt: 'A', States: { A: { ...pass, Output: 1 } } },
      /Field 'Output' is not supported in a JSONPath state/,
    ],
    [
      'a mistake of syntax',
      machine({ A: { ...pass, Output: '{% 1 + %}' } }),
      /The JSONata expression '1 \+' cannot be parsed: .* at \/States\/A\/Output$/,
    ],
    [
      'a bare name',
      machine({ A: { ...pass, Output: { x: ['{% tier %}'] } } }),
      /unqualified field name 'tier' at the top level at \/States\/A\/Output\/x\[0\]$/,
    ],
    [
      'a result before there is one',
      machine({ A: { ...task, Arguments: '{% $states.result %}' } }),
      /\$states\.result is not available here at \/States\/A\/Arguments$/,
    ],
    [
      'a result where there is none',
      machine({ A: { ...pass, Output: '{% $states.result %}' } }),
      /\$states\.result is not available here/,
    ],
    [
      'an error outside Catch',
      machine({ A: { ...task, Output: '{% $states.errorOutput %}' } }),
      /\$states\.errorOutput is not available here/,
    ],
    [
      'a result in Catch',
      machine({ A: { ...task, Catch: [{ ErrorEquals: ['E'], Next: 'B', Output: '{% $states.result %}' }] }, B: pass }),
      /\$states\.result is not available here at \/States\/A\/Catch\[0\]\/Output$/,
    ],
    [
      'a variable that is no name',
      machine({ A: { ...pass, Assign: { 'a.b': 1 } } }),
      /'a\.b' cannot be a variable's name/,
    ],
    [
      'the reserved variable',
      machine({ A: { ...pass, Assign: { states: 1 } } }),
      /'states' cannot be a variable's name/,
    ],
    [
      'two states of one name',
      machine({ A: map({ ItemProcessor: { StartAt: 'A', States: { A: pass } } }) }),
      /Another state of this machine is named 'A'/,
    ],
    [
      'States.ALL among others',
      machine({ A: { ...task, Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] } }),
      /must appear alone/,
    ],
    [
      'States.ALL before others',
      machine({ A: { ...task, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] } }),
      /in the last element/,
    ],
    ['an empty ErrorEquals', machine({ A: { ...task, Retry: [{ ErrorEquals: [] }] } }), /non-empty array/],
    ['a negative MaxAttempts', retry({ MaxAttempts: -1 }), /Its value is -1/],
    ['a shrinking BackoffRate', retry({ BackoffRate: 0.5 }), /Its value is 0\.5/],
    [
      'a MaxDelaySeconds that is no longer than the interval',
      retry({ IntervalSeconds: 5, MaxDelaySeconds: 5 }),
      /Its value is 5, which is not between 6/,
    ],
    ['an unknown JitterStrategy', retry({ JitterStrategy: 'SOME' }), /It is FULL or NONE/],
    ['an expression in a Retrier', retry({ MaxAttempts: '{% 3 %}' }), /which is not a number/],
    [
      'a heartbeat as slow as the time-out',
      machine({ A: { ...task, TimeoutSeconds: 5, HeartbeatSeconds: 5 } }),
      /HeartbeatSeconds must be smaller/,
    ],
    ['a TimeoutSeconds of nothing', machine({ A: { ...task, TimeoutSeconds: 0 } }), /Its value is 0/],
    ['a Wait for nothing', machine({ A: { Type: 'Wait', End: true } }), /either 'Seconds' or 'Timestamp'/],
    [
      'a Timestamp that is none',
      machine({ A: { Type: 'Wait', Timestamp: 'soon', End: true } }),
      /'soon' is not an ISO-8601/,
    ],
    [
      'a Choice without a rule',
      machine({ A: { Type: 'Choice', Choices: [], Default: 'B' }, B: pass }),
      /at least one rule/,
    ],
    [
      'an End in a Choice',
      machine({ A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B' }], End: true }, B: pass }),
      /Field 'End' is not supported/,
    ],
    [
      'a Parallel without a branch',
      machine({ A: { Type: 'Parallel', Branches: [], End: true } }),
      /at least one branch/,
    ],
    [
      'a mistake in a branch',
      machine({
        A: { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { Type: 'Pass', Next: 'C' } } }], End: true },
      }),
      /'Next' target: C at \/States\/A\/Branches\[0\]\/States\/B/,
    ],
    [
      'a branch that leads out',
      machine({
        A: { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { Type: 'Pass', Next: 'C' } } }], Next: 'C' },
        C: pass,
      }),
      /'Next' target: C at \/States\/A\/Branches/,
    ],
    [
      'a Map without a processor',
      machine({ A: { Type: 'Map', End: true } }),
      /These fields are required: \[ItemProcessor\]/,
    ],
    ['a long name', machine({ ['x'.repeat(81)]: pass }), /at most 80 characters/],
  ])('is refused with %s', (_, definition, expected) => {
    expect(problemsOf(definition).join('\n')).toMatch(new RegExp(expected, 'm'));
  });

  it('is refused with all its mistakes at once', () => {
    const definition = machine({ A: { Type: 'Pass', Next: 'Nowhere', Foo: 1, Output: '{% ( %}' } });
    expect(problemsOf(definition)).toHaveLength(4);
  });

  it('is refused as CreateStateMachine refuses', () => {
    expect(() => parseDefinition('{}')).toThrow(
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt, States] at /'",
    );
  });

  it('is refused where an inner scope assigns a variable of an outer one', () => {
    const inner = { StartAt: 'Each', States: { Each: { ...pass, Assign: { run: 1, own: 2 } } } };
    const scoped = machine({
      A: { Type: 'Pass', Assign: { run: 0 }, Next: 'B' },
      B: {
        Type: 'Parallel',
        Branches: [inner, { StartAt: 'C', States: { C: { ...pass, Assign: { own: 3 } } } }],
        End: true,
      },
    });
    expect(problemsOf(scoped)).toEqual([
      "SCHEMA_VALIDATION_FAILED: The variable 'run' is assigned in an outer scope, and cannot be assigned here at /States/B/Branches[0]/States/Each/Assign/run",
    ]);
  });

  it.each([
    [
      'JSONPath',
      { StartAt: 'A', States: { A: { Type: 'Pass', Parameters: {}, Next: 'B' }, B: pass } },
      /JSONPath, of the states A, B,/,
    ],
    [
      'a Distributed Map',
      machine({
        A: map({ ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: pass } } }),
      }),
      /Distributed Map A/,
    ],
    ['an ItemReader', machine({ A: map({ ItemReader: {} }) }), /ItemReader of the Map A/],
    [
      'an activity',
      machine({ A: { ...task, Resource: 'arn:aws:states:eu-west-1:111122223333:activity:a' } }),
      /the resource arn/,
    ],
    [
      "a function's ARN",
      machine({ A: { ...task, Resource: 'arn:aws:lambda:eu-west-1:111122223333:function:f' } }),
      /the resource arn/,
    ],
    ['Credentials', machine({ A: { ...task, Credentials: {} } }), /Credentials of state A/],
  ])('is not simulated with %s', (_, definition, message) => {
    expect(() => parseDefinition(JSON.stringify(definition))).toThrow(NotSimulated);
    expect(() => parseDefinition(JSON.stringify(definition))).toThrow(message);
  });

  it('may have states in JSONata in a machine that is in JSONPath otherwise, as long as there is none', () => {
    const jsonata = { ...pass, QueryLanguage: 'JSONata' };
    expect(problemsOf({ StartAt: 'A', States: { A: jsonata } })).toEqual([]);
  });

  it('is compiled once', () => {
    const text = JSON.stringify(machine({ A: pass }));
    expect(parseDefinition(text)).toBe(parseDefinition(text));
  });
});
