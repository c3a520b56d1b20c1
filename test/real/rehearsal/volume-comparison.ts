import type { RealCluster } from './real-cluster.ts';
import { WRITES } from './volumes.ts';

/**
 * Byte for byte, but that a file which grows was caught at some moment: what came back is how it began, and it holds all
 * that was written before the recovery point's moment.
 * @param momentOf of a namespace's recovery point, in milliseconds since 1970
 */
export function compareVolumes(
  primary: RealCluster,
  standby: RealCluster,
  momentOf: (namespace: string) => number | undefined,
): { equal: number; problems: string[] } {
  const [before, after] = [volumesOf(primary), volumesOf(standby)];
  const problems: string[] = [];
  let equal = 0;
  for (const [claim, files] of before) {
    const moment = momentOf(claim.split('/')[0] ?? '');
    if (moment === undefined || files.size === 0) continue;
    const here = after.get(claim);
    const problem = here === undefined ? 'did not come back' : differing(files, here, moment);
    if (problem === undefined) equal++;
    else problems.push(`volume ${claim} ${problem}`);
  }
  return { equal, problems };
}

type Files = Map<string, Buffer>;

const volumesOf = ({ store, volumes }: RealCluster): Map<string, Files> =>
  new Map(
    store
      .list('persistentvolumeclaims')
      .filter(({ spec }) => spec.volumeName && volumes.has(spec.volumeName))
      .map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, volumes.files(spec.volumeName)]),
  );

function differing(before: Files, after: Files, moment: number): string | undefined {
  for (const [path, bytes] of before) {
    const here = after.get(path);
    if (here === undefined) return `came back without ${path}`;
    if (path !== WRITES) {
      if (!here.equals(bytes)) return `came back with another ${path}`;
      continue;
    }
    if (!bytes.subarray(0, here.length).equals(here)) return `came back with another ${path}`;
    const missing = bytes.subarray(here.length).toString('utf8').split('\n').filter(Boolean).map(Number);
    if (missing.some((at) => at < moment)) return `came back without writes from before its recovery point`;
  }
  return undefined;
}
