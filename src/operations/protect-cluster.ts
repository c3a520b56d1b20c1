import { ClusterNotReady, VeleroIdentityMissing, VeleroNotReady, VeleroVersionUnsupported } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import {
  backupLocation,
  installCommand,
  isUsable,
  jobGround,
  standbyStorageClass,
  VELERO_NAMESPACE,
  VELERO_SERVICE_ACCOUNT,
  VELERO_VERSION,
  veleroJob,
  veleroSchedule,
  versionOf,
} from '../domain/velero.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { SiteName } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';

/** An installation pulls two images and waits for its kinds; longer than this, something is wrong with the cluster. */
const LIMIT_SECONDS = 15 * 60;
const INSTALL_JOB = `install-velero-${VELERO_VERSION.replaceAll('.', '-')}`;

export type ProtectCluster = { clusters: Clusters; runs: RunsTable; clock: Clock };
export type ProtectResult = { kind: 'ready' } | { kind: 'wait'; waitingFor: string };

/**
 * Brings a site's cluster to what the plan says: Velero (by a job of its own image), its location, in the primary its
 * schedules, in the standby the storage class. One step further each time it is called; what is right stays as it is.
 * @param since when the first call was, so that waiting has an end
 */
export async function protectCluster(
  given: ProtectCluster,
  plan: Plan,
  site: SiteName,
  since: Date,
): Promise<ProtectResult> {
  const { cluster, region } = plan.sites[site];
  const waited = (given.clock.now().getTime() - since.getTime()) / 1000;
  const api = await given.clusters.open({ name: cluster, region });
  if (api === undefined || !(await api.ready())) {
    if (waited > LIMIT_SECONDS)
      throw new ClusterNotReady(`cluster ${cluster} in ${region} does not serve after ${LIMIT_SECONDS / 60} min`);
    return { kind: 'wait', waitingFor: `cluster ${cluster} to serve` };
  }
  if (!(await given.clusters.eks(region).hasPodIdentity(cluster, VELERO_NAMESPACE, VELERO_SERVICE_ACCOUNT))) {
    throw new VeleroIdentityMissing(
      `no Pod Identity association for ${VELERO_NAMESPACE}/${VELERO_SERVICE_ACCOUNT} in cluster ${cluster}`,
    );
  }
  const waitingFor = await velero(api, cluster);
  if (waitingFor === undefined) {
    await settings(given, api, plan, site);
    return { kind: 'ready' };
  }
  if (waited > LIMIT_SECONDS)
    throw new VeleroNotReady(`cluster ${cluster}: still waiting for ${waitingFor} after ${LIMIT_SECONDS / 60} min`);
  return { kind: 'wait', waitingFor };
}

/** What Velero still lacks, or undefined when it serves. */
async function velero(api: ClusterApi, cluster: string): Promise<string | undefined> {
  const deployment = await api.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: VELERO_NAMESPACE,
    name: 'velero',
  });
  if (deployment === undefined) {
    for (const object of [...jobGround(), veleroJob(INSTALL_JOB, installCommand())])
      await applyOnce(api, object as KubeObject);
    return 'Velero to be installed';
  }
  const image: string = deployment.spec?.template?.spec?.containers?.[0]?.image ?? '';
  const version = versionOf(image);
  if (version === undefined || !isUsable(version)) {
    throw new VeleroVersionUnsupported(
      `cluster ${cluster} runs ${image}; a replica can be restored from only since 1.18.1`,
    );
  }
  if ((deployment.status?.readyReplicas ?? 0) === 0) return 'Velero to start';
  return undefined;
}

/** A job's template cannot be changed, so one that is there is left alone. */
async function applyOnce(api: ClusterApi, object: KubeObject): Promise<void> {
  if (object.kind === 'Job') await api.create(object);
  else await api.apply(object);
}

async function settings({ runs }: ProtectCluster, api: ClusterApi, plan: Plan, site: SiteName): Promise<void> {
  if (site === 'standby') {
    for (const object of [...jobGround(), backupLocation(plan, site), standbyStorageClass()])
      await api.apply(object as KubeObject);
    return;
  }
  // A primary that does not own the platform stays as the fence left it.
  if ((await runs.ownership()).owner !== 'primary') return;
  await api.apply(backupLocation(plan, site) as KubeObject);
  for (const schedule of plan.stores.backups.schedules) await api.apply(veleroSchedule(plan, schedule) as KubeObject);
}
