import type { Cancel } from '../../kernel/kernel.ts';
import type { KubeObject } from '../host.ts';
import { same } from '../same.ts';
import { type ScheduleTimes, scheduleTimes } from './schedule-times.ts';
import { backupFromSchedule, scheduledName } from './scheduled-backup.ts';
import type { Server } from './server.ts';

/** Whether a schedule is due is looked at this often, counted from the server's start. */
const LOOK_MS = 60_000;

/**
 * Submits backups when schedules are due, up to a minute late. A missed time is caught up once. A new schedule
 * waits for its first time; one that was paused, or whose server was down, runs at once unless told to skip.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/schedule_controller.go
 */
export class Schedules {
  readonly #server: Server;
  readonly #startedAt: number;
  readonly #timers = new Map<string, Cancel>();

  constructor(server: Server) {
    this.#server = server;
    this.#startedAt = server.cluster.now;
  }

  start(): void {
    this.#server.watch('Schedule', (schedule, old) => {
      if (old === undefined || !same(schedule.spec, old.spec)) this.#look(schedule);
    });
  }

  #look(schedule: KubeObject): void {
    this.#timers.get(schedule.metadata.uid)?.();
    const current = this.#server.store.byUid(schedule.metadata.uid);
    if (current === undefined || current.spec.paused) return;
    const validated = this.#validate(current);
    if (validated === undefined) return;
    const { object, times } = validated;
    const due = this.#server.cluster.now > times(lastRun(object));
    const submitted = due && !this.#busy(object) ? this.#submit(object) : object;
    this.#plan(submitted, times);
  }

  #validate(schedule: KubeObject): { object: KubeObject; times: ScheduleTimes } | undefined {
    const server = this.#server;
    let times: ScheduleTimes | undefined;
    let problem: string | undefined;
    try {
      times = scheduleTimes(schedule.spec.schedule ?? '');
    } catch (error) {
      problem = (error as Error).message;
    }
    const skip = schedule.spec.skipImmediately ?? server.options.scheduleSkipImmediately;
    const { validationErrors: _old, ...status } = schedule.status ?? {};
    const object = server.update(schedule, (current) => ({
      ...current,
      spec: { ...current.spec, skipImmediately: false },
      status: {
        ...status,
        phase: problem === undefined ? 'Enabled' : 'FailedValidation',
        ...(problem !== undefined && { validationErrors: [problem] }),
        ...(skip && { lastSkipped: server.store.timestamp() }),
      },
    }));
    return object === undefined || times === undefined ? undefined : { object, times };
  }

  /** A backup of this schedule that is new or runs. One that waits in the queue does not count. */
  #busy(schedule: KubeObject): boolean {
    const { name } = schedule.metadata;
    return this.#server
      .list('Backup')
      .some(
        ({ metadata, status }) =>
          metadata.labels?.['velero.io/schedule-name'] === name &&
          ['', 'New', 'InProgress'].includes(status?.phase ?? ''),
      );
  }

  #submit(schedule: KubeObject): KubeObject {
    const server = this.#server;
    const name = scheduledName(schedule.metadata.name, server.cluster.now);
    if (server.find('Backup', name) === undefined) server.store.create(backupFromSchedule(schedule, name));
    return server.setStatus(schedule, { lastBackup: server.store.timestamp() }) ?? schedule;
  }

  /** At the first look after the next time. */
  #plan(schedule: KubeObject, times: ScheduleTimes): void {
    const next = times(lastRun(schedule));
    if (!Number.isFinite(next)) return;
    const { now } = this.#server.cluster;
    const looks = Math.floor((Math.max(next, now) - this.#startedAt) / LOOK_MS) + 1;
    const delay = this.#startedAt + looks * LOOK_MS - now;
    const cancel = this.#server.cluster.after(delay, () => {
      if (!this.#server.process.ended) this.#look(schedule);
    });
    this.#timers.set(schedule.metadata.uid, cancel);
  }
}

/** When it ran or was skipped last; a new one counts from its creation. */
function lastRun({ metadata, status }: KubeObject): number {
  const ran = Date.parse(status?.lastBackup ?? metadata.creationTimestamp);
  const skipped = Date.parse(status?.lastSkipped ?? '');
  return skipped > ran ? skipped : ran;
}
