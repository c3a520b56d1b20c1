import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { conditionIs, hasEnded, withCondition } from '../pods.ts';
import { createPod, watchControlled } from './controlled-pods.ts';

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 600_000;

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
export function controlJobs(cluster: ControlPlane): void {
  const enqueue = cluster.reconcile('jobs.batch', (job) => reconcile(cluster, job, enqueue));
  watchControlled(cluster, 'pods', 'Job', enqueue);
}

type Counts = { active: KubeObject[]; succeeded: number; failed: number; retries: number; lastFailure: number };

function reconcile(cluster: ControlPlane, job: KubeObject, enqueue: (uid: string) => void): void {
  const { store } = cluster;
  if (job.metadata.deletionTimestamp !== undefined) return;
  if (isFinished(job)) {
    expire(cluster, job, enqueue);
    return;
  }
  const startTime = job.status?.startTime ?? (job.spec.suspend ? undefined : store.timestamp());
  const counts = countPods(store.dependents(job.metadata.uid, 'pods'));
  const { succeeded, failed } = counts;
  const ended = endOf(cluster, job, counts, startTime);
  if (ended !== undefined || job.spec.suspend) for (const pod of counts.active) store.remove(store.refOf(pod));
  else counts.active.push(...createMissing(cluster, job, counts, enqueue));
  const status: KubeObject = {
    // Counts of zero are left out: https://github.com/kubernetes/api/blob/v0.35.4/batch/v1/types.go (JobStatus, omitempty)
    active: (ended ? 0 : counts.active.length) || undefined,
    succeeded: succeeded || undefined,
    failed: failed || undefined,
    ready: counts.active.filter(runs).length,
  };
  if (startTime !== undefined) status.startTime = startTime;
  let conditions = withSuspension(job, store.timestamp());
  if (ended !== undefined) {
    const [type, reason, message] = ended;
    for (const each of [FORETOLD_BY[type], type])
      conditions = withCondition(conditions, { type: each, status: 'True', reason, message }, store.timestamp());
    if (type === 'Complete') status.completionTime = store.timestamp();
  } else if (job.spec.activeDeadlineSeconds && !job.status?.startTime)
    cluster.after(job.spec.activeDeadlineSeconds * 1000, () => enqueue(job.metadata.uid));
  if (conditions !== undefined) status.conditions = conditions;
  store.setStatus(job, status);
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions */
const FORETOLD_BY: Record<string, string> = { Complete: 'SuccessCriteriaMet', Failed: 'FailureTarget' };

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#suspending-a-job */
function withSuspension({ spec, status }: KubeObject, time: string): KubeObject[] | undefined {
  const type = 'Suspended';
  if (spec.suspend)
    return withCondition(
      status?.conditions,
      { type, status: 'True', reason: 'JobSuspended', message: 'Job suspended' },
      time,
    );
  if (!conditionIs({ status }, type, 'True')) return status?.conditions;
  return withCondition(
    status.conditions,
    { type, status: 'False', reason: 'JobResumed', message: 'Job resumed' },
    time,
  );
}

export const isFinished = (job: KubeObject): boolean =>
  conditionIs(job, 'Complete', 'True') || conditionIs(job, 'Failed', 'True');

const runs = (pod: KubeObject): boolean => pod.status?.phase === 'Running';

function countPods(pods: KubeObject[]): Counts {
  const counts: Counts = { active: [], succeeded: 0, failed: 0, retries: 0, lastFailure: 0 };
  for (const pod of pods) {
    if (pod.status?.phase === 'Succeeded') counts.succeeded++;
    else if (pod.status?.phase === 'Failed') {
      counts.failed++;
      counts.retries++;
      for (const { state } of pod.status.containerStatuses ?? [])
        counts.lastFailure = Math.max(counts.lastFailure, Date.parse(state?.terminated?.finishedAt ?? '') || 0);
    } else if (pod.metadata.deletionTimestamp === undefined) {
      counts.active.push(pod);
      // Containers that the kubelet restarts in place count as well.
      for (const { restartCount } of pod.status?.containerStatuses ?? []) counts.retries += restartCount;
    }
  }
  return counts;
}

/** How the job ended, if it did. */
function endOf(
  cluster: ControlPlane,
  job: KubeObject,
  counts: Counts,
  startTime?: string,
): [type: string, reason: string, message: string] | undefined {
  const { completions, backoffLimit, activeDeadlineSeconds } = job.spec;
  const enough =
    completions === undefined ? counts.succeeded > 0 && counts.active.length === 0 : counts.succeeded >= completions;
  if (enough) return ['Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'];
  if (counts.retries > backoffLimit)
    return ['Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'];
  if (!activeDeadlineSeconds || startTime === undefined) return undefined;
  const over = cluster.now - Date.parse(startTime) >= activeDeadlineSeconds * 1000;
  return over ? ['Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline'] : undefined;
}

function createMissing(
  cluster: ControlPlane,
  job: KubeObject,
  counts: Counts,
  enqueue: (uid: string) => void,
): KubeObject[] {
  const { completions, parallelism, template } = job.spec;
  const left = completions === undefined ? (counts.succeeded > 0 ? 0 : parallelism) : completions - counts.succeeded;
  const missing = Math.min(parallelism, left) - counts.active.length;
  if (missing <= 0) return [];
  if (counts.failed > 0) {
    const wait =
      counts.lastFailure + Math.min(FIRST_BACK_OFF_MS * 2 ** (counts.failed - 1), LONGEST_BACK_OFF_MS) - cluster.now;
    if (wait > 0) {
      cluster.after(wait, () => enqueue(job.metadata.uid));
      return [];
    }
  }
  const { name, uid } = job.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  return Array.from({ length: missing }, () => createPod(cluster, job, template, { labels }));
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/ */
function expire(cluster: ControlPlane, job: KubeObject, enqueue: (uid: string) => void): void {
  const { store } = cluster;
  const running = store
    .dependents(job.metadata.uid, 'pods')
    .filter((pod) => !hasEnded(pod) && pod.metadata.deletionTimestamp === undefined);
  for (const pod of running) store.remove(store.refOf(pod));
  const { ttlSecondsAfterFinished: ttl } = job.spec;
  if (ttl === undefined) return;
  const finished = job.status.conditions.find((each: KubeObject) => ['Complete', 'Failed'].includes(each.type));
  const left = Date.parse(finished.lastTransitionTime) + ttl * 1000 - cluster.now;
  if (left <= 0) store.remove(store.refOf(job));
  else cluster.after(left, () => enqueue(job.metadata.uid));
}
