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
    for (const resource of Object.values(template.Resources))
      if (resource.Metadata?.['lifeboat:function'] === 'seal-backup') add(starts.functions, resource, sealings(plan));
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

function timesAMonth(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count === undefined) throw new Error(`how often is ${expression}?`);
  const minutes = { minute: 1, hour: 60, day: 1440 }[unit as 'minute' | 'hour' | 'day'];
  return MINUTES_A_MONTH / (Number(count) * minutes);
}

function sealings(plan: Plan): number {
  const backups = plan.stores.backups.schedules.map(backupsAMonth);
  return EVENTS_A_BACKUP * backups.reduce((sum, times) => sum + times, 0);
}

/** A schedule by cron fields is taken for a daily one. */
function backupsAMonth(schedule: BackupSchedule): number {
  return schedule.every === undefined ? HOURS_A_MONTH / 24 : (MINUTES_A_MONTH * 60) / schedule.every;
}

function add(functions: Map<Resource, number>, resource: Resource, times: number): void {
  functions.set(resource, (functions.get(resource) ?? 0) + times);
}
