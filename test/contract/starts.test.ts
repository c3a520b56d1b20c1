import { describe, expect, it } from '@jest/globals';
import type { Resource } from '../../infra/template.ts';
import { assemble, resources, text } from '../infra/assembly.ts';
import { folderOf, folders, functionTasks } from './machines.ts';

const assembly = assemble();
const functions = resources(assembly, 'AWS::Lambda::Function');

/** The folder of the function that a target's ARN leads to, in the same stack. */
function folderAt(stack: string, arn: unknown): string | undefined {
  const target = functions.find((one) => one.stack === stack && text(arn) === `<${one.id}.Arn>`);
  return target && String(target.Metadata?.['lifeboat:function']);
}

const started = (type: string, arnOf: (properties: Resource['Properties']) => unknown) =>
  resources(assembly, type).flatMap(({ stack, Properties }) => {
    const arn = arnOf(Properties);
    return arn === undefined ? [] : (folderAt(stack, arn) ?? []);
  });

const byMachines = functionTasks.map(folderOf);
const bySchedules = started('AWS::Scheduler::Schedule', ({ Target }) => Target.Arn);
const byRules = started('AWS::Events::Rule', ({ Targets }) => Targets[0].Arn);
const byBuckets = started(
  'AWS::S3::Bucket',
  ({ NotificationConfiguration }) => NotificationConfiguration?.LambdaConfigurations?.[0].Function,
);

describe('every function', () => {
  it.each(folders)('%s is started by a state machine, a schedule, a rule or a bucket', (folder) => {
    expect([...byMachines, ...bySchedules, ...byRules, ...byBuckets]).toContain(folder);
  });
});

describe('schedules, rules and buckets', () => {
  it('start the functions that nobody waits for', () => {
    expect([...new Set(bySchedules)].toSorted()).toEqual([
      'capture-primary',
      'measure-rpo',
      'probe-sites',
      'publish-traffic',
    ]);
    expect(byRules.toSorted()).toEqual(['record-signal', 'seal-backup']);
    expect(byBuckets).toEqual(['forward-replication-trouble']);
  });
});
