import type * as z from 'zod';
import { closest } from './closest.ts';
import { allowedText, fieldAt, knownFields, valueAt } from './fields.ts';
import { type JsonSchema, planJsonSchema } from './json-schema.ts';
import { type FieldPath, foundText } from './problem.ts';

/** Something that does not fit, by its place in the plan; the reader of the text adds the line. */
export type Misfit = { path: FieldPath; found: string; allowed: string };

type Issue = z.core.$ZodIssue;

/** What zod objects to, in words of ours: what was found and what is allowed, by the schema that people see. */
export function shapeMisfits(
  issues: readonly Issue[],
  input: unknown,
  schema: JsonSchema = planJsonSchema(),
): Misfit[] {
  const fieldOf = (path: FieldPath) => fieldAt(schema, path, input);
  return issues.flatMap((issue): Misfit[] => {
    const path = pathOf(issue);
    const found = foundText(valueAt(input, path));
    if (issue.code === 'unrecognized_keys') {
      const known = knownFields(fieldOf(path));
      return issue.keys.map((key) => ({
        path: [...path, key],
        found: 'an unknown field',
        allowed: suggest(key, known),
      }));
    }
    if (issue.code === 'invalid_key') {
      const allowed = allowedText(fieldOf(path.slice(0, -1))?.propertyNames);
      return [{ path, found: foundText(path.at(-1)), allowed }];
    }
    if (issue.code === 'custom') return [{ path, found: foundText(valueAt(input, path)), allowed: issue.message }];
    return [{ path, found, allowed: allowedText(fieldOf(path)) }];
  });
}

/**
 * The input with a hole at every place that zod objects to, so that the refusals can look at all the rest:
 * a person wants to hear of every mistake at once.
 */
export function withHoles(input: unknown, issues: readonly Issue[]): unknown {
  let draft: unknown = input;
  for (const issue of issues) if (issue.code !== 'unrecognized_keys') draft = withHole(draft, pathOf(issue));
  return draft;
}

function withHole(value: unknown, path: FieldPath): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (Array.isArray(value)) return value.map((item, index) => (index === Number(step) ? withHole(item, rest) : item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, key === `${step}` ? withHole(item, rest) : item]));
}

/** A plan has no symbols for keys. */
const pathOf = (issue: Issue): FieldPath => issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));

function suggest(key: string, known: readonly string[]): string {
  const meant = closest(key, known);
  return meant ? `${meant} (did you mean that?)` : known.join(', ');
}
