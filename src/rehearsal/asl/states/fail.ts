import { Failure } from '../failure.ts';
import type { FieldReader } from '../field-reader.ts';
import { expressionText, type Template } from '../jsonata/template.ts';
import { wrongType } from '../number-field.ts';
import type { StateType } from '../state-type.ts';
import type { Visit } from '../visit.ts';

/** Ends its line of execution with an error. https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html */
export const fail: StateType = {
  fields: ['Error', 'Cause'],
  parse(reader) {
    const error = readText(reader, 'Error');
    const cause = readText(reader, 'Cause');
    if (error?.kind === 'constant')
      reader.findings.description.failures.push({ state: reader.state, error: String(error.value) });
    return {
      next: [undefined],
      run: async (visit) => {
        const name = error && (await evaluateText(visit, 'Error', error));
        throw new Failure(name, cause && (await evaluateText(visit, 'Cause', cause)));
      },
    };
  },
};

function readText(reader: FieldReader, field: string): Template | undefined {
  reader.string(field);
  return reader.template(field, 'input');
}

async function evaluateText(visit: Visit, field: string, template: Template): Promise<string> {
  const value = await visit.evaluate(template);
  if (typeof value === 'string') return value;
  const text = template.kind === 'expression' ? template.expression.text : expressionText(value);
  throw wrongType(visit, `The JSONata expression '${text}' specified for the field '${field}'`, field, 'string', value);
}
