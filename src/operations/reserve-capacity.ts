import { decideCapacity, PLACEHOLDER_LABEL, placeholders } from '../domain/capacity.ts';
import type { Clock } from '../domain/given.ts';
import { LIFEBOAT_NAMESPACE, VELERO_NAMESPACE } from '../domain/velero.ts';
import { veleroImages } from '../domain/velero-images.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { Plan } from '../plan/schema.ts';
import { isTrue } from './conditions.ts';
import { recordStep } from './record-step.ts';

export type ReserveCapacity = {
  clusters: Clusters;
  captured: CapturedFacts;
  runs: RunsTable;
  clock: Clock;
  account: string;
};
export type ReserveResult = { kind: 'ready'; reason: string } | { kind: 'wait'; waitingFor: string };

/** Brings the standby's nodes up before anything is restored, by placeholders of the sizes that the primary's pods had. */
export async function reserveCapacity(
  given: ReserveCapacity,
  plan: Plan,
  runId: string,
  since: Date,
): Promise<ReserveResult> {
  const { cluster, region } = plan.sites.standby;
  const api = await given.clusters.open({ name: cluster, region });
  if (api === undefined) return { kind: 'wait', waitingFor: `cluster ${cluster} to be active` };
  const { podRequests } = await given.captured.inventory();
  // Made once a run: placeholders that have made room must not be made anew.
  await recordStep(given, runId, 'place placeholders', async () => {
    for (const object of placeholders(podRequests, veleroImages(plan, 'standby', given.account).velero))
      await (object.kind === 'Pod' ? api.create(object as KubeObject) : api.apply(object as KubeObject));
    return {};
  });
  const wanted = podRequests.reduce((sum, { pods }) => sum + pods, 0);
  const waitedSeconds = (given.clock.now().getTime() - since.getTime()) / 1000;
  const decision = decideCapacity({ placeholdersWanted: wanted, ...(await look(api)), waitedSeconds });
  if (decision.kind === 'ready') await given.runs.note(runId, 'capacity', decision.reason);
  return decision;
}

async function look(api: ClusterApi) {
  const [pods, nodes, agents] = await Promise.all([
    api.list('v1', 'Pod', { namespace: LIFEBOAT_NAMESPACE, labels: PLACEHOLDER_LABEL }),
    api.list('v1', 'Node'),
    api.get({ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: VELERO_NAMESPACE, name: 'node-agent' }),
  ]);
  return {
    placeholdersPlaced: pods.filter((pod) => pod.spec?.nodeName).length,
    readyNodes: nodes.filter((node) => isTrue(node, 'Ready')).length,
    agentsWanted: agents?.status?.desiredNumberScheduled ?? 0,
    agentsReady: agents?.status?.numberReady ?? 0,
  };
}

/** Takes the placeholders away: what was restored keeps the nodes, and Auto Mode the rest. Done twice, it is done. */
export async function releaseCapacity(
  { clusters }: Pick<ReserveCapacity, 'clusters'>,
  plan: Plan,
): Promise<{ released: number }> {
  const { cluster, region } = plan.sites.standby;
  const api = await clusters.open({ name: cluster, region });
  if (api === undefined) return { released: 0 };
  const left = await api.list('v1', 'Pod', { namespace: LIFEBOAT_NAMESPACE, labels: PLACEHOLDER_LABEL });
  for (const { metadata } of left) {
    await api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: LIFEBOAT_NAMESPACE, name: metadata?.name ?? '' });
  }
  return { released: left.length };
}
