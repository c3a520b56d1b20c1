import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { BadInput } from '../rehearsal/bad-input.ts';
import type { ControlPlane } from './control-plane.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { statusText } from './status-text.ts';
import type { Surroundings } from './surroundings.ts';

type Flags = CommonOptions & { run?: string; reason?: string; yes?: true };

/** The commands that operate a deployed control plane: status, failover, approve. */
export function operateCommands(program: Command, surroundings: Surroundings): void {
  // Loaded when one of these runs: the other commands have no use for AWS clients.
  const open = async (flags: Flags): Promise<ControlPlane> =>
    (await import('./control-plane.ts')).openControlPlane(flags.plan, surroundings.directory);
  withCommonOptions(program.command('status'))
    .description('who owns the platform, what the observers say, and how far a run has come')
    .action(async (flags: Flags) => status(await open(flags), flags, surroundings));
  withCommonOptions(program.command('failover'))
    .description('start a failover by your word: the same machine as an alarm starts')
    .requiredOption('--reason <text>', 'why; it goes into the report')
    .option('--yes', 'do not ask')
    .action(async (flags: Flags) => failover(await open(flags), flags, surroundings));
  withCommonOptions(program.command('approve'))
    .description('approve the run that waits for it')
    .option('--run <id>', 'which run (default: the one under way)')
    .action(async (flags: Flags) => approve(await open(flags), flags, surroundings));
}

async function status(control: ControlPlane, flags: Flags, { out }: Surroundings): Promise<void> {
  const read = await control.status();
  out.write(flags.json ? `${JSON.stringify(read, null, 2)}\n` : statusText(read, control.plan));
}

async function failover(control: ControlPlane, flags: Flags, surroundings: Surroundings): Promise<void> {
  const { plan } = control;
  const { primary, standby } = plan.sites;
  const question = `Move ${plan.name} from ${primary.region} to ${standby.region}? Type the plan's name to go on: `;
  if (flags.yes === undefined && (await answerTo(question)) !== plan.name)
    throw new BadInput('failover: not confirmed; nothing was started');
  const started = await control.failover(flags.reason ?? '');
  surroundings.out.write(
    flags.json ? `${JSON.stringify(started)}\n` : `Started run ${started.run}. Follow it: npx lifeboat status\n`,
  );
}

async function approve(control: ControlPlane, flags: Flags, { out }: Surroundings): Promise<void> {
  const approved = await control.approve(flags.run);
  out.write(
    flags.json ? `${JSON.stringify(approved)}\n` : `Approved run ${approved.run}. Follow it: npx lifeboat status\n`,
  );
}

/** Without a terminal there is nobody to ask. */
async function answerTo(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw new BadInput('failover: nobody to ask here; confirm with --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
