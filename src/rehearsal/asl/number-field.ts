import type { Template } from './jsonata/template.ts';
import type { Visit } from './visit.ts';

/** A field that takes a number or an expression for one. */
export type NumberField = { template: Template; field: string; range: NumberRange };

export type NumberRange = { min: number; max: number; whole: boolean };

/** Throws a Failure, States.QueryEvaluationError, for what is no number or not in its range. */
export async function evaluateNumber(visit: Visit, { template, field, range }: NumberField): Promise<number> {
  const value = await visit.evaluate(template);
  const text = template.kind === 'expression' ? template.expression.text : '';
  const expression = `The JSONata expression '${text}' specified for the field '${field}'`;
  if (typeof value !== 'number') throw wrongType(visit, expression, field, 'number', value);
  const wrong = outOf(range, value);
  if (wrong !== undefined) throw visit.evaluationFailed(`${expression} returned ${value}, ${wrong}.`, field);
  return value;
}

/** The failure for a result that is not of the type that the field needs, worded as Step Functions does. */
export function wrongType(visit: Visit, expression: string, field: string, expected: string, value: unknown) {
  const type = typeOf(value);
  const problem = `${expression} returned an unexpected result type. Expected '${expected}', but was '${type}' for value: ${JSON.stringify(value)}`;
  return visit.evaluationFailed(problem, field);
}

export function outOf({ min, max, whole }: NumberRange, value: number): string | undefined {
  if (whole && !Number.isInteger(value)) return 'which is not an integer';
  if (value < min || value > max) return `which is not between ${min} and ${max}`;
  return undefined;
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
