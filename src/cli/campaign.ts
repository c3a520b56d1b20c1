import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { runCampaign } from '../rehearsal/campaign.ts';
import type { CampaignRun, CampaignScenario } from '../rehearsal/campaign-run.ts';
import { summarizeCampaign, varietyOf } from '../rehearsal/campaign-summary.ts';
import { CampaignProgress } from './campaign-progress.ts';
import { campaignText } from './campaign-text.ts';
import { matchingScenarios } from './find-scenario.ts';
import { type CommonOptions, given, wholeNumber, withCommonOptions } from './options.ts';
import { type PlanChoice, prepareRehearsal } from './prepare-rehearsal.ts';
import { repeatCommand } from './repeat-command.ts';
import type { Surroundings } from './surroundings.ts';

const RUNS_MAX = 1_000_000;
const JOBS_MAX = 256;
const KIB_PER_MIB = 1024;

type Flags = CommonOptions & { runs: number; jobs: number; scenario: string; seed: number };

export const campaignCommand = (program: Command, surroundings: Surroundings, end: (status: number) => void): Command =>
  withCommonOptions(program.command('campaign'))
    .description('rehearse many scenarios with many seeds, and say what broke')
    .addOption(new Option('--runs <n>', 'how many rehearsals in all').default(100).argParser(wholeNumber(1, RUNS_MAX)))
    .addOption(
      new Option('--jobs <n>', 'how many at a time')
        .default(availableParallelism(), 'one a core')
        .argParser(wholeNumber(1, JOBS_MAX)),
    )
    .option('--scenario <glob>', 'scenarios by name, such as region-*', '*')
    .addOption(new Option('--seed <n>', 'the first seed').default(1).argParser(wholeNumber(0)))
    .action(async (flags: Flags, command: Command) => {
      end(await campaign(flags, { file: flags.plan, explicit: given(command, 'plan') }, surroundings));
    });

async function campaign(flags: Flags, choice: PlanChoice, surroundings: Surroundings): Promise<number> {
  const { out, err, directory, rehearseModule } = surroundings;
  const { runs: count, jobs, seed } = flags;
  const scenarios = campaignScenarios(flags.scenario, choice, directory);
  const names = scenarios.map(({ name }) => name);
  const progress = new CampaignProgress(err, count);
  const startedAt = performance.now();
  const runs = await runCampaign({
    scenarios,
    runs: count,
    seed,
    jobs,
    rehearseModule,
    repeat: (scenario, of) => repeatCommand({ scenario, seed: of, ...(choice.explicit ? { plan: choice.file } : {}) }),
    onRun: (run: CampaignRun) => progress.onRun(run, performance.now() - startedAt),
  });
  progress.finish();
  const wallMs = performance.now() - startedAt;
  const peakMiB = process.resourceUsage().maxRSS / KIB_PER_MIB;
  const summary = summarizeCampaign(runs, names, { seed, jobs, wallMs, peakMiB });
  const people = flags.json ? err : out;
  people.write(campaignText({ summary, variety: varietyOf(runs), runs, names }, people));
  if (flags.json) out.write(`${JSON.stringify(summary, null, 2)}\n`);
  return summary.failures.length === 0 ? 0 : 1;
}

/** Plans that are the same are one object, so that a thread synthesizes each once. */
function campaignScenarios(glob: string, choice: PlanChoice, directory: string): CampaignScenario[] {
  const plans = new Map<string, ReturnType<typeof prepareRehearsal>>();
  return matchingScenarios(glob, directory).map((found) => {
    const prepared = prepareRehearsal(found, choice, directory);
    const key = JSON.stringify(prepared.planInput);
    const { plan, planInput } = plans.get(key) ?? prepared;
    plans.set(key, { ...prepared, plan, planInput });
    return { name: found.shown, options: { scenario: prepared.scenario, plan, planInput } };
  });
}
