import { readdirSync } from 'node:fs';
import { basename, join, matchesGlob, resolve } from 'node:path';
import { closest } from '../plan/closest.ts';
import { BadInput } from '../rehearsal/bad-input.ts';
import { isFile } from './read-input.ts';

/** The scenarios that come with Lifeboat. */
const SHIPPED = resolve(import.meta.dirname, '../../scenarios');
const EXTENSION = '.yaml';

export type ScenarioFile = {
  /** As messages and the command that repeats it show it. */
  shown: string;
  /** Where messages about its lines say that it is. */
  file: string;
  path: string;
};

/** A scenario by its name in `scenarios/`, or by its file. */
export function findScenario(given: string, directory: string): ScenarioFile {
  const known = scenarios(directory);
  const named = known.find(({ shown }) => shown === given);
  if (named !== undefined) return named;
  const path = resolve(directory, given);
  if (isFile(path)) return { shown: given, file: given, path };
  const names = known.map(({ shown }) => shown);
  const near = closest(given, names);
  const meant = near === undefined ? '' : `did you mean ${near}? `;
  throw new BadInput(`scenario ${given}: no such name or file; ${meant}known: ${names.join(', ') || 'none'}`);
}

/** The scenarios whose names match a glob such as `region-*`, sorted by name. */
export function matchingScenarios(glob: string, directory: string): ScenarioFile[] {
  const known = scenarios(directory);
  const matching = known.filter(({ shown }) => matchesGlob(shown, glob));
  if (matching.length > 0) return matching;
  if (isFile(resolve(directory, glob))) return [findScenario(glob, directory)];
  throw new BadInput(
    `--scenario ${glob}: matches none of ${known.map(({ shown }) => shown).join(', ') || 'no scenarios'}`,
  );
}

/** Those of the working directory, then those shipped: the first of a name counts. */
function scenarios(directory: string): ScenarioFile[] {
  const own = listed(resolve(directory, 'scenarios'), 'scenarios');
  const shipped = listed(SHIPPED, 'scenarios').filter(({ shown }) => !own.some((one) => one.shown === shown));
  return [...own, ...shipped].sort((a, b) => (a.shown < b.shown ? -1 : 1));
}

function listed(path: string, prefix: string): ScenarioFile[] {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(EXTENSION))
    .map((name) => ({ shown: basename(name, EXTENSION), file: join(prefix, name), path: join(path, name) }));
}
