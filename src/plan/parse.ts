import { readDocument } from './document.ts';
import type { Draft } from './draft.ts';
import { type FieldPath, type PlanProblem, problemAt } from './problem.ts';
import { refusals } from './refusals.ts';
import { type Plan, type PlanInput, planSchema } from './schema.ts';
import { type Misfit, shapeMisfits, withHoles } from './shape.ts';

/** A plan twice: as it is used, and as it was written; or everything that is wrong with it. */
export type ParsedPlan = { plan: Plan; input: PlanInput } | { problems: PlanProblem[] };

/** Reads a plan's text. Every problem is told, each with its line. */
export function parsePlan(text: string, file: string): ParsedPlan {
  const document = readDocument(text, file);
  return 'problems' in document ? document : judge(document.value, file, document.lineOf);
}

/** Judges a plan that has been read already; such a one has no lines. */
export const parsePlanInput = (input: unknown, file: string): ParsedPlan => judge(input, file, () => null);

function judge(input: unknown, file: string, lineOf: (path: FieldPath) => number | null): ParsedPlan {
  const notAMap = unlikeAPlan(input);
  if (notAMap) {
    const allowed = 'a plan: a map of fields such as name, sites, tiers and workloads';
    return { problems: [problemAt({ file, line: lineOf([]), path: [] }, notAMap, allowed)] };
  }
  const parsed = planSchema.safeParse(input);
  const issues = parsed.error?.issues ?? [];
  const draft = withHoles(input, issues) as Draft;
  const misfits: Misfit[] = [...(issues.length > 0 ? shapeMisfits(issues, input) : []), ...refusals(draft)];
  if (parsed.success && misfits.length === 0) return { plan: parsed.data, input: input as PlanInput };
  const problems = misfits.map(({ path, found, allowed }) =>
    problemAt({ file, line: lineOf(path), path }, found, allowed),
  );
  return { problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function unlikeAPlan(input: unknown): string | undefined {
  if (input === undefined || input === null) return 'an empty file';
  if (Array.isArray(input)) return 'a list';
  return typeof input === 'object' ? undefined : `only the value ${JSON.stringify(input)}`;
}
