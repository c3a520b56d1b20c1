import { ApiError } from '../../api-error.ts';
import { type FlagSet, UsageError } from '../flags.ts';
import type { Process } from '../process.ts';
import { refuse } from '../refuse.ts';
import { BACKUP_CREATE_FLAGS, createBackup } from './backup-create.ts';
import { createLocation, LOCATION_CREATE_FLAGS } from './backup-location.ts';
import { CommandError, CommandLine } from './command-line.ts';
import { INSTALL_FLAGS, install } from './install.ts';
import { createRestore, RESTORE_CREATE_FLAGS } from './restore-create.ts';
import { createSchedule, pauseSchedules, SCHEDULE_CREATE_FLAGS, SCHEDULE_PAUSE_FLAGS } from './schedule.ts';

type Command = { flags: FlagSet; run: (line: CommandLine) => Promise<void> };

const version = async (line: CommandLine): Promise<void> => line.print(`Client:\n\tVersion: v${line.version}`);

const COMMANDS: Record<string, Command> = {
  install: { flags: INSTALL_FLAGS, run: install },
  'restore create': { flags: RESTORE_CREATE_FLAGS, run: createRestore },
  'create restore': { flags: RESTORE_CREATE_FLAGS, run: createRestore },
  'backup create': { flags: BACKUP_CREATE_FLAGS, run: createBackup },
  'create backup': { flags: BACKUP_CREATE_FLAGS, run: createBackup },
  'schedule create': { flags: SCHEDULE_CREATE_FLAGS, run: createSchedule },
  'create schedule': { flags: SCHEDULE_CREATE_FLAGS, run: createSchedule },
  'schedule pause': { flags: SCHEDULE_PAUSE_FLAGS, run: (line) => pauseSchedules(line, true) },
  'schedule unpause': { flags: SCHEDULE_PAUSE_FLAGS, run: (line) => pauseSchedules(line, false) },
  'backup-location create': { flags: LOCATION_CREATE_FLAGS, run: createLocation },
  'create backup-location': { flags: LOCATION_CREATE_FLAGS, run: createLocation },
  version: { flags: { flags: { 'client-only': 'bool', timeout: 'duration' } }, run: version },
};

/** Commands and groups of the real CLI that nothing here answers. */
const REAL = [
  ...['backup', 'schedule', 'restore', 'create', 'get', 'describe', 'delete', 'plugin', 'backup-location'],
  ...['snapshot-location', 'repo', 'bug', 'completion', 'debug', 'client', 'uninstall', 'data-mover', 'pod-volume'],
  ...['repo-maintenance', 'restore-helper', 'run-plugins'],
];

export type Ended = { exitCode: number; output: string };

/** Runs one command of the CLI to its end. `restore create` ends with 0 however the restore ends. */
export async function runCommand(process: Process, args: string[]): Promise<Ended> {
  const words = args.slice(0, firstFlag(args));
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find((candidate) => COMMANDS[candidate] !== undefined);
  const command = name === undefined ? undefined : COMMANDS[name];
  if (name === undefined || command === undefined) return unknown(process, words);
  let line: CommandLine | undefined;
  try {
    line = new CommandLine(process, args.slice(name.split(' ').length), command.flags);
    await command.run(line);
    return { exitCode: 0, output: line.output.join('\n') };
  } catch (error) {
    const printed = line === undefined ? [] : line.output;
    return { exitCode: 1, output: [...printed, complaint(process, error)].join('\n') };
  }
}

const firstFlag = (args: string[]): number => {
  const at = args.findIndex((arg) => arg.startsWith('-'));
  return at < 0 ? args.length : at;
};

function unknown(process: Process, words: string[]): Ended {
  const [group = ''] = words;
  if (group === '' || !REAL.includes(group))
    return { exitCode: 1, output: `Error: unknown command "${group}" for "velero"\nRun 'velero --help' for usage.` };
  return refuse(process.cluster.host, `velero ${words.slice(0, 2).join(' ')}`);
}

function complaint(process: Process, error: unknown): string {
  if (error instanceof UsageError) return `Error: ${error.message}`;
  if (error instanceof CommandError || error instanceof ApiError) return `An error occurred: ${error.message}`;
  process.cluster.host.kernel.fail(error);
  throw error;
}
