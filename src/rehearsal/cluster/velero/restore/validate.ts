import type { KubeObject } from '../../host.ts';
import { mostRecent } from '../cli/restore-create.ts';
import { invalidLists } from '../includes.ts';
import { isAvailable } from '../locations.ts';
import { refuse } from '../refuse.ts';
import type { Server } from '../server.ts';
import { type ResourceModifiers, readResourceModifiers } from './resource-modifiers.ts';
import { NOT_RESTORABLE } from './scope.ts';

export type Validated =
  | { errors: string[] }
  | { backup: KubeObject; location: KubeObject; modifiers: ResourceModifiers | undefined };

/**
 * What must be right before a restore starts. The backup's phase is not among it in this version.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/restore_controller.go (validateAndComplete)
 */
export function validate(server: Server, spec: KubeObject, namespace: string): Validated {
  if (spec.hooks?.resources?.length > 0) refuse(server.cluster.host, 'a restore with hooks');
  const errors = listErrors(spec);
  const { backupName, scheduleName } = spec;
  if (Boolean(backupName) === Boolean(scheduleName))
    return {
      errors: [...errors, 'Either a backup or schedule must be specified as a source for the restore, but not both'],
    };
  const policy = spec.existingResourcePolicy ?? '';
  if (!['', 'none', 'update'].includes(policy)) errors.push(`Invalid ExistingResourcePolicy: ${policy}`);
  const name = backupName || latestOf(server, scheduleName);
  if (name === undefined) return { errors: [...errors, 'No completed backups found for schedule'] };
  const backup = server.find('Backup', name);
  if (backup === undefined)
    return {
      errors: [
        ...errors,
        `Error retrieving backup: can't find backup ${namespace}/${name}: Backup.velero.io "${name}" not found`,
      ],
    };
  const location = server.find('BackupStorageLocation', backup.spec.storageLocation);
  if (location === undefined) {
    const missing = `BackupStorageLocation.velero.io "${backup.spec.storageLocation}" not found`;
    return { errors: [...errors, `Error retrieving backup: ${missing}`] };
  }
  if (!isAvailable(location))
    return { errors: [...errors, `The BSL ${location.metadata.name} is unavailable, cannot retrieve the backup`] };
  try {
    const modifiers = modifiersOf(server, spec, namespace);
    return errors.length > 0 ? { errors } : { backup, location, modifiers };
  } catch (error) {
    return { errors: [...errors, (error as Error).message] };
  }
}

function listErrors(spec: KubeObject): string[] {
  const errors: string[] = [];
  for (const resource of NOT_RESTORABLE)
    if (spec.includedResources?.includes(resource)) errors.push(`${resource} are non-restorable resources`);
  for (const problem of invalidLists(spec.includedResources, spec.excludedResources))
    errors.push(`Invalid included/excluded resource lists: ${problem}`);
  for (const problem of invalidLists(spec.includedNamespaces, spec.excludedNamespaces))
    errors.push(`Invalid included/excluded namespace lists: ${problem}`);
  if (spec.orLabelSelectors !== undefined && spec.labelSelector !== undefined)
    errors.push('encountered labelSelector as well as orLabelSelectors in restore spec, only one can be specified');
  return errors;
}

function latestOf(server: Server, schedule: string): string | undefined {
  const backups = server
    .list('Backup')
    .filter(({ metadata }) => metadata.labels?.['velero.io/schedule-name'] === schedule);
  return mostRecent(backups, ['Completed'])?.metadata.name;
}

function modifiersOf(server: Server, spec: KubeObject, namespace: string): ResourceModifiers | undefined {
  const reference = spec.resourceModifier;
  if (reference === undefined || reference.kind?.toLowerCase() !== 'configmap') return undefined;
  const configMap = server.store.get({ resource: 'configmaps', namespace, name: reference.name });
  if (configMap === undefined)
    throw new Error(`failed to get resource modifiers configmap ${namespace}/${reference.name}`);
  return readResourceModifiers(configMap);
}
