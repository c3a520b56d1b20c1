import { dirname, resolve } from 'node:path';
import { BadInput } from '../rehearsal/bad-input.ts';
import type { RehearseOptions } from '../rehearsal/rehearse-options.ts';
import { parseScenario } from '../rehearsal/scenario.ts';
import { resolveFaults } from '../rehearsal/scenario-faults.ts';
import { planForScenario } from '../rehearsal/scenario-plan.ts';
import type { ScenarioFile } from './find-scenario.ts';
import { isFile, readText } from './read-input.ts';

/** `explicit`: a person gave the plan, so that it wins over the scenario's own. */
export type PlanChoice = { file: string; explicit: boolean };

/** Reads and judges a scenario and its plan. Whatever is wrong with either is BadInput. */
export function prepareRehearsal(
  found: ScenarioFile,
  choice: PlanChoice,
  directory: string,
): Pick<RehearseOptions, 'scenario' | 'plan' | 'planInput'> {
  const parsed = parseScenario(readText(found.path, directory, found.file), found.file);
  if ('problems' in parsed) throw new BadInput(...parsed.problems);
  const { scenario } = parsed;
  const own = scenario.plan !== undefined && !choice.explicit;
  const planFile = own && scenario.plan !== undefined ? scenario.plan : choice.file;
  const path = own ? besideScenario(planFile, found.path, directory) : planFile;
  const planned = planForScenario(parsed, found.file, readText(path, directory, planFile), planFile);
  if ('problems' in planned) throw new BadInput(...planned.problems);
  const { problems } = resolveFaults(scenario, planned.plan);
  if (problems.length > 0) throw new BadInput(...problems.map((problem) => `${found.file}: ${problem}`));
  return { scenario, plan: planned.plan, planInput: planned.input };
}

/** A scenario's plan lies where the command runs, or beside the directory of scenarios that it came with. */
function besideScenario(plan: string, scenario: string, directory: string): string {
  const candidates = [resolve(directory, plan), resolve(dirname(dirname(scenario)), plan)];
  return candidates.find(isFile) ?? plan;
}
