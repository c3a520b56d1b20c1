import { minutesOfDay } from './cron.ts';
import { FIGURES } from './feasibility-figures.ts';
import { CHANGED_SHARE, type Sizes, totalOf, VOLUME_MEGABYTES } from './feasibility-sizes.ts';
import { cronOf, scheduledNamespaces } from './places.ts';
import type { BackupSchedule, Plan } from './schema.ts';

/** A schedule's backup at the ninetieth percentile, in seconds. */
export type BackupLoad = {
  schedule: BackupSchedule;
  /** How long taking it takes, until the last byte is in the bucket. */
  seconds: number;
  /** How much of that Velero takes no other backup. */
  turn: number;
  /** The longest that it waits for others, or for its own one before; infinite when there are more than Velero can take. */
  waits: number;
};

const MINUTES_PER_DAY = 1440;
/** The first fills the queue, and the last two tell whether it grows. */
const DAYS = 3;

/** What each schedule's backup takes, and how long it may have to wait for its turn. */
export function backupLoads(plan: Plan, sizes: Sizes): BackupLoad[] {
  const { schedules } = plan.stores.backups;
  const taking = schedules.map((schedule) => takingSeconds(plan, schedule, sizes));
  const moving = schedules.map((schedule) => movingSeconds(plan, schedule, sizes));
  const [turns, nodes] = [longestWaits(schedules, taking), longestWaits(schedules, moving)];
  return schedules.map((schedule, index) => {
    const moves = moving[index] ?? 0;
    return {
      schedule,
      seconds: (taking[index] ?? 0) + (moves > 0 ? MOVING_BEGINS_SECONDS + moves : 0),
      turn: taking[index] ?? 0,
      waits: (turns[index] ?? 0) + (nodes[index] ?? 0),
    };
  });
}

/**
 * Objects first, then volumes one after another: file by file, or until each has a snapshot, which is looked for every
 * five seconds. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/podvolume/backupper.go, …/pkg/util/csi/volume_snapshot.go
 */
function takingSeconds(plan: Plan, schedule: BackupSchedule, sizes: Sizes): number {
  const { objects, configuration, volumes } = totalOf(sizes, scheduledNamespaces(plan, schedule));
  const item = FIGURES['velero.backupItem'].p90;
  if (schedule.contents === 'configuration') return Math.ceil(configuration * item);
  const files = plan.stores.backups.volumes === 'files' ? changedSeconds(volumes) : 0;
  return Math.ceil((sizes.clusterObjects + objects) * item + volumes * FIGURES['velero.volumeOverhead'].p90 + files);
}

/**
 * How long a node's agent is busy with a backup's snapshots, all of them on one node: it moves one at a time, while Velero
 * takes the next backup. https://velero.io/docs/v1.18/node-agent-concurrency/
 */
function movingSeconds(plan: Plan, schedule: BackupSchedule, sizes: Sizes): number {
  if (plan.stores.backups.volumes === 'files' || schedule.contents === 'configuration') return 0;
  const { volumes } = totalOf(sizes, scheduledNamespaces(plan, schedule));
  return Math.ceil(volumes * FIGURES['velero.volumeOverhead'].p90 + changedSeconds(volumes));
}

const changedSeconds = (volumes: number): number =>
  volumes * VOLUME_MEGABYTES * CHANGED_SHARE * FIGURES['velero.backupMegabyte'].p90;

/** All snapshots of a backup become ready, and are mounted by a pod each, side by side. */
const MOVING_BEGINS_SECONDS =
  FIGURES['volume.snapshotReady'].p90 + FIGURES['volume.provision'].p90 + FIGURES['pod.start'].p90;

type Queued = { seconds: number; due?: number | undefined; runs: { start: number; end: number }[]; waits: number };

/**
 * Velero looks every minute which schedules are due, leaves out one whose backup is in progress, and takes one backup
 * at a time, in the order in which they came. The day looked at is the worst: every schedule fires on it, and of those
 * that fire at the same minute each comes last.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/schedule_controller.go,
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/backup_queue_controller.go
 */
function longestWaits(schedules: readonly BackupSchedule[], seconds: readonly number[]): number[] {
  const queued = schedules.map((_, index): Queued => ({ seconds: seconds[index] ?? 0, runs: [], waits: 0 }));
  const firing = Array.from({ length: MINUTES_PER_DAY }, (): Queued[] => []);
  for (const [index, schedule] of schedules.entries())
    for (const minute of minutesOfDay(cronOf(schedule))) firing[minute]?.push(...queued.slice(index, index + 1));
  const backlog: number[] = [];
  const queue: Queue = { free: 0, pending: [] };
  for (let day = 0; day < DAYS; day++) {
    for (const [minute, due] of firing.entries()) look(queue, due, (day * MINUTES_PER_DAY + minute) * 60);
    backlog.push(Math.max(0, queue.free - (day + 1) * MINUTES_PER_DAY * 60));
  }
  const [, before = 0, after = 0] = backlog;
  return queued.map(({ waits }) => (after > before + 1 ? Number.POSITIVE_INFINITY : waits));
}

/** When the last backup will be done, and the schedules that are due while their own backup is in progress. */
type Queue = { free: number; pending: Queued[] };

/** Submits what is due now. */
function look(queue: Queue, due: readonly Queued[], now: number): void {
  for (const one of due) one.due ??= now;
  const all = [...new Set([...queue.pending, ...due])];
  for (const one of all) one.runs = one.runs.filter(({ end }) => end > now);
  const busy = ({ runs }: Queued): boolean => runs.some(({ start }) => start <= now);
  queue.pending = all.filter(busy);
  const submitted = all.filter((one) => !busy(one));
  const ahead = Math.max(0, queue.free - now) + submitted.reduce((sum, one) => sum + one.seconds, 0);
  for (const one of submitted) {
    one.waits = Math.max(one.waits, ahead - one.seconds + now - (one.due ?? now));
    one.due = undefined;
    const start = Math.max(queue.free, now);
    queue.free = start + one.seconds;
    one.runs.push({ start, end: queue.free });
  }
}
