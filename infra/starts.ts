import type { BackupSchedule, Plan } from '../src/plan/schema.ts';
import { HOURS_A_MONTH } from './prices.ts';
import type { Resource, Template } from './template.ts';

/** How often things start in a month in which nothing happens. */
export type Starts = {
  /** Each function's resource, with its starts. */
  functions: Map<Resource, number>;
  scheduled: number;
  transitions: number;
};

const MINUTES_A_MONTH = HOURS_A_MONTH * 60;
/** A backup's record and its archive: what the rule that seals listens for. */
const EVENTS_A_BACKUP = 2;

/** From the schedules in the templates and, for what follows each backup, from the plan's. */
export function idleStarts(templates: Template[], plan: Plan): Starts {
  const starts: Starts = { functions: new Map(), scheduled: 0, transitions: 0 };
  for (const template of templates) {
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== 'AWS::Scheduler::Schedule') continue;
      const times = timesAMonth(Properties.ScheduleExpression);
      starts.scheduled += times;
      begin(template, Properties.Target.Arn, times, starts);
    }
    for (const [id, { Metadata, Properties }] of Object.entries(template.Resources)) {
      const arn = { 'Fn::GetAtt': [id, 'Arn'] as [string, string] };
      if (Metadata?.['lifeboat:function'] === 'seal-backup')
        begin(template, arn, EVENTS_A_BACKUP * backupsAMonth(plan), starts);
      if (/-judge$/.test(String(Properties?.StateMachineName))) begin(template, arn, backupsAMonth(plan), starts);
    }
  }
  return starts;
}

/** Starts a function; or a machine, with every state and every function of it once. */
function begin(template: Template, arn: { 'Fn::GetAtt'?: [string, string] }, times: number, starts: Starts): void {
  const resource = template.Resources[arn['Fn::GetAtt']?.[0] ?? ''];
  if (resource?.Type === 'AWS::Lambda::Function') add(starts.functions, resource, times);
  if (resource?.Type !== 'AWS::StepFunctions::StateMachine') return;
  const states = String(resource.Properties.DefinitionString).match(/"Type":/g)?.length ?? 0;
  starts.transitions += times * states;
  for (const part of Object.values(resource.Properties.DefinitionSubstitutions ?? {}))
    begin(template, part as { 'Fn::GetAtt'?: [string, string] }, times, starts);
}

/** By Scheduler's cron, as this plan writes them: lists of minutes and hours, on all days or on some of the week. */
function timesByCron(expression: string): number {
  const [, minutes = '', hours = '', date, , days = ''] =
    /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) \*\)$/.exec(expression) ?? [];
  if (date === undefined) throw new Error(`how often is ${expression}?`);
  const count = (field: string, all: number): number => (field === '*' ? all : field.split(',').length);
  const daysAMonth = HOURS_A_MONTH / 24;
  const onDays = days === '?' ? Math.min(count(date, daysAMonth), daysAMonth) : (daysAMonth * count(days, 7)) / 7;
  return count(minutes, 60) * count(hours, 24) * onDays;
}

function timesAMonth(expression: string): number {
  if (expression.startsWith('cron(')) return timesByCron(expression);
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count === undefined) throw new Error(`how often is ${expression}?`);
  const minutes = { minute: 1, hour: 60, day: 1440 }[unit as 'minute' | 'hour' | 'day'];
  return MINUTES_A_MONTH / (Number(count) * minutes);
}

/** Each gets one seal. */
export const backupsAMonth = (plan: Plan): number =>
  plan.stores.backups.schedules.map(timesOf).reduce((sum, times) => sum + times, 0);

/** A schedule by cron fields is taken for a daily one. */
function timesOf(schedule: BackupSchedule): number {
  return schedule.every === undefined ? HOURS_A_MONTH / 24 : (MINUTES_A_MONTH * 60) / schedule.every;
}

function add(functions: Map<Resource, number>, resource: Resource, times: number): void {
  functions.set(resource, (functions.get(resource) ?? 0) + times);
}
