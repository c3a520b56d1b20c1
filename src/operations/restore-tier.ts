import { RestoreFailed } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import {
  decideRestore,
  hasEnded,
  type RestoreDecision,
  type RestoreRequest,
  type RestoreStatus,
  RUN_LABEL,
  restoreJob,
  restoreName,
  runLabel,
} from '../domain/restore.ts';
import { translate } from '../domain/translation.ts';
import { LIFEBOAT_NAMESPACE, translationMaps, VELERO_NAMESPACE } from '../domain/velero.ts';
import { veleroImages } from '../domain/velero-images.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { ClusterApi, KubeObject } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { Plan } from '../plan/schema.ts';
import { isTrue } from './conditions.ts';
import { recordStep } from './record-step.ts';

export type RestoreTier = {
  clusters: Clusters;
  captured: CapturedFacts;
  runs: RunsTable;
  clock: Clock;
  account: string;
};
export type RestoreResult =
  | { kind: 'wait'; waitingFor: string }
  | { kind: 'completed'; restore: string; items: number; warnings: number };

/**
 * Brings a tier's restore one step further: waits for its turn, submits it by a job of Velero's image, and reads its
 * phase, never the job's exit code, which is 0 whatever came of the restore.
 */
export async function restoreTier(
  given: RestoreTier,
  plan: Plan,
  request: RestoreRequest,
  since: Date,
): Promise<RestoreResult> {
  const { cluster, region } = plan.sites.standby;
  const api = await given.clusters.open({ name: cluster, region });
  if (api === undefined) return { kind: 'wait', waitingFor: `cluster ${cluster} to be active` };
  const name = restoreName(request);
  const decision = await look(given, api, plan, request, since);
  if (decision.kind === 'wait') return { kind: 'wait', waitingFor: decision.reason };
  if (decision.kind === 'completed')
    return { kind: 'completed', restore: name, items: decision.items, warnings: decision.warnings };
  if (decision.kind === 'failed') throw new RestoreFailed(`restore ${name} of ${request.backup}: ${decision.reason}`);
  await submit(given, api, plan, request);
  return { kind: 'wait', waitingFor: 'its job to run' };
}

async function look(
  { clock }: RestoreTier,
  api: ClusterApi,
  plan: Plan,
  request: RestoreRequest,
  since: Date,
): Promise<RestoreDecision> {
  const labels = `${RUN_LABEL}=${runLabel(request.run)}`;
  const restores = await api.list('velero.io/v1', 'Restore', { namespace: VELERO_NAMESPACE, labels });
  const own = restores.find((restore) => restore.metadata?.name === restoreName(request));
  const job = await api.get({
    apiVersion: 'batch/v1',
    kind: 'Job',
    namespace: LIFEBOAT_NAMESPACE,
    name: `restore-${restoreName(request)}`,
  });
  return decideRestore({
    restore: own && ((own.status ?? {}) as RestoreStatus),
    jobExists: job !== undefined,
    jobFailed: isTrue(job, 'Failed'),
    waitingFor: request.part === 'tier' ? unfinishedBefore(plan, request, restores) : [],
    waitedSeconds: (clock.now().getTime() - since.getTime()) / 1000,
    runningSeconds:
      job === undefined ? 0 : (clock.now().getTime() - new Date(job.metadata?.creationTimestamp ?? 0).getTime()) / 1000,
  });
}

/** Earlier tiers whose own restore has not ended. */
function unfinishedBefore(plan: Plan, { run, tier }: RestoreRequest, restores: KubeObject[]): string[] {
  const earlier = plan.tiers.slice(
    0,
    plan.tiers.findIndex((one) => one.name === tier),
  );
  const ended = (name: string) => {
    const own = restores.find((restore) => restore.metadata?.name === restoreName({ run, tier: name, part: 'tier' }));
    return hasEnded(own?.status?.phase);
  };
  return earlier.map((one) => one.name).filter((name) => !ended(name));
}

async function submit(given: RestoreTier, api: ClusterApi, plan: Plan, request: RestoreRequest): Promise<void> {
  const translation = translate(plan, await given.captured.inventory(), given.account);
  await recordStep(given, request.run, `restore ${restoreName(request)}`, async () => {
    for (const map of translationMaps(translation)) await api.apply(map as KubeObject);
    await api.create(restoreJob(request, veleroImages(plan, 'standby', given.account).velero) as KubeObject);
    return { backup: request.backup };
  });
  await given.runs.note(request.run, 'unmapped', translation.unmapped);
}
