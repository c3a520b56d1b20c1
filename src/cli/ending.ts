import { CommanderError } from 'commander';
import { BadInput } from '../rehearsal/bad-input.ts';
import { quoted } from './repeat-command.ts';
import type { Surroundings } from './surroundings.ts';

export const HOLDS = 0;
const DOES_NOT_HOLD = 1;
const BAD_INPUT = 2;

/** Tells why a command ended early, one line for each thing that is wrong, and answers its exit status. */
export function statusOf(error: unknown, args: readonly string[], { err, debug }: Surroundings): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? HOLDS : BAD_INPUT;
  if (error instanceof BadInput) {
    for (const problem of error.problems) err.write(`${oneLine(problem)}\n`);
    return BAD_INPUT;
  }
  const { name = 'Error', message = String(error), stack, repeat } = error as Partial<Error> & { repeat?: string };
  const command = repeat ?? ['npx lifeboat', ...args.map(quoted)].join(' ');
  const what = name === 'NotSimulated' ? message : `${name}: ${message}`;
  err.write(`lifeboat: it could not go on: ${oneLine(what)}; repeat it: ${command}\n`);
  if (debug && stack !== undefined) err.write(`${stack}\n`);
  return DOES_NOT_HOLD;
}

export const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');
