import { type Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';

const DEFAULT_PLAN = 'lifeboat.yaml';

/** What every command takes; `--help` is commander's own. */
export type CommonOptions = { plan: string; json?: true };

export const withCommonOptions = (command: Command): Command =>
  command
    .addOption(new Option('--plan <file>', 'the plan').default(DEFAULT_PLAN))
    .addOption(new Option('--json', 'one JSON document on standard output; everything else goes to standard error'));

/** Whether a person gave the option, rather than its default. */
export const given = (command: Command, option: string): boolean => command.getOptionValueSource(option) === 'cli';

/** An empty name, as an unset variable of a shell leaves it, would mean the working directory. */
export function directoryName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Allowed: a directory.');
  return text;
}

/** Reads a whole number for commander, from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const allowed = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
    throw new InvalidArgumentError(`Allowed: a whole number, ${allowed}.`);
  };

const time = z.iso.datetime({ offset: true });

/** Reads a moment for commander. */
export function timeOf(text: string): Date {
  if (!time.safeParse(text).success) throw new InvalidArgumentError('Allowed: a time such as 2026-11-20T22:40:00Z.');
  return new Date(text);
}
