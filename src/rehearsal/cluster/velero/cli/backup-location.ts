import type { KubeObject } from '../../host.ts';
import { type FlagSet, isTrue, parseMap } from '../flags.ts';
import { CommandError, type CommandLine, withOutput } from './command-line.ts';

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/cli/backuplocation/create.go */
export const LOCATION_CREATE_FLAGS: FlagSet = withOutput({
  flags: {
    provider: 'string',
    bucket: 'string',
    credential: 'map',
    default: 'bool',
    prefix: 'string',
    'backup-sync-period': 'duration',
    'validation-frequency': 'duration',
    config: 'map',
    labels: 'map',
    cacert: 'string',
    'access-mode': 'string',
  },
});

export async function createLocation(line: CommandLine): Promise<void> {
  if (line.positional.length !== 1) throw new CommandError(`accepts 1 arg(s), received ${line.positional.length}`);
  const mode = line.text('access-mode') ?? 'ReadWrite';
  if (mode !== 'ReadWrite' && mode !== 'ReadOnly')
    throw new CommandError(`invalid argument "${mode}" for "--access-mode" flag: invalid value: "${mode}"`);
  if (!line.text('provider')) throw new CommandError('--provider is required');
  if (!line.text('bucket')) throw new CommandError('--bucket is required');
  if (line.text('backup-sync-period')?.startsWith('-'))
    throw new CommandError('--backup-sync-period must be non-negative');
  const location = locationOf(line, mode);
  if (line.printed(location)) return;
  const others = line.process.cluster.store.list('backupstoragelocations.velero.io', { namespace: line.namespace });
  if (isTrue(line.text('default')) && others.some((other) => other.spec.default))
    throw new CommandError(
      'there is already exist default backup storage location, please unset it first or do not set --default flag',
    );
  await line.create(location);
  line.print(`Backup storage location "${location.metadata.name}" configured successfully.`);
}

function locationOf(line: CommandLine, accessMode: string): KubeObject {
  const [secret] = Object.entries(parseMap(line.text('credential') ?? ''));
  return {
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: {
      namespace: line.namespace,
      name: line.positional[0],
      ...(line.text('labels') && { labels: parseMap(line.text('labels') ?? '') }),
    },
    spec: {
      provider: line.text('provider'),
      objectStorage: { bucket: line.text('bucket'), ...(line.text('prefix') && { prefix: line.text('prefix') }) },
      ...(line.text('config') && { config: parseMap(line.text('config') ?? '') }),
      ...(isTrue(line.text('default')) && { default: true }),
      accessMode,
      ...(line.text('backup-sync-period') && { backupSyncPeriod: line.text('backup-sync-period') }),
      ...(line.text('validation-frequency') && { validationFrequency: line.text('validation-frequency') }),
      ...(secret && { credential: { name: secret[0], key: secret[1] } }),
    },
  };
}
