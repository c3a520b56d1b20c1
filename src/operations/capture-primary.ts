import { podRequests } from '../domain/capacity.ts';
import { type CustomImage, type Inventory, imagesIn, isWorkloadKind } from '../domain/captured.ts';
import { type FailoverRecord, findDrift, type HealthCheckFacts } from '../domain/drift.ts';
import { ClusterNotReady } from '../domain/errors.ts';
import { gitDrift, gitObject, revisionOf, withRevisions } from '../domain/git-revision.ts';
import type { Clock } from '../domain/given.ts';
import { inventoryNamespaces } from '../domain/velero.ts';
import type { DnsRecords } from '../gateways/aws/dns-records.ts';
import type { People } from '../gateways/aws/people.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { SigningKey } from '../gateways/aws/signing-key.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { Plan } from '../plan/schema.ts';

/** Nothing in these is ever restored by its name, and some change every second. */
const NOT_COUNTED = new Set(['Event', 'Lease', 'Endpoints', 'EndpointSlice', 'PodMetrics', 'ControllerRevision']);

/** https://velero.io/docs/v1.18/resource-filtering/ */
const EXCLUDED_LABEL = 'velero.io/exclude-from-backup';

export type CapturePrimary = {
  clusters: Clusters;
  captured: CapturedFacts;
  sealKey: SigningKey;
  dns: DnsRecords;
  people: People;
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
  if (plan.stores.backups.endpoint === undefined)
    await captured.write('sealKey', { capturedAt, publicKey: await sealKey.publicKey() });
  const git = await captureGit(given, plan, api);
  await captureDrift(given, plan, { version: facts.version, drift: git }, capturedAt);
  return { captured: true, reason: capturedAt };
}

type PodContainers = Parameters<typeof podRequests>[0][number];

async function takeInventory(api: ClusterApi, plan: Plan): Promise<Omit<Inventory, 'capturedAt'>> {
  const namespaces = new Set(inventoryNamespaces(plan));
  const counts: Record<string, number> = {};
  const names: Record<string, string[]> = {};
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
    const backedUp = objects.filter(({ metadata }) => metadata?.labels?.[EXCLUDED_LABEL] !== 'true');
    if (backedUp.length > 0) names[`${apiVersion}/${kind}`] = backedUp.map(fullName);
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
    names,
    images: [...images].sort(),
    customImages,
    podRequests: podRequests(pods),
    storageClasses: await storageClasses(api),
    exposed,
  };
}

const fullName = ({ metadata }: KubeObject): string => `${metadata?.namespace}/${metadata?.name}`;

const storageClasses = async (api: ClusterApi) =>
  (await api.list('storage.k8s.io/v1', 'StorageClass')).map((storage: KubeObject) => ({
    name: storage.metadata?.name ?? '',
    provisioner: String(storage.provisioner ?? ''),
  }));

/** Where both sites are in Git, as the object that the plan names tells in each. Answers what is otherwise than it should. */
async function captureGit(
  { captured, clusters, clock }: CapturePrimary,
  plan: Plan,
  primary: ClusterApi,
): Promise<string[]> {
  const { git } = plan.stores;
  if (git === undefined) return [];
  const { cluster, region } = plan.sites.standby;
  const standby = await clusters.open({ name: cluster, region });
  const told = async (api: ClusterApi | undefined) => revisionOf(git, (await api?.get(gitObject(git)))?.status) ?? null;
  const seen = { primary: await told(primary), standby: await told(standby) };
  const before = await captured.git();
  await captured.write('git', withRevisions(before, seen, clock.now()));
  return gitDrift(before, seen);
}

/** Looks at what a failover will use of the standby and of DNS; people are told when something has come loose since. */
async function captureDrift(
  given: CapturePrimary,
  plan: Plan,
  primary: { version: string; drift: string[] },
  capturedAt: string,
): Promise<void> {
  const { captured, clusters, dns, people } = given;
  const { cluster, region } = plan.sites.standby;
  const standby = await clusters.eks(region).cluster(cluster);
  const records = new Map<string, FailoverRecord[]>();
  for (const { host } of plan.entryPoints) records.set(host, await dns.of(plan.traffic.zone.id, host));
  const checks = new Map<string, HealthCheckFacts>();
  for (const { healthCheckId } of [...records.values()].flat()) {
    const check = healthCheckId === undefined ? undefined : await dns.healthCheck(healthCheckId);
    if (healthCheckId !== undefined && check !== undefined) checks.set(healthCheckId, check);
  }
  const versions = { primary: primary.version, standby: standby?.version };
  const drift = [...findDrift(plan, { versions, records, checks }), ...primary.drift];
  const known = (await captured.drift())?.drift ?? [];
  const fresh = drift.filter((sentence) => !known.includes(sentence));
  if (fresh.length > 0) await people.tell(`${plan.name}: a failover would not work as deployed`, fresh.join('\n'));
  await captured.write('drift', { capturedAt, drift });
}
