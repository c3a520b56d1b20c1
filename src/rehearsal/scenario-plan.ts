import { applyOverrides } from '../plan/overrides.ts';
import { parsePlan, parsePlanInput } from '../plan/parse.ts';
import { type PlanProblem, problemLine } from '../plan/problem.ts';
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
  if (!('problems' in parsed)) return parsed;
  return { problems: parsed.problems.map((problem) => problemLine(inScenario(problem))) };

  /** The plan alone is right: what the scenario sets is at fault, at its line where it can be told. */
  function inScenario(problem: PlanProblem): PlanProblem {
    const isWithin = (outer: string, inner: string) => inner === outer || inner.startsWith(`${outer}.`);
    const key = Object.keys(scenario.set).find(
      (field) => isWithin(field, problem.field) || isWithin(problem.field, field),
    );
    if (key === undefined) return problem;
    return { ...problem, file: scenarioFile, line: lineOf(['set', key]), field: `set.${problem.field}` };
  }
}
