import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestObject } from '../../src/plan/manifest-object.ts';
import { readManifests } from '../../src/plan/manifests.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { problemLine } from '../../src/plan/problem.ts';
import type { Plan, PlanInput } from '../../src/plan/schema.ts';

const ROOT = join(import.meta.dirname, '../..');

export function planIn(file: string): { plan: Plan; input: PlanInput } {
  const parsed = parsePlan(readFileSync(join(ROOT, file), 'utf8'), file);
  if ('problems' in parsed) throw new Error(parsed.problems.map(problemLine).join('\n'));
  return parsed;
}

export function manifestsOf(example: string): ManifestObject[] {
  const directory = join(ROOT, 'examples', example);
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ file, text: readFileSync(join(directory, file), 'utf8') }));
  const read = readManifests(files);
  if ('problems' in read) throw new Error(read.problems.map(problemLine).join('\n'));
  return read.objects;
}
