import type { Clock } from '../domain/given.ts';
import { VELERO_NAMESPACE } from '../domain/velero.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { ClusterApi } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import { protectedNamespaces } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';

/** A site that does not answer costs no more than this a try, so that it is tried at most 15 s after it can be reached. */
const TIMEOUT_MS = 5_000;
const BETWEEN_TRIES_MS = 8_000;
/** The function ends well before Lambda's 15 minutes; the machine calls it again. */
const TRYING_SECONDS = 600;

export type FenceSite = { runs: RunsTable; captured: CapturedFacts; clusters: Clusters; clock: Clock };
export type FenceResult =
  | { kind: 'fenced'; changed: string[] }
  | { kind: 'unreachable' }
  | { kind: 'not-needed'; owner: string };

/**
 * Demotes the old primary as soon as it can be reached: workloads to zero, CronJobs suspended, Velero's schedules
 * paused and its location read-only. Tries for a while and says how far it came; every change can be made twice. When it
 * was done is noted in the run, since until then the old site wrote what the standby has not.
 */
export async function fenceSite(given: FenceSite, plan: Plan, runId: string): Promise<FenceResult> {
  const { captured, clusters, clock, runs } = given;
  const address = await captured.cluster();
  const until = clock.now().getTime() + TRYING_SECONDS * 1000;
  while (clock.now().getTime() < until) {
    const api = await clusters.openAt(address, TIMEOUT_MS);
    if (await api.ready()) {
      // Asked only now, when it counts: a primary that was given the platform back meanwhile is left alone.
      const { owner } = await runs.ownership();
      if (owner === 'primary') return { kind: 'not-needed', owner };
      const changed = await demote(api, plan);
      await runs.note(runId, 'fencedAt', clock.now().toISOString());
      return { kind: 'fenced', changed };
    }
    await clock.sleep(BETWEEN_TRIES_MS);
  }
  return { kind: 'unreachable' };
}

async function demote(api: ClusterApi, plan: Plan): Promise<string[]> {
  const changed: string[] = [];
  const change = async (
    apiVersion: string,
    kind: string,
    namespace: string,
    name: string,
    spec: Record<string, unknown>,
  ) => {
    if (await api.merge({ apiVersion, kind, namespace, name }, { spec })) changed.push(`${kind} ${namespace}/${name}`);
  };
  for (const namespace of protectedNamespaces(plan)) {
    for (const kind of ['Deployment', 'StatefulSet']) {
      for (const { metadata, spec } of await api.list('apps/v1', kind, { namespace })) {
        if (spec?.replicas !== 0) await change('apps/v1', kind, namespace, metadata?.name ?? '', { replicas: 0 });
      }
    }
    for (const { metadata, spec } of await api.list('batch/v1', 'CronJob', { namespace })) {
      if (spec?.suspend !== true)
        await change('batch/v1', 'CronJob', namespace, metadata?.name ?? '', { suspend: true });
    }
  }
  for (const { metadata } of await api.list('velero.io/v1', 'Schedule', { namespace: VELERO_NAMESPACE })) {
    await change('velero.io/v1', 'Schedule', VELERO_NAMESPACE, metadata?.name ?? '', { paused: true });
  }
  for (const { metadata } of await api.list('velero.io/v1', 'BackupStorageLocation', { namespace: VELERO_NAMESPACE })) {
    await change('velero.io/v1', 'BackupStorageLocation', VELERO_NAMESPACE, metadata?.name ?? '', {
      accessMode: 'ReadOnly',
    });
  }
  return changed;
}
