import { type Command, Option } from 'commander';
import { BadInput } from '../rehearsal/bad-input.ts';
import type { RehearseOptions } from '../rehearsal/rehearse-options.ts';
import type { Rehearsal } from '../rehearsal/result.ts';
import { judgeAssembly } from './assembly-plan.ts';
import { findScenario } from './find-scenario.ts';
import { LiveTimeline } from './live-timeline.ts';
import { type CommonOptions, directoryName, given, wholeNumber, withCommonOptions } from './options.ts';
import { prepareRehearsal } from './prepare-rehearsal.ts';
import { assemblyDirectory, existingDirectory, writableDirectory } from './read-input.ts';
import { repeatCommand } from './repeat-command.ts';
import { writeReport } from './report/write-report.ts';
import { summaryText } from './summary.ts';
import { summaryJson } from './summary-json.ts';
import { loadRehearse, type Surroundings } from './surroundings.ts';
import { systemWords } from './system-words.ts';
import { verdictOf } from './verdict.ts';

const DEFAULT_SCENARIO = 'region-loss';

type Flags = CommonOptions & { seed: number; report?: string; workloads?: string; assembly?: string; real?: boolean };

export const rehearseCommand = (program: Command, surroundings: Surroundings, end: (status: number) => void): Command =>
  withCommonOptions(program.command('rehearse'))
    .description('lose a region on this machine, and see what the deployed artifacts do about it')
    .argument('[scenario]', 'a name in scenarios/, or a file', DEFAULT_SCENARIO)
    .addOption(new Option('--seed <n>', 'what is left to chance follows from it').default(1).argParser(wholeNumber(0)))
    .addOption(
      new Option('--report <dir>', 'write report.json, report.md and report.html there').argParser(directoryName),
    )
    .addOption(
      new Option('--workloads <dir>', "your own exported manifests in place of the plan's")
        .argParser(directoryName)
        .conflicts('assembly'),
    )
    .addOption(
      new Option(
        '--assembly <dir>',
        'a cloud assembly made before, such as cdk.out (default: synthesized afresh)',
      ).argParser(directoryName),
    )
    .option('--real', 'with Kubernetes, Velero and S3 by real parts, in real time (needs Go, Python and root on Linux)')
    .action(async (scenario: string, flags: Flags, command: Command) => {
      end(await rehearseScenario(scenario, { ...flags, explicit: given(command, 'plan') }, surroundings));
    });

async function rehearseScenario(
  name: string,
  flags: Flags & { explicit: boolean },
  surroundings: Surroundings,
): Promise<number> {
  const { directory, out, err } = surroundings;
  const options = optionsOf(name, flags, directory);
  const said = assemblyRemarks(options, flags);
  const reportDirectory =
    flags.report === undefined ? undefined : writableDirectory('--report', flags.report, directory);
  const people = flags.json ? err : out;
  const timeline = new LiveTimeline(people);
  const rehearsal = await rehearsed({ ...options, progress: timeline }, surroundings, flags.real).catch(
    (error: unknown) => {
      timeline.finish();
      throw Object.assign(error as Error, { repeat: options.repeat });
    },
  );
  timeline.finish();
  rehearsal.notes.unshift(...said);
  people.write(summaryText(rehearsal, people));
  if (reportDirectory !== undefined) people.write(`\nReport: ${writtenReport(rehearsal, reportDirectory)}\n`);
  if (flags.json) out.write(summaryJson(rehearsal.summary));
  const { holds } = verdictOf(rehearsal);
  if (!holds) people.write(repeatLines(rehearsal));
  return holds ? 0 : 1;
}

async function rehearsed(
  options: RehearseOptions,
  surroundings: Surroundings,
  real: boolean | undefined,
): Promise<Rehearsal> {
  const rehearse = await loadRehearse(surroundings, real);
  return rehearse(options);
}

function optionsOf(name: string, flags: Flags & { explicit: boolean }, directory: string): RehearseOptions {
  const found = findScenario(name, directory);
  const { seed, workloads, assembly, plan, explicit, real } = flags;
  const repeat = repeatCommand({
    scenario: found.shown,
    seed,
    ...(explicit ? { plan } : {}),
    ...(workloads === undefined ? {} : { workloads }),
    ...(assembly === undefined ? {} : { assembly }),
    ...(real === undefined ? {} : { real }),
  });
  return {
    ...prepareRehearsal(found, { file: plan, explicit }, directory),
    seed,
    repeat,
    ...(workloads === undefined ? {} : { workloads: existingDirectory('--workloads', workloads, directory) }),
    ...(assembly === undefined ? {} : { assembly: assemblyDirectory(assembly, directory) }),
  };
}

const assemblyRemarks = ({ assembly, plan, scenario }: RehearseOptions, flags: Flags): string[] =>
  assembly === undefined ? [] : judgeAssembly(flags.assembly ?? assembly, assembly, plan, scenario.set);

function writtenReport(rehearsal: Rehearsal, directory: string): string {
  try {
    return writeReport(rehearsal, directory);
  } catch (error) {
    throw new BadInput(`--report ${directory}: cannot be written: ${systemWords(error)}`);
  }
}

const repeatLines = ({ repeat }: Rehearsal): string => `\nRepeat it:\n${repeat}\n`;
