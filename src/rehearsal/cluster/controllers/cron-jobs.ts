import { NotSimulated } from '../../kernel/not-simulated.ts';
import type { ControlPlane } from '../control-plane.ts';
import { type CronSchedule, nextFire, parseCron } from '../cron-schedule.ts';
import type { KubeObject } from '../host.ts';
import { conditionIs, ownerReference } from '../pods.ts';
import { watchControlled } from './controlled-pods.ts';
import { isFinished } from './jobs.ts';

/** How far behind the newest missed time may lie that is still started, when the CronJob says nothing. */
const FOREVER_SECONDS = Number.POSITIVE_INFINITY;

/** One timer per CronJob, for its next time. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
export function controlCronJobs(cluster: ControlPlane): void {
  const timers = new Map<string, { at: number; cancel: () => void }>();
  const enqueue = cluster.reconcile('cronjobs.batch', (cron) => {
    const at = reconcile(cluster, cron);
    const { uid } = cron.metadata;
    const timer = timers.get(uid);
    if (timer?.at === at) return;
    timer?.cancel();
    timers.delete(uid);
    if (at === undefined) return;
    const cancel = cluster.after(at - cluster.now, () => {
      timers.delete(uid);
      enqueue(uid);
    });
    timers.set(uid, { at, cancel });
  });
  watchControlled(cluster, 'jobs.batch', 'CronJob', enqueue);
  cluster.store.watch('cronjobs.batch', ({ type, object }) => {
    if (type !== 'DELETED') return;
    timers.get(object.metadata.uid)?.cancel();
    timers.delete(object.metadata.uid);
  });
  cluster.onResync(() => timers.clear());
}

/** Starts what is due; answers when something is due next. */
function reconcile(cluster: ControlPlane, cron: KubeObject): number | undefined {
  const { store, now } = cluster;
  const schedule = parseCron(cron.spec.schedule);
  if (schedule === undefined || cron.metadata.deletionTimestamp !== undefined) return undefined;
  if (cron.spec.timeZone && !['Etc/UTC', 'UTC'].includes(cron.spec.timeZone))
    cluster.host.kernel.fail(new NotSimulated(`a CronJob in time zone ${cron.spec.timeZone}`));
  const jobs = store.dependents(cron.metadata.uid, 'jobs.batch');
  const last = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp);
  const due = cron.spec.suspend ? undefined : newestDue(schedule, last, now);
  const late = due === undefined ? 0 : (now - due) / 1000;
  const starts = due !== undefined && late <= (cron.spec.startingDeadlineSeconds ?? FOREVER_SECONDS);
  const status = { ...cron.status };
  if (starts && mayStart(cluster, cron, jobs)) {
    jobs.push(createJob(cluster, cron, due));
    status.lastScheduleTime = new Date(due).toISOString().replace('.000Z', 'Z');
  }
  cluster.store.setStatus(cron, { ...status, ...tally(jobs) });
  dropHistory(cluster, cron, jobs);
  return cron.spec.suspend ? undefined : nextFire(schedule, now);
}

/** Of several missed times only the newest counts. */
function newestDue(schedule: CronSchedule, after: number, now: number): number | undefined {
  let due: number | undefined;
  for (let at = nextFire(schedule, after); at !== undefined && at <= now; at = nextFire(schedule, at)) due = at;
  return due;
}

function mayStart(cluster: ControlPlane, cron: KubeObject, jobs: KubeObject[]): boolean {
  const active = jobs.filter((job) => !isFinished(job));
  if (active.length === 0 || cron.spec.concurrencyPolicy === 'Allow') return true;
  if (cron.spec.concurrencyPolicy === 'Forbid') return false;
  for (const job of active) cluster.store.remove(cluster.store.refOf(job));
  return true;
}

function createJob(cluster: ControlPlane, cron: KubeObject, due: number): KubeObject {
  const { name, namespace } = cron.metadata;
  const { metadata, spec } = cron.spec.jobTemplate;
  const jobName = `${name}-${Math.floor(due / 60_000)}`;
  const known = cluster.store.get({ resource: 'jobs.batch', namespace, name: jobName });
  if (known !== undefined) return known;
  return cluster.api.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...metadata,
      name: jobName,
      namespace,
      annotations: {
        ...metadata?.annotations,
        'batch.kubernetes.io/cronjob-scheduled-timestamp': new Date(due).toISOString(),
      },
      ownerReferences: [ownerReference(cron)],
    },
    spec,
  });
}

function tally(jobs: KubeObject[]): KubeObject {
  const active = jobs.filter((job) => !isFinished(job));
  const times = jobs.flatMap((job) => (job.status?.completionTime ? [job.status.completionTime] : [])).sort();
  const last = times.at(-1);
  return {
    active: active.map(({ apiVersion, kind, metadata }) => ({
      apiVersion,
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
    })),
    ...(last && { lastSuccessfulTime: last }),
  };
}

function dropHistory(cluster: ControlPlane, cron: KubeObject, jobs: KubeObject[]): void {
  const finished = jobs.filter(isFinished);
  const successful = finished.filter((job) => conditionIs(job, 'Complete', 'True'));
  const failed = finished.filter((job) => conditionIs(job, 'Failed', 'True'));
  const surplus = [
    ...successful.slice(0, Math.max(0, successful.length - (cron.spec.successfulJobsHistoryLimit ?? 3))),
    ...failed.slice(0, Math.max(0, failed.length - (cron.spec.failedJobsHistoryLimit ?? 1))),
  ];
  for (const job of surplus) cluster.store.remove(cluster.store.refOf(job));
}
