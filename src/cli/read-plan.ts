import { parsePlan } from '../plan/parse.ts';
import { problemLine } from '../plan/problem.ts';
import type { Plan } from '../plan/schema.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { readText } from './read-input.ts';

/** The plan in a file; everything that is wrong with it is told at once. */
export function readPlan(file: string, directory: string): Plan {
  const parsed = parsePlan(readText(file, directory), file);
  if ('problems' in parsed) throw new BadInput(...parsed.problems.map(problemLine));
  return parsed.plan;
}
