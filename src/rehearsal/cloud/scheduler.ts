import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Random } from '../kernel/random.ts';
import { AwsError, Unreachable } from './aws-error.ts';
import type { Iam } from './iam.ts';
import { physicalName, uuidFrom } from './physical-name.ts';
import { periodOf, type Recurrence, recurrenceOf } from './scheduler-expression.ts';
import type { Caller, Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import { type TargetCall, targetCall } from './target-call.ts';
import type { World } from './world.ts';

type Schedule = {
  name: string;
  arn: string;
  groupArn: string;
  region: string;
  expression: string;
  windowMs: number;
  targetArn: string;
  roleArn: string;
  input: string | undefined;
  maxRetries: number;
  maxAgeMs: number;
  deadLetterArn: string | undefined;
  random: Random;
};

type Firing = { schedule: Schedule; id: string; due: number; attempts: number };

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 600_000;

/** Schedules, each at its own second of the minute. */
export class Scheduler implements Service {
  readonly id = 'scheduler';
  readonly operations: Record<string, Operation> = {};
  readonly resources: Record<string, ResourceType>;
  readonly #world: World;
  readonly #iam: Iam;
  readonly #schedules: Schedule[] = [];

  constructor(world: World, iam: Iam) {
    this.#world = world;
    this.#iam = iam;
    this.resources = {
      'AWS::Scheduler::Schedule': (properties, at) => this.#create(properties, at),
      'AWS::Scheduler::ScheduleGroup': (properties, at) => {
        const name = physicalName(properties.Name, at);
        return {
          ref: name,
          attributes: { Arn: `arn:aws:scheduler:${at.region}:${world.account}:schedule-group/${name}` },
        };
      },
    };
  }

  /** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html refuses a role that it cannot take. */
  deployed(): void {
    for (const { name, roleArn, groupArn } of this.#schedules) {
      const problem = this.#iam.assumeRoleProblem('scheduler.amazonaws.com', roleArn, groupArn);
      if (problem !== undefined) throw new Error(`schedule ${name}: ${problem}`);
    }
  }

  /** All schedules begin now. A rate counts from some moment of its own before, as if deployed long ago. */
  start(): void {
    const { now } = this.#world.kernel;
    for (const schedule of this.#schedules) {
      const period = periodOf(schedule.expression) ?? 0;
      const startsAt = now - Math.floor(schedule.random.next() * (period / 60_000)) * 60_000;
      const recurrence = recurrenceOf(schedule.expression, startsAt);
      this.#await(schedule, recurrence, now - 1, this.#world.latencies.draw('scheduler.jitter'));
    }
  }

  #await(schedule: Schedule, recurrence: Recurrence, after: number, jitterMs: number): void {
    const { kernel } = this.#world;
    const due = recurrence(after);
    if (due === undefined) return;
    const delay = due + jitterMs - kernel.now + schedule.windowMs * schedule.random.next();
    kernel.schedule(delay, () => {
      // What falls due while the region is down is not made up for.
      if (this.#world.network.up(schedule.region))
        this.#attempt({ schedule, id: uuidFrom(schedule.random.hex(32)), due, attempts: 0 });
      this.#await(schedule, recurrence, due, jitterMs);
    });
  }

  #create(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const name = physicalName(properties.Name, at);
    const zone = properties.ScheduleExpressionTimezone ?? 'UTC';
    if (!/^(Etc\/)?(UTC|GMT)$/.test(zone)) throw new NotSimulated(`a schedule in time zone ${zone}`);
    const { Target: target, FlexibleTimeWindow: window, GroupName: group = 'default' } = properties;
    const prefix = `arn:aws:scheduler:${at.region}:${this.#world.account}`;
    const arn = `${prefix}:schedule/${group}/${name}`;
    recurrenceOf(properties.ScheduleExpression, 0);
    if (callOf(target.Arn, '{}') === undefined) throw new NotSimulated(`a schedule's target ${target.Arn}`);
    if (properties.State === 'DISABLED') return { ref: name, attributes: { Arn: arn } };
    this.#schedules.push({
      ...{ name, arn, groupArn: `${prefix}:schedule-group/${group}`, region: at.region },
      expression: properties.ScheduleExpression,
      windowMs: window.Mode === 'FLEXIBLE' ? 60_000 * window.MaximumWindowInMinutes : 0,
      targetArn: target.Arn,
      roleArn: target.RoleArn,
      input: target.Input,
      maxRetries: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
      maxAgeMs: 1000 * (target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400),
      deadLetterArn: target.DeadLetterConfig?.Arn,
      random: this.#world.kernel.random.fork(`scheduler/${at.region}/${name}`),
    });
    return { ref: name, attributes: { Arn: arn } };
  }

  #attempt(firing: Firing): void {
    const { schedule, attempts } = firing;
    try {
      const call = callOf(schedule.targetArn, this.#inputFor(firing));
      if (call !== undefined) this.#world.act({ caller: this.#callerFor(schedule), region: schedule.region, ...call });
    } catch (error) {
      const passing = error instanceof Unreachable || (error instanceof AwsError && error.retryable);
      const young = this.#world.kernel.now - firing.due < schedule.maxAgeMs;
      if (passing && young && attempts < schedule.maxRetries) {
        const backoff = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** attempts);
        this.#world.scheduleDurably(schedule.region, backoff, () =>
          this.#attempt({ ...firing, attempts: attempts + 1 }),
        );
      } else this.#giveUp(firing, error);
    }
  }

  #callerFor(schedule: Schedule): Caller {
    const problem = this.#iam.assumeRoleProblem('scheduler.amazonaws.com', schedule.roleArn, schedule.groupArn);
    if (problem !== undefined) throw new AwsError('AccessDenied', problem, 403);
    return { kind: 'role', arn: schedule.roleArn, session: schedule.name };
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
  #inputFor({ schedule, id, due, attempts }: Firing): string {
    const time = new Date(due).toISOString().replace(/\.\d+Z$/, 'Z');
    if (schedule.input === undefined) return JSON.stringify(this.#notification(schedule, id, time));
    const values: Record<string, string> = {
      'schedule-arn': schedule.arn,
      'scheduled-time': time,
      'execution-id': id,
      'attempt-number': String(attempts + 1),
    };
    return schedule.input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (found, name: string) => values[name] ?? found);
  }

  /** What a target without Input is sent. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
  #notification(schedule: Schedule, id: string, time: string): unknown {
    const { account } = this.#world;
    const envelope = { version: '0', id, 'detail-type': 'Scheduled Event', source: 'aws.scheduler', account, time };
    return { ...envelope, region: schedule.region, resources: [schedule.arn], detail: '{}' };
  }

  #giveUp(firing: Firing, error: unknown): void {
    const { schedule } = firing;
    this.#world.record('schedule failed', {
      schedule: schedule.name,
      target: schedule.targetArn,
      error: String(error),
    });
    const call =
      schedule.deadLetterArn === undefined ? undefined : targetCall(schedule.deadLetterArn, this.#inputFor(firing));
    if (call === undefined) return;
    try {
      this.#world.act({ caller: this.#callerFor(schedule), region: schedule.region, ...call });
    } catch (lost) {
      this.#world.record('dead letter lost', { schedule: schedule.name, error: String(lost) });
    }
  }
}

/** A templated target by its ARN, or a universal one: arn:aws:scheduler:::aws-sdk:sfn:startExecution. */
function callOf(arn: string, text: string): TargetCall | undefined {
  const [, service, operation] = /^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(arn) ?? [];
  if (service === undefined || operation === undefined) return targetCall(arn, text);
  const input: unknown = JSON.parse(text);
  return { service, operation: `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`, input };
}
