import type { Input } from './service.ts';

/** Released, end of standard support. https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, as read on 2026-11-20 */
const VERSIONS: [version: string, released: string, standardEnds: string][] = [
  ['1.35', '2026-01-28', '2027-03-27'],
  ['1.34', '2025-10-02', '2026-12-02'],
  ['1.33', '2025-05-29', '2026-07-29'],
  ['1.32', '2025-01-23', '2026-03-23'],
];

export function clusterVersions(input: Input, now: number): unknown[] {
  const wanted: string[] | undefined = input.clusterVersions;
  const released = VERSIONS.filter(([, from]) => Date.parse(from) <= now);
  return released
    .filter(([version]) => wanted === undefined || wanted.includes(version))
    .filter(([version]) => input.defaultOnly !== true || version === released[0]?.[0])
    .map(([clusterVersion, from, until]) => ({
      clusterVersion,
      clusterType: 'eks',
      defaultVersion: clusterVersion === released[0]?.[0],
      releaseDate: new Date(from),
      endOfStandardSupportDate: new Date(until),
      versionStatus: Date.parse(until) > now ? 'STANDARD_SUPPORT' : 'EXTENDED_SUPPORT',
    }));
}
