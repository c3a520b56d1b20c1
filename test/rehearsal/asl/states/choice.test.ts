import { describe, expect, it } from '@jest/globals';
import { errorOf, machine, outputOf, run, trace } from '../stage.ts';

const choosing = (choice: Record<string, unknown>) =>
  machine({
    Choose: { Type: 'Choice', ...choice },
    Yes: {
      Type: 'Pass',
      Output: { took: 'Yes', input: '{% $states.input %}', seen: '{% $exists($seen) ? $seen : null %}' },
      End: true,
    },
    No: {
      Type: 'Pass',
      Output: { took: 'No', input: '{% $states.input %}', seen: '{% $exists($seen) ? $seen : null %}' },
      End: true,
    },
  });

describe('a Choice state', () => {
  it('takes the first rule that holds', async () => {
    const definition = choosing({
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'No' },
        { Condition: '{% $states.input.n > 1 %}', Next: 'Yes' },
        { Condition: true, Next: 'No' },
      ],
    });
    expect(await outputOf(definition, { n: 5 })).toMatchObject({ took: 'Yes', input: { n: 5 } });
    expect(await outputOf(definition, { n: 0 })).toMatchObject({ took: 'No' });
  });

  it('uses the Assign and Output of the rule it takes, and its own only with Default', async () => {
    const definition = choosing({
      Choices: [{ Condition: '{% $states.input.go %}', Next: 'Yes', Assign: { seen: 'rule' }, Output: 'of the rule' }],
      Default: 'No',
      Assign: { seen: 'default' },
      Output: 'of the state',
    });
    expect(await outputOf(definition, { go: true })).toEqual({ took: 'Yes', input: 'of the rule', seen: 'rule' });
    expect(await outputOf(definition, { go: false })).toEqual({ took: 'No', input: 'of the state', seen: 'default' });
  });

  it('fails where no rule holds and there is no Default', async () => {
    const definition = choosing({
      Choices: [
        { Condition: false, Next: 'Yes' },
        { Condition: false, Next: 'No' },
      ],
    });
    const { outcome, events } = await run(definition);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    expect(trace(events)).toEqual(['1<0 ExecutionStarted', '2<0 ChoiceStateEntered', '3<2 ExecutionFailed']);
  });

  it('needs a boolean', async () => {
    const definition = choosing({ Choices: [{ Condition: "{% 'yes' %}", Next: 'Yes' }], Default: 'No' });
    const { error, cause } = await errorOf(definition);
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toMatch(/Expected 'boolean', but was 'string' for value: "yes"$/);
  });
});
