import { podRequests } from '../domain/capacity.ts';
import { type CustomImage, type Inventory, imagesIn, isWorkloadKind } from '../domain/captured.ts';
import { ClusterNotReady } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import { inventoryNamespaces } from '../domain/velero.ts';
import type { DnsRecords } from '../gateways/aws/dns-records.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { SigningKey } from '../gateways/aws/signing-key.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { Plan } from '../plan/schema.ts';

/** Nothing in these is ever restored by its name, and some change every second. */
const NOT_COUNTED = new Set(['Event', 'Lease', 'Endpoints', 'EndpointSlice', 'PodMetrics', 'ControllerRevision']);

export type CapturePrimary = {
  clusters: Clusters;
  captured: CapturedFacts;
  sealKey: SigningKey;
  dns: DnsRecords;
  runs: RunsTable;
  clock: Clock;
};

/**
 * Captures what a failover will need of the primary while it lives. What was captured before stays when the primary
 * cannot be reached; Route 53 is asked last, so that a lost primary never leads to its control plane. A primary that
 * does not own the platform is not captured: the standby is what counts then.
 */
export async function capturePrimary(
  given: CapturePrimary,
  plan: Plan,
): Promise<{ captured: boolean; reason: string }> {
  const { clusters, captured, clock, runs, sealKey } = given;
  const { cluster, region } = plan.sites.primary;
  if ((await runs.ownership()).owner !== 'primary')
    return { captured: false, reason: 'the standby owns this platform' };
  const capturedAt = clock.now().toISOString();
  const eks = clusters.eks(region);
  const facts = await eks.cluster(cluster);
  const api = await clusters.open({ name: cluster, region });
  if (facts === undefined || api === undefined)
    throw new ClusterNotReady(`cluster ${cluster} in ${region} is not active`);
  const { status: _status, ...address } = facts;
  await captured.write('cluster', { capturedAt, ...address, addons: await eks.addons(cluster) });
  await captured.write('inventory', { capturedAt, ...(await takeInventory(api, plan)) });
  await captured.write('sealKey', { capturedAt, publicKey: await sealKey.publicKey() });
  await captured.write('dns', { capturedAt, drift: await dnsDrift(given.dns, plan) });
  return { captured: true, reason: capturedAt };
}

type PodContainers = Parameters<typeof podRequests>[0][number];

async function takeInventory(api: ClusterApi, plan: Plan): Promise<Omit<Inventory, 'capturedAt'>> {
  const namespaces = new Set(inventoryNamespaces(plan));
  const counts: Record<string, number> = {};
  const images = new Set<string>();
  const customImages: CustomImage[] = [];
  const exposed: string[] = [];
  const pods: PodContainers[] = [];
  const kinds = (await api.kinds()).filter((one) => one.namespaced && !NOT_COUNTED.has(one.kind));
  for (const { apiVersion, kind, resource } of kinds) {
    const objects = (await api.list(apiVersion, kind)).filter((object) =>
      namespaces.has(object.metadata?.namespace ?? ''),
    );
    if (objects.length > 0) counts[`${apiVersion}/${kind}`] = objects.length;
    for (const object of objects) {
      const { name = '', namespace = '' } = object.metadata ?? {};
      if (kind === 'Pod' && object.status?.phase !== 'Succeeded') pods.push(object.spec?.containers ?? []);
      if (kind === 'Ingress' || (kind === 'Service' && object.spec?.type === 'LoadBalancer'))
        exposed.push(`${kind}/${namespace}/${name}`);
      for (const { path, image } of imagesIn(object)) {
        images.add(image);
        const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
        if (!isWorkloadKind(kind)) customImages.push({ group, resource, kind, namespace, name, path, image });
      }
    }
  }
  return {
    counts,
    images: [...images].sort(),
    customImages,
    podRequests: podRequests(pods),
    storageClasses: await storageClasses(api),
    exposed,
  };
}

const storageClasses = async (api: ClusterApi) =>
  (await api.list('storage.k8s.io/v1', 'StorageClass')).map((storage: KubeObject) => ({
    name: storage.metadata?.name ?? '',
    provisioner: String(storage.provisioner ?? ''),
  }));

/** A failover flips health checks; it needs the failover pair that was deployed, on every name. */
async function dnsDrift(dns: DnsRecords, plan: Plan): Promise<string[]> {
  const drift: string[] = [];
  for (const { host, primary } of plan.entryPoints) {
    const records = await dns.of(plan.traffic.zone.id, host);
    const first = records.find((record) => record.Failover === 'PRIMARY');
    const second = records.find((record) => record.Failover === 'SECONDARY');
    if (first === undefined || second === undefined) drift.push(`${host} has no failover pair of records`);
    else if (first.HealthCheckId === undefined)
      drift.push(`${host}: its primary record has no health check, so it never fails over`);
    else if (first.ResourceRecords?.[0]?.Value !== primary)
      drift.push(`${host}: its primary record leads to ${first.ResourceRecords?.[0]?.Value}`);
  }
  return drift;
}
