import type { Command } from 'commander';
import { Option } from 'commander';
import { assessPlan, keepsRpo, keepsRto } from '../plan/feasibility.ts';
import { parsePlan } from '../plan/parse.ts';
import { problemLine } from '../plan/problem.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { findingsOn } from './check-findings.ts';
import { checkedSizes } from './check-sizes.ts';
import { type Checked, checkText } from './check-text.ts';
import { type CommonOptions, directoryName, withCommonOptions } from './options.ts';
import { readText } from './read-input.ts';
import type { Surroundings } from './surroundings.ts';

type Flags = CommonOptions & { workloads?: string };

export const checkCommand = (program: Command, surroundings: Surroundings, end: (status: number) => void): Command =>
  withCommonOptions(program.command('check'))
    .description('what the plan promises against what it can do, with the arithmetic')
    .addOption(
      new Option('--workloads <dir>', 'count objects and volumes in your own exported manifests').argParser(
        directoryName,
      ),
    )
    .action(async (flags: Flags) => end(await check(flags, surroundings)));

async function check(flags: Flags, { directory, out, err }: Surroundings): Promise<number> {
  const parsed = parsePlan(readText(flags.plan, directory), flags.plan);
  if ('problems' in parsed) throw new BadInput(...parsed.problems.map(problemLine));
  const { plan, input } = parsed;
  const { sizes, findings: said } = checkedSizes(plan, flags.workloads, directory);
  const feasibility = assessPlan(plan, sizes);
  // Loaded when it is needed: synthesizing the templates takes the CDK.
  const { postureCost } = await import('./check-cost.ts');
  const checked: Checked = {
    plan: plan.name,
    posture: plan.posture,
    feasible: feasibility.tiers.every((tier) => keepsRpo(tier) && keepsRto(tier)),
    feasibility,
    cost: postureCost(plan, input, sizes),
    findings: [...findingsOn(plan, feasibility, sizes), ...said],
  };
  const people = flags.json ? err : out;
  people.write(checkText(checked, people));
  if (flags.json) out.write(checkJson(checked));
  return checked.feasible ? 0 : 1;
}

/** One JSON document; what has no end is null. */
function checkJson({ feasible, feasibility, cost, findings }: Checked): string {
  const document = {
    feasible,
    tiers: feasibility.tiers.map(({ tier, rpo: { target, worst, terms }, rto }) => ({
      tier,
      rpo: { target, worst, terms },
      rto: { target: rto.target, p50: rto.p50, p90: rto.p90, terms: rto.terms },
    })),
    postures: feasibility.postures.map(({ posture, rto }) => ({
      posture,
      monthlyUsd: cost.monthlyUsd[posture],
      rto,
    })),
    findings,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
