import * as z from 'zod';
import { readDocument } from '../plan/document.ts';
import { durationText } from '../plan/duration.ts';
import type { JsonSchema } from '../plan/json-schema.ts';
import { type FieldPath, problemAt, problemLine } from '../plan/problem.ts';
import { type Misfit, shapeMisfits } from '../plan/shape.ts';
import { AVAILABLE_ACTIONS, type Scenario, scenarioSchema } from './scenario-schema.ts';

export type ParsedScenario = { scenario: Scenario; lineOf: (path: FieldPath) => number };

/** A scenario, or everything that is wrong with it: one clear line each. */
export function parseScenario(text: string, file: string): ParsedScenario | { problems: string[] } {
  const read = readDocument(text, file);
  if ('problems' in read) return { problems: read.problems.map(problemLine) };
  const parsed = scenarioSchema.safeParse(read.value);
  const misfits = parsed.success
    ? contradictions(parsed.data)
    : shapeMisfits(parsed.error.issues, read.value, scenarioJsonSchema());
  if (parsed.success && misfits.length === 0) return { scenario: parsed.data, lineOf: read.lineOf };
  const problems = misfits.map(({ path, found, allowed }) =>
    problemAt({ file, line: read.lineOf(path), path }, found, allowed),
  );
  return { problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).map(problemLine) };
}

/** The JSON Schema of `scenarios/*.yaml`, as they are written: before defaults, lengths of time as text. */
export function scenarioJsonSchema(): JsonSchema {
  return {
    ...z.toJSONSchema(scenarioSchema, { io: 'input' }),
    title: 'Lifeboat scenario',
    description: 'A disaster as data: what fails, what people do meanwhile, and what must come of it.',
  } as JsonSchema;
}

/** What cannot be, although its shape is right. */
function contradictions({ faults, operator, endsAt, expect }: Scenario): Misfit[] {
  const misfits: Misfit[] = [];
  const late = `less than endsAt, which is ${durationText(endsAt)}`;
  for (const [index, { at }] of faults.entries())
    if (at >= endsAt) misfits.push({ path: ['faults', index, 'at'], found: durationText(at), allowed: late });
  for (const [index, { at, action }] of operator.entries()) {
    if (at >= endsAt) misfits.push({ path: ['operator', index, 'at'], found: durationText(at), allowed: late });
    if (!AVAILABLE_ACTIONS.includes(action)) {
      const allowed = `${AVAILABLE_ACTIONS.join(', ')} (${action} is not available yet)`;
      misfits.push({ path: ['operator', index, 'action'], found: `"${action}"`, allowed });
    }
  }
  const recovered = expect.outcome === undefined || expect.outcome === 'recovered';
  for (const bound of ['rtoWithin', 'rpoWithin'] as const)
    if (!recovered && expect[bound] !== undefined)
      misfits.push({ path: ['expect', bound], found: 'a bound', allowed: 'none, where the outcome is not recovered' });
  return misfits;
}
