import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { type Seal, type SignedSeal, signedSeal } from '../domain/seal.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { systemWords } from './system-words.ts';

/** Several seals in one file, as `lifeboat seal` writes them. */
const sealFile = z.object({ version: z.literal(2), seals: z.array(signedSeal) });

/** The seals of a file, by backup. */
export function readSealFile(file: string, directory: string): Map<string, Seal> {
  const parsed = sealFile.safeParse(jsonIn(file, directory));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadInput(
      `--seal ${file}: no seal of lifeboat seal: ${issue?.path.join('.') || 'all'}: ${issue?.message}`,
    );
  }
  const seals = new Map<string, Seal>();
  for (const [index, { seal }] of parsed.data.seals.entries()) {
    if (seals.has(seal.backup))
      throw new BadInput(`--seal ${file}: seals.${index}.seal.backup: ${seal.backup} is sealed twice`);
    seals.set(seal.backup, seal);
  }
  return seals;
}

function jsonIn(file: string, directory: string): unknown {
  try {
    return JSON.parse(readFileSync(resolve(directory, file), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadInput(`--seal ${file}: no seal of lifeboat seal: it is no JSON`);
    throw new BadInput(`--seal ${file}: cannot be read: ${systemWords(error)}`);
  }
}

/** How every file of ours begins, however it is laid out. */
const BEGINS = /^\s*\{\s*"version"\s*:\s*2\s*,\s*"seals"\s*:\s*\[/;
const BEGINNING_BYTES = 200;

/** Refuses to write over what is no seal: a mistyped name must not cost anybody a file. */
export function refuseToOverwrite(file: string, directory: string): void {
  const beginning = Buffer.alloc(BEGINNING_BYTES);
  let read: number;
  try {
    const open = openSync(resolve(directory, file), 'r');
    try {
      read = readSync(open, beginning);
    } finally {
      closeSync(open);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new BadInput(`--out ${file}: cannot be written: ${systemWords(error)}`);
  }
  if (!BEGINS.test(beginning.subarray(0, read).toString('utf8')))
    throw new BadInput(`--out ${file}: there is a file that is no seal; it is left alone`);
}

/** Written whole or not at all. */
export function writeSealFile(file: string, directory: string, seals: SignedSeal[]): void {
  const path = resolve(directory, file);
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, `${JSON.stringify({ version: 2, seals })}\n`, { flag: 'wx' });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw new BadInput(`--out ${file}: cannot be written: ${systemWords(error)}`);
  }
}
