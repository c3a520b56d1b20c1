import type { KubeObject } from '../../host.ts';
import { type FlagSet, isTrue, list, maybe, parseMap } from '../flags.ts';
import { CommandError, type CommandLine, withOutput } from './command-line.ts';
import { selectorsOf } from './selectors.ts';

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/cli/restore/create.go */
export const RESTORE_CREATE_FLAGS: FlagSet = withOutput({
  flags: {
    'from-backup': 'string',
    'from-schedule': 'string',
    'include-namespaces': 'list',
    'exclude-namespaces': 'list',
    'namespace-mappings': 'mappings',
    labels: 'map',
    annotations: 'map',
    'include-resources': 'list',
    'exclude-resources': 'list',
    'existing-resource-policy': 'string',
    'status-include-resources': 'list',
    'status-exclude-resources': 'list',
    selector: 'string',
    'or-selector': 'string',
    'item-operation-timeout': 'duration',
    'restore-volumes': 'optional',
    'preserve-nodeports': 'optional',
    'include-cluster-resources': 'optional',
    'allow-partially-failed': 'optional',
    wait: 'bool',
    'resource-modifier-configmap': 'string',
    'write-sparse-files': 'optional',
    'parallel-files-download': 'int',
  },
  shorthands: { l: 'selector', w: 'wait' },
});

const TERMINAL = ['FailedValidation', 'Completed', 'PartiallyFailed', 'Failed'];

export async function createRestore(line: CommandLine): Promise<void> {
  if (line.positional.length > 1)
    throw new CommandError(`accepts at most 1 arg(s), received ${line.positional.length}`);
  await validate(line);
  const restore = restoreOf(line, await chosenBackup(line));
  if (line.printed(restore)) return;
  await line.create(restore);
  const { name } = restore.metadata;
  line.print(`Restore request "${name}" submitted successfully.`);
  if (isTrue(line.text('wait'))) await finished(line, 'restores.velero.io', name, 'Restore');
  else line.print(`Run \`velero restore describe ${name}\` or \`velero restore logs ${name}\` for more details.`);
}

async function validate(line: CommandLine): Promise<void> {
  const [backup, schedule] = [line.text('from-backup') ?? '', line.text('from-schedule') ?? ''];
  if ((backup === '') === (schedule === ''))
    throw new CommandError('either a backup or schedule must be specified, but not both');
  if (line.text('selector') !== undefined && line.text('or-selector') !== undefined)
    throw new CommandError("either a 'selector' or an 'or-selector' can be specified, but not both");
  const policy = line.text('existing-resource-policy') ?? '';
  if (!['', 'none', 'update'].includes(policy))
    throw new CommandError('existing-resource-policy has invalid value, it accepts only none, update as value');
  if (Number(line.text('parallel-files-download') ?? 0) < 0)
    throw new CommandError('parallel-files-download cannot be negative');
  const { namespace } = line;
  if (backup !== '') await line.get({ resource: 'backups.velero.io', namespace, name: backup });
  else if (backupsOf(line, schedule).length === 0)
    throw new CommandError(`No backups found for the schedule ${schedule}`);
}

const backupsOf = (line: CommandLine, schedule: string): KubeObject[] =>
  line.process.cluster.store.list('backups.velero.io', {
    namespace: line.namespace,
    labelSelector: `velero.io/schedule-name=${schedule}`,
  });

/** A schedule is resolved here only where backups that failed in part will do; otherwise the server does it. */
async function chosenBackup(line: CommandLine): Promise<{ backupName?: string; scheduleName?: string }> {
  const [backup, schedule] = [line.text('from-backup') ?? '', line.text('from-schedule') ?? ''];
  if (backup !== '') return { backupName: backup };
  if (!isTrue(line.text('allow-partially-failed'))) return { scheduleName: schedule };
  const recent = mostRecent(backupsOf(line, schedule), ['Completed', 'PartiallyFailed']);
  return recent === undefined ? { scheduleName: schedule } : { backupName: recent.metadata.name };
}

/** By the moment that they hold, newest first. */
export function mostRecent(backups: KubeObject[], phases: string[]): KubeObject | undefined {
  const moment = (backup: KubeObject): string => backup.status?.startTimestamp ?? '';
  return backups
    .filter((backup) => phases.includes(backup.status?.phase))
    .reduce<KubeObject>(
      (best, backup) => (best === undefined || moment(backup) > moment(best) ? backup : best),
      undefined,
    );
}

function restoreOf(line: CommandLine, source: { backupName?: string; scheduleName?: string }): KubeObject {
  const strings = (flag: string, member: string): KubeObject => {
    const values = list(line.text(flag));
    return values.length > 0 ? { [member]: values } : {};
  };
  const optional = (flag: string, member: string): KubeObject => {
    const value = maybe(line.text(flag));
    return value === undefined ? {} : { [member]: value };
  };
  const modifier = line.text('resource-modifier-configmap');
  const statusIncluded = list(line.text('status-include-resources'));
  const parallel = Number(line.text('parallel-files-download') ?? 0);
  const stamp = new Date(line.process.cluster.now).toISOString().replace(/\D/g, '').slice(0, 14);
  const metadata = {
    namespace: line.namespace,
    name: line.positional[0] ?? `${source.scheduleName ?? source.backupName}-${stamp}`,
    ...(line.text('labels') && { labels: parseMap(line.text('labels') ?? '') }),
    ...(line.text('annotations') && { annotations: parseMap(line.text('annotations') ?? '') }),
  };
  const spec = {
    ...source,
    includedNamespaces: line.text('include-namespaces') === undefined ? ['*'] : list(line.text('include-namespaces')),
    ...strings('exclude-namespaces', 'excludedNamespaces'),
    ...strings('include-resources', 'includedResources'),
    ...strings('exclude-resources', 'excludedResources'),
    ...(line.text('existing-resource-policy') && { existingResourcePolicy: line.text('existing-resource-policy') }),
    ...(line.text('namespace-mappings') && { namespaceMapping: parseMap(line.text('namespace-mappings') ?? '', ':') }),
    ...selectorsOf(line.text('selector'), line.text('or-selector')),
    ...optional('restore-volumes', 'restorePVs'),
    ...optional('preserve-nodeports', 'preserveNodePorts'),
    ...optional('include-cluster-resources', 'includeClusterResources'),
    ...(modifier && { resourceModifier: { apiGroup: '', kind: 'configmap', name: modifier } }),
    hooks: {},
    itemOperationTimeout: line.text('item-operation-timeout') ?? '0s',
    uploaderConfig: {
      ...optional('write-sparse-files', 'writeSparseFiles'),
      ...(parallel > 0 && { parallelFilesDownload: parallel }),
    },
    ...(statusIncluded.length > 0 && {
      restoreStatus: { includedResources: statusIncluded, ...strings('status-exclude-resources', 'excludedResources') },
    }),
  };
  return { apiVersion: 'velero.io/v1', kind: 'Restore', metadata, spec };
}

/** Waits for a terminal phase, whichever it is: the exit code does not tell. */
export async function finished(line: CommandLine, resource: string, name: string, what: string): Promise<void> {
  const { process, namespace } = line;
  line.print(
    `Waiting for ${what.toLowerCase()} to complete. You may safely press ctrl-c to stop waiting - your ${what.toLowerCase()} will continue in the background.`,
  );
  const phase = await process.alive(
    new Promise<string>((resolve) => {
      const look = (object: KubeObject | undefined): void => {
        if (!TERMINAL.includes(object?.status?.phase)) return;
        cancel();
        process.cluster.host.kernel.touched();
        resolve(object.status.phase);
      };
      const cancel = process.cluster.store.watch(resource, ({ object }) => {
        if (object.metadata.name === name && object.metadata.namespace === namespace) look(object);
      });
      process.onEnd(cancel);
      look(process.cluster.store.get({ resource, namespace, name }));
    }),
  );
  const noun = what.toLowerCase();
  line.print(
    `${what} completed with status: ${phase}. You may check for more information using the commands \`velero ${noun} describe ${name}\` and \`velero ${noun} logs ${name}\`.`,
  );
}
