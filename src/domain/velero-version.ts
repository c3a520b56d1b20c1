import type { Plan } from '../plan/schema.ts';

/**
 * A Velero that is already there is judged before it is relied on: by the images of its server, its plugins and its
 * node agents, and by what in those versions would lose data or keep a failover from working.
 */

/** What of a Deployment or DaemonSet tells who runs there. */
type InstalledWorkload = {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: { template?: { spec?: { containers?: ImageOf[]; initContainers?: ImageOf[] } } };
};
type ImageOf = { image?: string; args?: string[] };

export type FoundVelero = {
  /** The server's image. */
  image: string;
  plugins: string[];
  /** The node agents' image; undefined when there are none. */
  agent: string | undefined;
  /** Whether its server and its node agents were started to move CSI snapshots. */
  movesSnapshots: boolean;
  /** Whoever installed it and would put it back, as its labels say. */
  keeper: string | undefined;
};

type VeleroJudgement = {
  version: string | undefined;
  usable: boolean;
  /** A sentence each: why it is not usable, or what to know of one that is. */
  findings: string[];
};

/** Restores from a replica were broken just before it: https://github.com/velero-io/velero/issues/9626 */
const OLDEST_USABLE = '1.18.1';
/** Beyond it nothing was tried. */
const NEWEST_TRIED = '1.18';
/** From it on a newer one may follow at once. https://velero.io/docs/v1.14/upgrade-to-1.14/ */
const OLDEST_UPGRADABLE = '1.10.0';

/** What is wrong with each Velero older than `before`, the gravest first. */
const WEAKNESSES: { since?: string; before: string; what: string }[] = [
  // https://velero.io/docs/v1.10/upgrade-to-1.10/
  { before: '1.10.0', what: 'it backs volumes up by restic alone, which nothing here can prove' },
  // https://velero.io/docs/v1.12/csi-snapshot-data-movement/
  { before: '1.12.0', what: 'its snapshots of volumes stay in their region' },
  // https://github.com/velero-io/velero/blob/v1.13.0/changelogs/CHANGELOG-1.13.md
  { before: '1.13.0', what: 'its backups do not tell which volumes they hold (no volumeinfo.json)' },
  // https://github.com/velero-io/velero/issues/7421
  { before: '1.14.0', what: 'it does not know EKS Pod Identity, so its role never reaches it' },
  // https://github.com/velero-io/velero/issues/8091, …/8238
  { before: '1.16.0', what: 'it makes and maintains kopia repositories in a read-only location too' },
  // https://github.com/velero-io/velero/blob/v1.18.0/pkg/repository/udmrepo
  { before: '1.18.0', what: 'its kopia repositories have no id, by which two that mixed could be told apart' },
  // https://github.com/velero-io/velero/issues/9626
  { since: '1.18.0', before: '1.18.1', what: 'it cannot restore volumes from a read-only location' },
];

/** The version in an image reference such as velero/velero:v1.18.3; undefined when it has none. */
export const versionOf = (image: string): string | undefined => /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1];

/** Whether one version is older than another; both as 1.18.3, or as much of it. */
export const isOlder = (version: string, than: string): boolean =>
  version.localeCompare(than, undefined, { numeric: true }) < 0;

/** Who else keeps an object as it is, and what says so. */
const KEEPERS: [name: string, of: 'labels' | 'annotations', key: string][] = [
  ['Helm', 'annotations', 'meta.helm.sh/release-name'],
  ['Helm', 'labels', 'helm.sh/chart'],
  ['Flux', 'labels', 'helm.toolkit.fluxcd.io/name'],
  ['Flux', 'labels', 'kustomize.toolkit.fluxcd.io/name'],
  ['Argo CD', 'annotations', 'argocd.argoproj.io/tracking-id'],
  ['Argo CD', 'labels', 'argocd.argoproj.io/instance'],
  ['OLM', 'labels', 'olm.owner'],
];

/** What runs, from its Deployment and the DaemonSet of its node agents. */
export function foundVelero(server: InstalledWorkload, agent: InstalledWorkload | undefined): FoundVelero {
  const { initContainers = [] } = server.spec?.template?.spec ?? {};
  return {
    image: imageOf(server) ?? '',
    plugins: initContainers.flatMap(({ image }) => image ?? []),
    agent: imageOf(agent),
    movesSnapshots: [server, agent].every((workload) => FEATURE.test(argumentsOf(workload))),
    keeper: KEEPERS.find(([, of, key]) => server.metadata?.[of]?.[key] !== undefined)?.[0],
  };
}

const imageOf = (workload: InstalledWorkload | undefined): string | undefined =>
  workload?.spec?.template?.spec?.containers?.[0]?.image;

/** https://velero.io/docs/v1.18/csi/ */
const FEATURE = /(^|\s)--features[= ]\S*EnableCSI/;
const argumentsOf = (workload: InstalledWorkload | undefined): string =>
  workload?.spec?.template?.spec?.containers?.[0]?.args?.join(' ') ?? '';

/** @param volumes how the plan has their bytes taken */
export function judgeVelero(found: FoundVelero, volumes: Plan['stores']['backups']['volumes']): VeleroJudgement {
  const version = versionOf(found.image);
  const refused = [
    ...serverProblems(found.image, version),
    ...partProblems(found),
    ...(volumes === 'snapshots' && !found.movesSnapshots ? [WITHOUT_SNAPSHOTS] : []),
  ];
  return {
    version,
    usable: refused.length === 0,
    findings: refused.length > 0 ? refused : worthKnowing(found, version ?? ''),
  };
}

function serverProblems(image: string, version: string | undefined): string[] {
  if (version === undefined)
    return [`its image ${image === '' ? 'is not given' : `${image} names no version`}, so what it does is not known`];
  if (!isOlder(version, OLDEST_USABLE)) return [];
  const weak = WEAKNESSES.filter(
    ({ since, before }) => isOlder(version, before) && (since === undefined || !isOlder(version, since)),
  );
  return weak.map(({ what }) => what);
}

function partProblems({ plugins, agent }: FoundVelero): string[] {
  return [
    ...(plugins.some(isAwsPlugin) ? [] : ['it has no plugin for AWS, so it reads and writes no bucket']),
    ...(agent === undefined ? ['it has no node agents, so volumes are neither backed up nor filled'] : []),
  ];
}

function worthKnowing({ plugins, agent, image }: FoundVelero, version: string): string[] {
  const plugin = versionOf(plugins.find(isAwsPlugin) ?? '');
  const minor = minorOf(version);
  const agentVersion = versionOf(agent ?? '');
  return [
    ...(isOlder(NEWEST_TRIED, minor) ? [`Velero ${version} is newer than any that was tried with Lifeboat`] : []),
    ...(plugin !== undefined && minorOf(plugin) === pluginFor(minor)
      ? []
      : [`the AWS plugin ${plugin ?? 'of no readable version'} is not the one made for Velero ${minor}`]),
    ...(agentVersion === version ? [] : [`the node agents run ${agent}, the server ${image}`]),
  ];
}

const WITHOUT_SNAPSHOTS =
  'its server or its node agents run without --features=EnableCSI, which stores.backups.volumes: snapshots needs';

const isAwsPlugin = (image: string): boolean => image.includes('velero-plugin-for-aws');
const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** v1.14 of it goes with Velero 1.18, and so on. https://github.com/velero-io/velero-plugin-for-aws#compatibility */
function pluginFor(minor: string): string {
  const [major, of = '0'] = minor.split('.');
  return `${major}.${Number(of) - 4}`;
}

/** Why we cannot raise it ourselves, although we may; undefined when we can. */
export function upgradeProblem({ keeper, image }: FoundVelero): string | undefined {
  if (keeper !== undefined) return `${keeper} keeps it as it is, and would put it back: raise it there`;
  const version = versionOf(image);
  if (version !== undefined && isOlder(version, OLDEST_UPGRADABLE))
    return `from before ${OLDEST_UPGRADABLE} there is no direct way up: remove it, and Lifeboat installs its own`;
  return undefined;
}
