import { applyOverrides } from '../plan/overrides.ts';
import { parsePlan, parsePlanInput } from '../plan/parse.ts';
import { problemLine } from '../plan/problem.ts';
import type { Plan, PlanInput } from '../plan/schema.ts';
import type { ParsedScenario } from './scenario.ts';

export type PlanForScenario = { plan: Plan; input: PlanInput } | { problems: string[] };

/** The plan that a scenario runs on: as its text says, with what the scenario sets. */
export function planForScenario(
  { scenario, lineOf }: ParsedScenario,
  scenarioFile: string,
  planText: string,
  planFile: string,
): PlanForScenario {
  const written = parsePlan(planText, planFile);
  if ('problems' in written) return { problems: written.problems.map(problemLine) };
  if (Object.keys(scenario.set).length === 0) return written;
  const changed = applyOverrides(written.input, scenario.set, scenarioFile);
  if ('problems' in changed)
    return {
      problems: changed.problems.map((problem) =>
        problemLine({ ...problem, line: lineOf(['set', problem.field]), field: `set.${problem.field}` }),
      ),
    };
  const parsed = parsePlanInput(changed.input, `${planFile} as ${scenarioFile} sets it`);
  return 'problems' in parsed ? { problems: parsed.problems.map(problemLine) } : parsed;
}
