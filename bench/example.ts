import { readFileSync } from 'node:fs';
import type { Assembly } from '../src/rehearsal/assembly/assembly.ts';
import { type Platform, platformOf } from '../src/rehearsal/platform.ts';
import type { RehearseOptions } from '../src/rehearsal/rehearse-options.ts';
import { parseScenario } from '../src/rehearsal/scenario.ts';
import { planForScenario } from '../src/rehearsal/scenario-plan.ts';
import { synthesized } from '../src/rehearsal/synthesized.ts';

const SCENARIO = 'scenarios/region-loss.yaml';
const PLAN = 'lifeboat.yaml';

/** The loss of the example's region, which everything here is measured by. */
export function regionLoss(): Omit<RehearseOptions, 'seed' | 'repeat'> {
  const parsed = parseScenario(readFileSync(SCENARIO, 'utf8'), SCENARIO);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const planned = planForScenario(parsed, SCENARIO, readFileSync(PLAN, 'utf8'), PLAN);
  if ('problems' in planned) throw new Error(planned.problems.join('\n'));
  return { scenario: parsed.scenario, plan: planned.plan, planInput: planned.input };
}

export function deployed({ plan, planInput }: ReturnType<typeof regionLoss>): {
  platform: Platform;
  assembly: Assembly;
} {
  const platform = platformOf(plan, planInput, undefined);
  return { platform, assembly: synthesized(platform.plan, platform.input) };
}
