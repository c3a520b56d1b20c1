import { type Bindings, EvaluationProblem, JsonataExpression } from './expression.ts';

/**
 * A JSON value in which strings of the form `{% … %}` stand for what they evaluate to.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export type Template =
  | { kind: 'constant'; value: unknown }
  | { kind: 'expression'; expression: JsonataExpression; location: string }
  | { kind: 'array'; items: Template[] }
  | { kind: 'object'; members: [string, Template][] };

/** An evaluation of a state's field failed: which expression, where, and how. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';
  readonly location: string;

  constructor(text: string, location: string, problem: string) {
    super(`The JSONata expression '${text}' specified for the field '${location}' ${problem}`);
    this.location = location;
  }
}

/** The text between `{%` and `%}`, where a string is nothing else. */
export function expressionText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length < 4 || !value.startsWith('{%') || !value.endsWith('%}'))
    return undefined;
  return value.slice(2, -2).trim();
}

/**
 * @param location the field's name as AWS reports it: `Output`, `Arguments/Payload/tier`
 * @param found told of every expression, and of every mistake of syntax
 */
export function compileTemplate(value: unknown, location: string, found: ExpressionListener): Template {
  const text = expressionText(value);
  if (text !== undefined) return compileExpression(text, location, found);
  if (typeof value !== 'object' || value === null) return { kind: 'constant', value };
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileTemplate(item, `${location}[${index}]`, found));
    return items.every((item) => item.kind === 'constant') ? { kind: 'constant', value } : { kind: 'array', items };
  }
  const members = Object.entries(value).map(([name, member]): [string, Template] => [
    name,
    compileTemplate(member, `${location}/${name}`, found),
  ]);
  const constant = members.every(([, member]) => member.kind === 'constant');
  return constant ? { kind: 'constant', value } : { kind: 'object', members };
}

export type ExpressionListener = {
  expression(expression: JsonataExpression, location: string): void;
  mistake(message: string, location: string): void;
};

function compileExpression(text: string, location: string, found: ExpressionListener): Template {
  try {
    const expression = JsonataExpression.compile(text);
    found.expression(expression, location);
    return { kind: 'expression', expression, location };
  } catch (error) {
    found.mistake(`The JSONata expression '${text}' cannot be parsed: ${(error as Error).message}`, location);
    return { kind: 'constant', value: null };
  }
}

/** The value as plain JSON. Throws TemplateProblem. */
export async function evaluateTemplate(template: Template, bindings: Bindings): Promise<unknown> {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'expression':
      return evaluateExpression(template, bindings);
    case 'array': {
      const items: unknown[] = [];
      for (const item of template.items) items.push(await evaluateTemplate(item, bindings));
      return items;
    }
    case 'object': {
      const object: Record<string, unknown> = {};
      for (const [name, member] of template.members) object[name] = await evaluateTemplate(member, bindings);
      return object;
    }
  }
}

async function evaluateExpression(
  { expression, location }: { expression: JsonataExpression; location: string },
  bindings: Bindings,
): Promise<unknown> {
  try {
    return await expression.evaluate(bindings);
  } catch (error) {
    if (error instanceof EvaluationProblem) throw new TemplateProblem(expression.text, location, error.message);
    throw error;
  }
}
