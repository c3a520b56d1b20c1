import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadInput } from '../rehearsal/bad-input.ts';
import { makeDirectory, unmake } from './make-directory.ts';
import { systemWords } from './system-words.ts';

/** More than any plan or scenario that a person writes. */
const TEXT_BYTES_MAX = 1_000_000;

/** The text of a file that a person named, by the name that messages show. */
export function readText(file: string, directory: string, shown: string = file): string {
  try {
    const path = resolve(directory, file);
    const { size } = statSync(path);
    if (size > TEXT_BYTES_MAX) throw new BadInput(`${shown}: ${size} bytes; at most ${TEXT_BYTES_MAX} are read`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${shown}: cannot be read: ${systemWords(error)}`);
  }
}

/** A directory given by an option: it must exist and hold something. Answers its absolute path. */
export function existingDirectory(option: string, given: string, directory: string): string {
  const path = resolve(directory, given);
  try {
    if (!statSync(path).isDirectory()) throw new BadInput(`${option} ${given}: not a directory`);
    if (readdirSync(path).length === 0) throw new BadInput(`${option} ${given}: the directory is empty`);
    return path;
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${option} ${given}: ${systemWords(error)}`);
  }
}

/** A cloud assembly, as `cdk synth` leaves it. */
export function assemblyDirectory(given: string, directory: string): string {
  const path = existingDirectory('--assembly', given, directory);
  if (!isFile(join(path, 'manifest.json')))
    throw new BadInput(`--assembly ${given}: no manifest.json: not a cloud assembly, such as cdk.out`);
  return path;
}

/** A directory that can be written to, or made: tried, and what was made taken away again. Answers its absolute path. */
export function writableDirectory(option: string, given: string, directory: string): string {
  const path = resolve(directory, given);
  try {
    const made = makeDirectory(path);
    accessSync(path, constants.W_OK | constants.X_OK);
    unmake(made);
    return path;
  } catch (error) {
    throw new BadInput(`${option} ${given}: cannot be written: ${systemWords(error)}`);
  }
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
