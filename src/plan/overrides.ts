import { closest } from './closest.ts';
import { fieldAt, knownFields, valueAt } from './fields.ts';
import { planJsonSchema } from './json-schema.ts';
import { type PlanProblem, problemAt } from './problem.ts';
import type { PlanInput } from './schema.ts';

type Step = string | number;
type Place = { path: Step[] } | { found: string; allowed: string };

/**
 * A plan with fields set by dotted paths: `decision.approval`, and items of lists by their name or position:
 * `tiers.critical.rto`. Null takes a field away. Values are judged when the result is parsed.
 */
export function applyOverrides(
  input: PlanInput,
  set: Readonly<Record<string, unknown>>,
  file = 'overrides',
): { input: PlanInput } | { problems: PlanProblem[] } {
  const problems: PlanProblem[] = [];
  let result: unknown = input;
  for (const [dotted, value] of Object.entries(set)) {
    const place = placeOf(dotted, result);
    if ('path' in place) result = withValue(result, place.path, value);
    else problems.push(problemAt({ file, line: null, path: [dotted] }, place.found, place.allowed));
  }
  return problems.length > 0 ? { problems } : { input: result as PlanInput };
}

function placeOf(dotted: string, input: unknown): Place {
  const schema = planJsonSchema();
  const path: Step[] = [];
  for (const word of dotted.split('.')) {
    const container = valueAt(input, path);
    const field = fieldAt(schema, path, input);
    if (Array.isArray(container)) {
      const index = indexOf(container, word);
      if (index === undefined) return { found: `no item ${word}`, allowed: itemsText(container) };
      path.push(index);
    } else if (field && fieldAt(schema, [...path, word], input)) path.push(word);
    else {
      const known = knownFields(field);
      const meant = closest(word, known);
      const allowed = meant ? `${meant} (did you mean that?)` : known.join(', ') || 'nothing inside it';
      return { found: `an unknown field ${word}`, allowed };
    }
  }
  return { path };
}

function indexOf(list: readonly unknown[], word: string): number | undefined {
  const named = list.findIndex((item) => valueAt(item, ['name']) === word);
  if (named >= 0) return named;
  return /^\d+$/.test(word) && Number(word) < list.length ? Number(word) : undefined;
}

function itemsText(list: readonly unknown[]): string {
  const names = list.map((item) => valueAt(item, ['name'])).filter((name) => typeof name === 'string');
  return names.length > 0 ? names.join(', ') : `a position from 0 to ${list.length - 1}`;
}

function withValue(container: unknown, path: readonly Step[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(container)) {
    if (rest.length === 0 && value === null) return container.filter((_, index) => index !== step);
    return container.map((item, index) => (index === step ? withValue(item, rest, value) : item));
  }
  const { [step]: before, ...others } = (container ?? {}) as Record<Step, unknown>;
  if (rest.length === 0 && value === null) return others;
  return { ...(container as object), [step]: withValue(before, rest, value) };
}
