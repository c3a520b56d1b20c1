import { isDeepStrictEqual } from 'node:util';
import { foundText } from '../plan/problem.ts';
import type { Plan } from '../plan/schema.ts';
import { planSchema } from '../plan/schema.ts';
import { readAssembly } from '../rehearsal/assembly/assembly.ts';
import { BadInput } from '../rehearsal/bad-input.ts';

/** Where the functions find their plan in the layer that they share. */
const PLAN_FILE = 'plan.json';

type Difference = { field: string; inAssembly: unknown; inPlan: unknown };

/**
 * What a scenario sets that the assembly was not made with, a sentence each: what is deployed is what it was made with.
 * Any other difference between the two plans is BadInput: the twin would stand one platform beside the other's control
 * plane.
 */
export function judgeAssembly(given: string, directory: string, plan: Plan, set: Record<string, unknown>): string[] {
  const problem = (text: string) => new BadInput(`--assembly ${given}: ${text}`);
  const made = planIn(directory, problem);
  const differences = differing(made, plan, []);
  const isSet = ({ field }: Difference) =>
    Object.keys(set).some((key) => key === field || field.startsWith(`${key}.`) || key.startsWith(`${field}.`));
  const other = differences.filter((difference) => !isSet(difference));
  if (other.length > 0) {
    const { field, inAssembly, inPlan } = other[0] ?? { field: '', inAssembly: '', inPlan: '' };
    const more = other.length === 1 ? '' : ` (and ${other.length - 1} more fields)`;
    throw problem(
      `it is of another plan: ${field} is ${foundText(inAssembly)} there, and ${foundText(inPlan)} in the plan${more}`,
    );
  }
  return differences.map(
    ({ field, inAssembly, inPlan }) =>
      `The assembly was made with ${field}: ${foundText(inAssembly)}, and that counts; the scenario sets ${foundText(inPlan)}.`,
  );
}

function planIn(directory: string, problem: (text: string) => BadInput): Plan {
  let texts: (string | undefined)[];
  try {
    texts = Object.values(readAssembly(directory).layers).map((files) => files[PLAN_FILE]);
  } catch (error) {
    throw problem(`not a cloud assembly that can be read: ${(error as Error).message}`);
  }
  const text = texts.find((one) => one !== undefined);
  if (text === undefined) throw problem(`no layer of it holds ${PLAN_FILE}: not made by Lifeboat`);
  const parsed = planSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw problem('its plan is not one that this version reads: synthesize it anew');
  return parsed.data;
}

/** The innermost fields that are not the same. */
function differing(made: unknown, plan: unknown, path: string[]): Difference[] {
  if (isDeepStrictEqual(made, plan)) return [];
  if (!isMap(made) || !isMap(plan)) return [{ field: path.join('.'), inAssembly: made, inPlan: plan }];
  const keys = [...new Set([...Object.keys(made), ...Object.keys(plan)])];
  return keys.flatMap((key) => differing(made[key], plan[key], [...path, key]));
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
