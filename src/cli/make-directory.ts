import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it; answers those made, the deepest first. All of them or none. One at a time,
 * for Node's own `recursive` never ends below /proc, where a directory cannot be made although its parent is there.
 */
export function makeDirectory(path: string): string[] {
  const missing: string[] = [];
  for (let at = path; isMissing(at); at = dirname(at)) missing.push(at);
  const made: string[] = [];
  try {
    for (const directory of missing.toReversed()) {
      mkdirSync(directory);
      made.unshift(directory);
    }
  } catch (error) {
    unmake(made);
    throw error;
  }
  return made;
}

/** Takes away directories that were made, as long as nothing is in them. */
export function unmake(made: readonly string[]): void {
  for (const directory of made) rmdirSync(directory);
}

function isMissing(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) throw Object.assign(new Error(path), { code: 'ENOTDIR' });
  return found === undefined;
}
