import { ClusterNotReady, EntryPointMissing } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import type { LoadBalancers } from '../gateways/aws/load-balancers.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { EntryPoint, Plan } from '../plan/schema.ts';
import { targetGroupName } from './entry-point-names.ts';
import { recordStep } from './record-step.ts';

export type BindEntryPoints = { clusters: Clusters; loadBalancers: LoadBalancers; runs: RunsTable; clock: Clock };

/** Joins a tier's services to the target groups made ahead, so that the standing load balancers reach its pods. */
export async function bindEntryPoints(
  given: BindEntryPoints,
  plan: Plan,
  runId: string,
  tier: string,
): Promise<{ bound: string[] }> {
  const entryPoints = plan.entryPoints.filter((entry) => entry.tier === tier);
  if (entryPoints.length === 0) return { bound: [] };
  const { cluster, region } = plan.sites.standby;
  const api = await given.clusters.open({ name: cluster, region });
  if (api === undefined) throw new ClusterNotReady(`cluster ${cluster} is not active any more`);
  const names = entryPoints.flatMap((entry) => entry.backends.map((_, backend) => targetGroupName(entry, backend)));
  const groups = await given.loadBalancers.targetGroups(names);
  const absent = names.filter((name) => !groups.has(name));
  if (absent.length > 0)
    throw new EntryPointMissing(`target groups missing in ${region}: ${absent.join(', ')}; deploy the standby's stack`);
  return recordStep(given, runId, `bind ${tier}`, async () => {
    for (const entry of entryPoints) for (const binding of bindings(entry, groups)) await api.apply(binding);
    return { bound: entryPoints.map((entry) => entry.name) };
  });
}

/** EKS Auto Mode's own kind. https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html */
const bindings = (entry: EntryPoint, groups: Map<string, string>): KubeObject[] =>
  entry.backends.map((backend, index) => ({
    apiVersion: 'eks.amazonaws.com/v1',
    kind: 'TargetGroupBinding',
    metadata: { name: targetGroupName(entry, index), namespace: entry.target.namespace },
    spec: {
      serviceRef: { name: backend.service, port: backend.port },
      targetGroupARN: groups.get(targetGroupName(entry, index)),
      targetType: 'ip',
    },
  }));
