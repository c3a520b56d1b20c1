import type { FlagSet } from '../flags.ts';
import { isTrue, maybe, parseMap } from '../flags.ts';
import { TEMPLATE_FLAGS, templateOf, validateTemplate } from './backup-create.ts';
import { CommandError, type CommandLine } from './command-line.ts';

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/cli/schedule/create.go */
export const SCHEDULE_CREATE_FLAGS: FlagSet = {
  flags: {
    ...TEMPLATE_FLAGS.flags,
    schedule: 'string',
    'use-owner-references-in-backup': 'bool',
    paused: 'bool',
    'skip-immediately': 'optional',
  },
  shorthands: { ...TEMPLATE_FLAGS.shorthands },
};

export const SCHEDULE_PAUSE_FLAGS: FlagSet = {
  flags: { all: 'bool', selector: 'string', 'skip-immediately': 'optional' },
  shorthands: { l: 'selector' },
};

export async function createSchedule(line: CommandLine): Promise<void> {
  if (line.positional.length !== 1) throw new CommandError(`accepts 1 arg(s), received ${line.positional.length}`);
  if (!line.text('schedule')) throw new CommandError('--schedule is required');
  await validateTemplate(line);
  const skip = maybe(line.text('skip-immediately'));
  const schedule = {
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: {
      namespace: line.namespace,
      name: line.positional[0],
      ...(line.text('labels') && { labels: parseMap(line.text('labels') ?? '') }),
    },
    spec: {
      template: templateOf(line),
      schedule: line.text('schedule'),
      useOwnerReferencesInBackup: isTrue(line.text('use-owner-references-in-backup')),
      ...(isTrue(line.text('paused')) && { paused: true }),
      ...(skip !== undefined && { skipImmediately: skip }),
    },
  };
  if (line.printed(schedule)) return;
  await line.create(schedule);
  line.print(`Schedule "${schedule.metadata.name}" created successfully.`);
}

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/cli/schedule/pause.go */
export async function pauseSchedules(line: CommandLine, paused: boolean): Promise<void> {
  const named = line.positional.length > 0;
  const all = isTrue(line.text('all'));
  const selector = line.text('selector');
  if ([named, all, selector !== undefined].filter(Boolean).length !== 1)
    throw new CommandError(
      'you must specify only one of: specific schedule name(s), the --all flag, or the --selector flag',
    );
  const { store } = line.process.cluster;
  const names = named
    ? line.positional
    : store
        .list('schedules.velero.io', {
          namespace: line.namespace,
          ...(selector !== undefined && { labelSelector: selector }),
        })
        .map((schedule) => schedule.metadata.name);
  for (const name of names) {
    const schedule = await line.get({ resource: 'schedules.velero.io', namespace: line.namespace, name });
    if ((schedule.spec.paused ?? false) === paused) continue;
    const skip = maybe(line.text('skip-immediately'));
    const spec = { ...schedule.spec, paused, ...(skip !== undefined && { skipImmediately: skip }) };
    await line.replace({ ...schedule, spec });
    line.print(`Schedule ${name} ${paused ? 'paused' : 'unpaused'} successfully`);
  }
}
