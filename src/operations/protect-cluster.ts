import { ClusterNotReady, VeleroIdentityMissing, VeleroNotReady, VeleroVersionUnsupported } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import { VELERO_NAMESPACE, VELERO_SERVICE_ACCOUNT } from '../domain/velero.ts';
import { imageFindings } from '../domain/velero-images.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { ClusterApi } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { SiteName } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { bringVelero } from './bring-velero.ts';
import { setVelero } from './set-velero.ts';

/** An installation pulls two images and waits for its kinds; longer than this, something is wrong with the cluster. */
const LIMIT_SECONDS = 15 * 60;

export type ProtectCluster = { clusters: Clusters; runs: RunsTable; clock: Clock; account: string };
export type ProtectResult = { kind: 'ready'; findings: string[] } | { kind: 'wait'; waitingFor: string };

/**
 * Brings a site's cluster to what the plan says: Velero (by a job of its own image), its locations, in the site that owns
 * the platform its schedules, in the standby the storage class. One step further each time it is called; what is right
 * stays as it is.
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
  await requireIdentity(given, api, plan, site);
  const step = await bringVelero(api, plan, site, given.account);
  if (step.kind === 'refuse') throw new VeleroVersionUnsupported(`cluster ${cluster} runs ${step.reason}`);
  if (step.kind === 'serves') {
    const findings = await setVelero(given, api, plan, site);
    return { kind: 'ready', findings: [...step.findings, ...imageFindings(plan), ...findings] };
  }
  if (waited > LIMIT_SECONDS)
    throw new VeleroNotReady(
      `cluster ${cluster}: still waiting for ${step.waitingFor} after ${LIMIT_SECONDS / 60} min`,
    );
  return step;
}

/** By whom Velero speaks to its bucket: a role by Pod Identity or, at another store than S3, keys in a secret. */
async function requireIdentity(
  { clusters }: ProtectCluster,
  api: ClusterApi,
  plan: Plan,
  site: SiteName,
): Promise<void> {
  const { cluster, region } = plan.sites[site];
  const { endpoint } = plan.stores.backups;
  if (site === 'primary' && endpoint !== undefined) {
    const { name, key } = endpoint.secret;
    const secret = await api.get({ apiVersion: 'v1', kind: 'Secret', namespace: VELERO_NAMESPACE, name });
    if (secret?.data?.[key] === undefined)
      throw new VeleroIdentityMissing(`no Secret ${VELERO_NAMESPACE}/${name} with a key ${key} in cluster ${cluster}`);
  } else if (!(await clusters.eks(region).hasPodIdentity(cluster, VELERO_NAMESPACE, VELERO_SERVICE_ACCOUNT)))
    throw new VeleroIdentityMissing(
      `no Pod Identity association for ${VELERO_NAMESPACE}/${VELERO_SERVICE_ACCOUNT} in cluster ${cluster}`,
    );
}
