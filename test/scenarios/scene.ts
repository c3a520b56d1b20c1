import { readFileSync } from 'node:fs';
import type { Assembly, TemplateResource } from '../../src/rehearsal/assembly/assembly.ts';
import { type Platform, platformOf } from '../../src/rehearsal/platform.ts';
import { rehearse, rehearseAssembly } from '../../src/rehearsal/rehearse.ts';
import type { RehearseOptions } from '../../src/rehearsal/rehearse-options.ts';
import type { Rehearsal } from '../../src/rehearsal/result.ts';
import { parseScenario } from '../../src/rehearsal/scenario.ts';
import { planForScenario } from '../../src/rehearsal/scenario-plan.ts';
import { synthesized } from '../../src/rehearsal/synthesized.ts';

const options = new Map<string, Omit<RehearseOptions, 'seed'>>();

/** A shipped scenario on its plan, read once. */
export function scenarioNamed(name: string): Omit<RehearseOptions, 'seed'> {
  const known = options.get(name) ?? read(name);
  options.set(name, known);
  return known;
}

function read(name: string): Omit<RehearseOptions, 'seed'> {
  const file = `scenarios/${name}.yaml`;
  const parsed = parseScenario(readFileSync(file, 'utf8'), file);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const planFile = parsed.scenario.plan ?? 'lifeboat.yaml';
  const planned = planForScenario(parsed, file, readFileSync(planFile, 'utf8'), planFile);
  if ('problems' in planned) throw new Error(planned.problems.join('\n'));
  return {
    scenario: parsed.scenario,
    plan: planned.plan,
    planInput: planned.input,
    repeat: `npx lifeboat rehearse ${name}`,
  };
}

export const run = (name: string, seed = 1): Promise<Rehearsal> => rehearse({ ...scenarioNamed(name), seed });

/** The assembly that a scenario's plan is deployed by: shared, not to be changed. */
export function synthesizedFor(name: string): Assembly {
  const { plan, planInput } = scenarioNamed(name);
  const platform = platformOf(plan, planInput, undefined);
  return synthesized(platform.plan, platform.input);
}

/** The example's assembly, to be changed: a copy. */
export const assemblyCopy = (): Assembly => structuredClone(synthesizedFor('region-loss'));

/** What comes of a region loss with an assembly that was tampered with: its rehearsal, or what it died of. */
export async function runChanged(assembly: Assembly, seed = 1): Promise<Rehearsal | Error> {
  const { plan, planInput, ...rest } = scenarioNamed('region-loss');
  const platform: Platform = platformOf(plan, planInput, undefined);
  try {
    return await rehearseAssembly(platform, assembly, { ...rest, plan, planInput, seed });
  } catch (error) {
    return error as Error;
  }
}

/** Everything that a rehearsal says is wrong, in one text; empty when all holds. */
export function complaints(result: Rehearsal | Error): string {
  if (result instanceof Error) return result.message;
  const broken = result.summary.invariants.filter((invariant) => !invariant.held);
  return [...result.problems, ...broken.map(({ id, detail }) => `${id}: ${detail}`)].join('\n');
}

/** Resources of a type, over all stacks. */
export function resourcesOf(
  assembly: Assembly,
  type: string,
): { stack: string; id: string; resource: TemplateResource }[] {
  return assembly.stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ stack: name, id, resource })),
  );
}
