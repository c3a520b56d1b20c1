import type { Program } from './control-plane.ts';

export type { Program, ProgramGiven } from './control-plane.ts';

/** The program of an image: `111122223333.dkr.ecr.us-east-1.amazonaws.com/velero/velero:v1.18.2` → that of `velero/velero`. */
export function programOf(programs: ReadonlyMap<string, Program>, image: string): Program | undefined {
  const parts = repositoryOf(image).split('/');
  return programs.get(parts.slice(-2).join('/')) ?? programs.get(parts.at(-1) ?? '');
}

/** An image's name without tag and digest. */
export function repositoryOf(image: string): string {
  const undigested = image.split('@')[0] ?? '';
  const slash = undigested.lastIndexOf('/');
  const colon = undigested.indexOf(':', slash + 1);
  return colon < 0 ? undigested : undigested.slice(0, colon);
}
