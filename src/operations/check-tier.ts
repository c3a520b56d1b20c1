import { ChecksFailed, EntryPointMissing } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import {
  type CheckResult,
  type ClaimStatus,
  decideHealth,
  type EntryPointStatus,
  type HealthFacts,
  mountedClaims,
  servesMetric,
  wantedReplicas,
} from '../domain/health.ts';
import type { LoadBalancers } from '../gateways/aws/load-balancers.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { Web } from '../gateways/web.ts';
import { tierNamespaces } from '../plan/places.ts';
import type { Check, EntryPoint, Plan } from '../plan/schema.ts';
import { isTrue } from './conditions.ts';
import { loadBalancerName, targetGroupName } from './entry-point-names.ts';
import { listenerPort } from './probe-sites.ts';

const CHECK_TIMEOUT_MS = 5_000;
const REASONS_TOLD = 8;

export type CheckTier = { clusters: Clusters; loadBalancers: LoadBalancers; web: Web; runs: RunsTable; clock: Clock };
export type CheckResultOfTier = { kind: 'healthy' } | { kind: 'wait'; waitingFor: string };

/** The step that says a tier's checks have passed; the shift asks for it. */
export const healthyFact = (tier: string): string => `healthy ${tier}`;

/** Looks whether a tier may have its traffic. Notes it in the run, with the epoch it holds for. */
export async function checkTier(
  given: CheckTier,
  plan: Plan,
  runId: string,
  tier: string,
  epoch: number,
  since: Date,
): Promise<CheckResultOfTier> {
  const { cluster, region } = plan.sites.standby;
  const api = await given.clusters.open({ name: cluster, region });
  if (api === undefined) return { kind: 'wait', waitingFor: `cluster ${cluster} to be active` };
  const waitedSeconds = (given.clock.now().getTime() - since.getTime()) / 1000;
  const decision = decideHealth({
    ...(await inCluster(api, plan, tier)),
    ...(await atEntryPoints(given, plan, tier)),
    waitedSeconds,
  });
  if (decision.kind === 'healthy') {
    await given.runs.note(runId, healthyFact(tier), { epoch, passed: decision.passed });
    return { kind: 'healthy' };
  }
  const waitingFor = decision.waitingFor.slice(0, REASONS_TOLD).join('; ');
  if (decision.kind === 'failed') throw new ChecksFailed(`tier ${tier} is not well: ${waitingFor}`);
  return { kind: 'wait', waitingFor };
}

async function inCluster(
  api: ClusterApi,
  plan: Plan,
  tier: string,
): Promise<Pick<HealthFacts, 'readyNodes' | 'workloads' | 'claims'>> {
  const nodes = await api.list('v1', 'Node');
  const readyNodes = nodes.filter((node) => isTrue(node, 'Ready')).length;
  const found = await Promise.all(
    tierNamespaces(plan, tier).map(async (namespace) => {
      const [deployments, sets, claims] = await Promise.all([
        api.list('apps/v1', 'Deployment', { namespace }),
        api.list('apps/v1', 'StatefulSet', { namespace }),
        api.list('v1', 'PersistentVolumeClaim', { namespace }),
      ]);
      const status = (kind: 'Deployment' | 'StatefulSet') => (object: KubeObject) => {
        const name = object.metadata?.name ?? '';
        const wanted = wantedReplicas(plan.workloads, kind, namespace, name, object.spec?.replicas ?? 1);
        return { kind, namespace, name, wanted, ready: object.status?.readyReplicas ?? 0 };
      };
      return {
        workloads: [...deployments.map(status('Deployment')), ...sets.map(status('StatefulSet'))],
        claims: await claimStatuses(api, namespace, claims),
      };
    }),
  );
  return { readyNodes, workloads: found.flatMap((one) => one.workloads), claims: found.flatMap((one) => one.claims) };
}

/** Pods and classes are asked for only where a claim is not bound: they say whether anything waits for it. */
async function claimStatuses(api: ClusterApi, namespace: string, claims: KubeObject[]): Promise<ClaimStatus[]> {
  const pending = claims.some((claim) => claim.status?.phase !== 'Bound');
  const pods = pending ? await api.list('v1', 'Pod', { namespace }) : [];
  const classes = pending ? await api.list('storage.k8s.io/v1', 'StorageClass') : [];
  const mounted = mountedClaims(pods);
  const waiting = new Set(
    classes.filter((one) => one.volumeBindingMode === 'WaitForFirstConsumer').map((one) => one.metadata?.name),
  );
  return claims.map((claim) => {
    const name = claim.metadata?.name ?? '';
    return {
      namespace,
      name,
      phase: claim.status?.phase ?? 'Pending',
      mounted: mounted.has(name),
      waitsForConsumer: waiting.has(claim.spec?.storageClassName),
    };
  });
}

async function atEntryPoints(
  { loadBalancers, web }: CheckTier,
  plan: Plan,
  tier: string,
): Promise<Pick<HealthFacts, 'entryPoints' | 'checks'>> {
  const entryPoints = plan.entryPoints.filter((entry) => entry.tier === tier);
  const checks = plan.workloads.filter((workload) => workload.tier === tier).flatMap((workload) => workload.checks);
  if (entryPoints.length === 0) return { entryPoints: [], checks: [] };
  const hosts = await loadBalancers.hostNames(entryPoints.map(loadBalancerName));
  const groups = await loadBalancers.targetGroups(
    entryPoints.flatMap((entry) => entry.backends.map((_, index) => targetGroupName(entry, index))),
  );
  const statuses = await Promise.all(entryPoints.map((entry) => entryPointStatus(loadBalancers, entry, groups)));
  const own: Check[] = entryPoints.map((entry) => ({
    kind: 'http',
    entryPoint: entry.name,
    path: entry.health,
    status: 200,
  }));
  // The plan may well name the entry point's own health path again.
  const all = new Map([...own, ...checks].map((check) => [JSON.stringify(check), check]));
  const tried = [...all.values()].map((check) => {
    const entry = entryPoints.find((one) => one.name === check.entryPoint);
    const host = entry && hosts.get(loadBalancerName(entry));
    if (entry === undefined || host === undefined)
      throw new EntryPointMissing(`load balancer of ${check.entryPoint} is not there`);
    return tryCheck(web, check, entry, host);
  });
  return { entryPoints: statuses, checks: await Promise.all(tried) };
}

/** Every backend must be served: the one with the fewest healthy targets speaks for the entry point. */
async function entryPointStatus(
  loadBalancers: LoadBalancers,
  entry: EntryPoint,
  groups: Map<string, string>,
): Promise<EntryPointStatus> {
  const health = await Promise.all(
    entry.backends.map((_, index) => loadBalancers.targetHealth(groups.get(targetGroupName(entry, index)) ?? '')),
  );
  const worst = health.reduce((a, b) => (b.healthy < a.healthy ? b : a));
  return { name: entry.name, healthyTargets: worst.healthy, targets: worst.total };
}

async function tryCheck(web: Web, check: Check, entry: EntryPoint, host: string): Promise<CheckResult> {
  const answer = await web.get(`http://${host}:${listenerPort(entry)}${check.path}`, CHECK_TIMEOUT_MS, entry.host);
  const name =
    check.kind === 'http'
      ? `${entry.name}${check.path} answers ${check.status}`
      : `${entry.name} serves ${check.metric}`;
  if (answer === undefined) return { name, passed: false, found: 'nobody answers' };
  if (check.kind === 'http')
    return { name, passed: answer.status === check.status, found: `it answers ${answer.status}` };
  const passed = answer.status === 200 && servesMetric(answer.body, check.metric);
  return { name, passed, found: passed ? 'served' : `it answers ${answer.status} without it` };
}
