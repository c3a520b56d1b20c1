import type { KubeObject } from '../../host.ts';
import { type FlagSet, isTrue, list, maybe, parseMap } from '../flags.ts';
import { backupFromSchedule, scheduledName } from '../scheduled-backup.ts';
import { CommandError, type CommandLine, withOutput } from './command-line.ts';
import { finished } from './restore-create.ts';
import { selectorsOf } from './selectors.ts';

/** What a backup and a schedule's template have in common. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/cli/backup/create.go */
export const TEMPLATE_FLAGS: FlagSet = withOutput({
  flags: {
    ttl: 'duration',
    'include-namespaces': 'list',
    'exclude-namespaces': 'list',
    'include-resources': 'list',
    'exclude-resources': 'list',
    'include-cluster-scoped-resources': 'list',
    'exclude-cluster-scoped-resources': 'list',
    'include-namespace-scoped-resources': 'list',
    'exclude-namespace-scoped-resources': 'list',
    labels: 'map',
    annotations: 'map',
    'storage-location': 'string',
    'volume-snapshot-locations': 'list',
    selector: 'string',
    'or-selector': 'string',
    'ordered-resources': 'string',
    'csi-snapshot-timeout': 'duration',
    'item-operation-timeout': 'duration',
    'snapshot-volumes': 'optional',
    'snapshot-move-data': 'optional',
    'include-cluster-resources': 'optional',
    'default-volumes-to-fs-backup': 'optional',
    'resource-policies-configmap': 'string',
    'data-mover': 'string',
    'parallel-files-upload': 'int',
  },
  shorthands: { l: 'selector' },
});

export const BACKUP_CREATE_FLAGS: FlagSet = {
  flags: { ...TEMPLATE_FLAGS.flags, wait: 'bool', force: 'bool', 'from-schedule': 'string' },
  shorthands: { ...TEMPLATE_FLAGS.shorthands, w: 'wait' },
};

const OLD_FILTERS = ['include-resources', 'exclude-resources', 'include-cluster-resources'];
const NEW_FILTERS = [
  ...['include-cluster-scoped-resources', 'exclude-cluster-scoped-resources'],
  ...['include-namespace-scoped-resources', 'exclude-namespace-scoped-resources'],
];

export async function createBackup(line: CommandLine): Promise<void> {
  await validateTemplate(line);
  const backup = await backupOf(line);
  if (line.printed(backup)) return;
  await line.create(backup);
  const { name } = backup.metadata;
  line.print(`Backup request "${name}" submitted successfully.`);
  if (isTrue(line.text('wait'))) await finished(line, 'backups.velero.io', name, 'Backup');
  else line.print(`Run \`velero backup describe ${name}\` or \`velero backup logs ${name}\` for more details.`);
}

async function backupOf(line: CommandLine): Promise<KubeObject> {
  const { namespace, positional } = line;
  const from = line.text('from-schedule')?.trim() ?? '';
  if (from !== '') {
    const schedule = await line.get({ resource: 'schedules.velero.io', namespace, name: from });
    return backupFromSchedule(schedule, positional[0] ?? scheduledName(from, line.process.cluster.now));
  }
  const metadata = {
    namespace,
    name: positional[0],
    ...(line.text('labels') && { labels: parseMap(line.text('labels') ?? '') }),
    ...(line.text('annotations') && { annotations: parseMap(line.text('annotations') ?? '') }),
  };
  return { apiVersion: 'velero.io/v1', kind: 'Backup', metadata, spec: templateOf(line) };
}

export async function validateTemplate(line: CommandLine): Promise<void> {
  if (line.text('selector') !== undefined && line.text('or-selector') !== undefined)
    throw new CommandError("either a 'selector' or an 'or-selector' can be specified, but not both");
  if (line.text('from-schedule') !== undefined && line.text('from-schedule')?.trim() === '')
    throw new CommandError('flag must have a non-empty value: --from-schedule');
  if (!line.text('from-schedule') && line.positional.length !== 1)
    throw new CommandError('a backup name is required, unless you are creating based on a schedule');
  const given = (flag: string): boolean => (line.text(flag) ?? '') !== '';
  if (OLD_FILTERS.some(given) && NEW_FILTERS.some(given))
    throw new CommandError(
      'include-resources, exclude-resources and include-cluster-resources are old filter parameters.\ninclude-cluster-scoped-resources, exclude-cluster-scoped-resources, include-namespace-scoped-resources and exclude-namespace-scoped-resources are new filter parameters.\nThey cannot be used together',
    );
  const { namespace } = line;
  const location = line.text('storage-location');
  if (location) await line.get({ resource: 'backupstoragelocations.velero.io', namespace, name: location });
  for (const name of list(line.text('volume-snapshot-locations')))
    await line.get({ resource: 'volumesnapshotlocations.velero.io', namespace, name });
}

const LISTS: Record<string, string> = {
  'exclude-namespaces': 'excludedNamespaces',
  'include-resources': 'includedResources',
  'exclude-resources': 'excludedResources',
  'include-cluster-scoped-resources': 'includedClusterScopedResources',
  'exclude-cluster-scoped-resources': 'excludedClusterScopedResources',
  'include-namespace-scoped-resources': 'includedNamespaceScopedResources',
  'exclude-namespace-scoped-resources': 'excludedNamespaceScopedResources',
  'volume-snapshot-locations': 'volumeSnapshotLocations',
};

const BOOLEANS: Record<string, string> = {
  'snapshot-volumes': 'snapshotVolumes',
  'snapshot-move-data': 'snapshotMoveData',
  'include-cluster-resources': 'includeClusterResources',
  'default-volumes-to-fs-backup': 'defaultVolumesToFsBackup',
};

/** The spec of a backup, as flags give it. */
export function templateOf(line: CommandLine): KubeObject {
  const spec: KubeObject = {
    metadata: {},
    hooks: {},
    includedNamespaces: line.text('include-namespaces') === undefined ? ['*'] : list(line.text('include-namespaces')),
    ttl: line.text('ttl') ?? '0s',
    csiSnapshotTimeout: line.text('csi-snapshot-timeout') ?? '0s',
    itemOperationTimeout: line.text('item-operation-timeout') ?? '0s',
    ...selectorsOf(line.text('selector'), line.text('or-selector')),
  };
  for (const [flag, member] of Object.entries(LISTS))
    if (list(line.text(flag)).length > 0) spec[member] = list(line.text(flag));
  for (const [flag, member] of Object.entries(BOOLEANS)) {
    const value = maybe(line.text(flag));
    if (value !== undefined) spec[member] = value;
  }
  if (line.text('storage-location')) spec.storageLocation = line.text('storage-location');
  if (line.text('data-mover')) spec.datamover = line.text('data-mover');
  const ordered = line.text('ordered-resources');
  if (ordered) spec.orderedResources = Object.fromEntries(ordered.split(';').map((entry) => entry.trim().split('=')));
  const policies = line.text('resource-policies-configmap');
  if (policies) spec.resourcePolicy = { kind: 'configmap', name: policies };
  const parallel = Number(line.text('parallel-files-upload') ?? 0);
  if (parallel > 0) spec.uploaderConfig = { parallelFilesUpload: parallel };
  return spec;
}
