import { pointVolumes } from '../domain/backup-files.ts';
import { type ExpectedKind, expectedObjects, type Proof, prove, type RestoredVolume } from '../domain/completeness.ts';
import { ClusterNotReady, RestoreIncomplete } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import type { RestoreRequest } from '../domain/restore.ts';
import { VELERO_NAMESPACE } from '../domain/velero.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { RecoveryBucket } from '../gateways/recovery-bucket.ts';
import type { Plan } from '../plan/schema.ts';

/** What is missing is waited for this long, since volumes may still fill; then it is missing. */
const LIMIT_SECONDS = 5 * 60;
const NAMES_TOLD = 10;

export type ProveTier = { clusters: Clusters; replica: RecoveryBucket; runs: RunsTable; clock: Clock };
export type ProveResult = { kind: 'complete'; objects: number; volumes: number } | { kind: 'wait'; waitingFor: string };

/** Proves that everything of the recovery point is in the cluster: every object, and the bytes of every volume. */
export async function proveTier(
  given: ProveTier,
  plan: Plan,
  request: RestoreRequest,
  since: Date,
): Promise<ProveResult> {
  const { cluster, region } = plan.sites.standby;
  const api = await given.clusters.open({ name: cluster, region });
  if (api === undefined) throw new ClusterNotReady(`cluster ${cluster} is not active any more`);
  const proof = await gather(given, api, plan, request);
  if (proof.complete) {
    await given.runs.note(request.run, `proof ${request.tier}`, { objects: proof.objects, volumes: proof.volumes });
    return { kind: 'complete', objects: proof.objects, volumes: proof.volumes };
  }
  const missing = [...proof.emptyVolumes.map((volume) => `volume ${volume}`), ...proof.missingObjects];
  const waited = (given.clock.now().getTime() - since.getTime()) / 1000;
  if (missing.length > 0 && waited > LIMIT_SECONDS)
    throw new RestoreIncomplete(`${request.backup} says more than is here: ${told(missing)}`);
  return {
    kind: 'wait',
    waitingFor: told([...missing, ...proof.fillingVolumes.map((volume) => `volume ${volume} to fill`)]),
  };
}

async function gather({ replica }: ProveTier, api: ClusterApi, plan: Plan, request: RestoreRequest): Promise<Proof> {
  const { backup, namespaces } = request;
  const [list, volumes] = await Promise.all([replica.resources(backup), replica.volumes(backup)]);
  if (list === undefined || volumes === undefined)
    throw new RestoreIncomplete(`the lists of ${backup} are gone from the replica`);
  const expected = expectedObjects(list, namespaces, plan.tiers[0]?.name === request.tier);
  const own = pointVolumes(volumes, undefined).filter((volume) => namespaces.includes(volume.namespace));
  const [live, restored] = await Promise.all([
    liveNames(api, expected),
    own.length > 0 ? restoredVolumes(api, request) : [],
  ]);
  return prove({ expected, live, volumes: own, restored });
}

async function liveNames(api: ClusterApi, expected: ExpectedKind[]): Promise<Map<string, Set<string>>> {
  const lists = await Promise.all(expected.map(({ apiVersion, kind }) => api.list(apiVersion, kind)));
  return new Map(
    expected.map(({ apiVersion, kind }, index) => [
      `${apiVersion}/${kind}`,
      new Set((lists[index] ?? []).map(fullName)),
    ]),
  );
}

/**
 * What the node agent filled from this backup, in this run's restore or in an earlier run's that this one finishes; a
 * pod's volume is told by the claim behind it.
 */
async function restoredVolumes(api: ClusterApi, request: RestoreRequest): Promise<RestoredVolume[]> {
  const namespace = VELERO_NAMESPACE;
  const [restores, allFills, allDownloads] = await Promise.all([
    api.list('velero.io/v1', 'Restore', { namespace }),
    api.list('velero.io/v1', 'PodVolumeRestore', { namespace }),
    api.list('velero.io/v2alpha1', 'DataDownload', { namespace }),
  ]);
  const ofBackup = new Set(
    restores.filter(({ spec }) => spec?.backupName === request.backup).map(({ metadata }) => metadata?.name),
  );
  const ours = ({ metadata }: KubeObject): boolean => ofBackup.has(metadata?.labels?.['velero.io/restore-name']);
  const [fills, downloads] = [allFills.filter(ours), allDownloads.filter(ours)];
  const pods = (await Promise.all(request.namespaces.map((namespace) => api.list('v1', 'Pod', { namespace })))).flat();
  const podFills = fills.map(({ spec, status }) => {
    const pod = pods.find((one) => fullName(one) === `${spec?.pod?.namespace}/${spec?.pod?.name}`);
    const volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[] = pod?.spec?.volumes ?? [];
    const pvc = volumes.find((volume) => volume.name === spec?.volume)?.persistentVolumeClaim?.claimName ?? '';
    return {
      namespace: spec?.pod?.namespace ?? '',
      pod: spec?.pod?.name ?? '',
      volume: spec?.volume ?? '',
      pvc,
      ...progressOf(status),
    };
  });
  const moved = downloads.map(({ spec, status }) => {
    const { namespace = '', pvc = '' } = (spec?.targetVolume ?? {}) as { namespace?: string; pvc?: string };
    return { namespace, pod: '', volume: pvc, pvc, ...progressOf(status) };
  });
  return [...podFills, ...moved];
}

const progressOf = (status: { phase?: string; progress?: { bytesDone?: number } } | undefined) => ({
  phase: status?.phase ?? 'New',
  bytesDone: status?.progress?.bytesDone ?? 0,
});
const fullName = ({ metadata }: KubeObject): string =>
  metadata?.namespace === undefined ? (metadata?.name ?? '') : `${metadata.namespace}/${metadata.name}`;
const told = (names: string[]): string =>
  names.length > NAMES_TOLD
    ? `${names.slice(0, NAMES_TOLD).join(', ')} and ${names.length - NAMES_TOLD} more`
    : names.join(', ');
