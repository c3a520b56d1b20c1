import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { campaignCommand } from './campaign.ts';
import { checkCommand } from './check.ts';
import { HOLDS, oneLine, statusOf } from './ending.ts';
import { operateCommands } from './operate.ts';
import { recoveryPointsCommand } from './recovery-points.ts';
import { rehearseCommand } from './rehearse.ts';
import { sealCommand } from './seal.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs one command line; answers its exit status. Nothing is thrown, and nothing is written twice. */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let status = HOLDS;
  const program = programIn(surroundings);
  const end = (ended: number): void => {
    status = ended;
  };
  rehearseCommand(program, surroundings, end);
  campaignCommand(program, surroundings, end);
  checkCommand(program, surroundings, end);
  recoveryPointsCommand(program, surroundings, end);
  sealCommand(program, surroundings, end);
  operateCommands(program, surroundings);
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return statusOf(error, args, surroundings);
  }
}

function programIn({ out, err }: Surroundings): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return new Command('lifeboat')
    .description('brings a Kubernetes platform back in another AWS region, and rehearses it on a laptop')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      getOutHelpWidth: () => out.columns,
      getErrHelpWidth: () => err.columns,
      outputError: (text, write) => write(`${oneLine(text.replace(/^error: /, 'lifeboat: '))}\n`),
    });
}
