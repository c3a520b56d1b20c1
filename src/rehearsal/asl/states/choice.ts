import { Failure } from '../failure.ts';
import type { FieldReader } from '../field-reader.ts';
import { expressionText, type Template } from '../jsonata/template.ts';
import { wrongType } from '../number-field.ts';
import { type StateType, supports } from '../state-type.ts';
import type { Leave, Visit } from '../visit.ts';

type Rule = Leave & { condition: Template; location: string };

/**
 * Takes the first rule whose Condition holds, with that rule's Assign and Output; its own belong to Default.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
 */
export const choice: StateType = {
  fields: ['Choices', 'Default', 'Output', 'Assign'],
  parse(reader) {
    const rules = reader.parts('Choices').map(readRule);
    if (rules.length === 0) reader.problem('Choices must hold at least one rule', 'Choices');
    const otherwise: Leave = {
      next: reader.string('Default'),
      assign: reader.assign('input'),
      output: reader.template('Output', 'input'),
    };
    const targets = [...rules, otherwise].map(({ next }) => next).filter((next) => next !== undefined);
    return {
      next: targets,
      run: async (visit) => {
        const taken = (await firstThatHolds(visit, rules)) ?? otherwise;
        if (taken.next !== undefined) return visit.leave(taken, visit.input);
        const problem = 'Failed to transition out of the state. The state does not point to a next state.';
        throw new Failure('States.NoChoiceMatched', visit.failing(problem));
      },
    };
  },
};

function readRule(reader: FieldReader, index: number): Rule {
  supports(reader, ['Condition', 'Next', 'Assign', 'Output', 'Comment']);
  const { Condition: condition } = reader.raw;
  if (condition === undefined) reader.problem('These fields are required: [Condition]');
  else if (typeof condition !== 'boolean' && expressionText(condition) === undefined)
    reader.problem('Expected a boolean or a JSONata expression', 'Condition');
  return {
    condition: reader.template('Condition', 'input') ?? { kind: 'constant', value: false },
    location: `Choices[${index}]/Condition`,
    next: reader.requiredString('Next'),
    assign: reader.assign('input'),
    output: reader.template('Output', 'input'),
  };
}

async function firstThatHolds(visit: Visit, rules: readonly Rule[]): Promise<Rule | undefined> {
  for (const rule of rules) {
    const { condition, location } = rule;
    const holds = await visit.evaluate(condition);
    if (holds === true) return rule;
    if (holds === false) continue;
    const text = condition.kind === 'expression' ? condition.expression.text : '';
    const expression = `The JSONata expression '${text}' specified for the field '${location}'`;
    throw wrongType(visit, expression, location, 'boolean', holds);
  }
  return undefined;
}
