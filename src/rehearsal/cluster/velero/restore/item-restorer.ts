import { NotSimulated } from '../../../kernel/not-simulated.ts';
import { ApiError } from '../../api-error.ts';
import type { KubeObject } from '../../host.ts';
import type { ArchivedItem } from '../backup/archive.ts';
import { archiveKey, type ItemOutcome, type RestoreContext } from './context.ts';
import { keepExisting } from './existing.ts';
import { act, withoutAnnotations } from './item-actions.ts';
import { moveClaim, noteUpload } from './moved-volumes.ts';
import { ensureNamespace } from './namespaces.ts';
import { reprovision, retainedVolume } from './persistent-volume.ts';
import { resetMetadata, withRestoreLabels } from './reset-metadata.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const CLAIMS = 'persistentvolumeclaims';
const UPLOADS = 'datauploads.velero.io';
const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';
const CRD_TIMEOUT_MS = 600_000;
const BINDING = ['pv.kubernetes.io/bind-completed', 'pv.kubernetes.io/bound-by-controller'];

/** Restores one object, with what it brings along before it. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/restore.go (restoreItem) */
export async function restoreItem(context: RestoreContext, item: ArchivedItem): Promise<void> {
  const { server, restore, scope, outcomes, warnings, errors } = context;
  const { resource, name } = item;
  if (!scope.includesResource(resource)) return;
  const target = restore.spec.namespaceMapping?.[item.namespace] ?? item.namespace;
  if (item.namespace === '' ? !scope.clusterScoped : !scope.includesNamespace(resource, item.namespace)) return;
  if (target !== '' && !(await ensureNamespace(context, item.namespace, target))) return;
  if (isCompleted(resource, item.object)) return;
  const key = archiveKey(resource, target, name);
  if (outcomes.has(key)) return;
  const outcome: ItemOutcome = { object: item.object, namespace: target, name, action: '' };
  outcomes.set(key, outcome);
  const before = warnings.count + errors.count;
  await server.process.takes('velero.restoreItem');
  const object = await prepared(context, item, target);
  if (object !== undefined) await put(context, item, object, target, outcome);
  if (outcome.action === '') outcome.action = warnings.count + errors.count > before ? 'failed' : 'skipped';
}

function isCompleted(resource: string, { status }: KubeObject): boolean {
  if (resource === 'pods') return status?.phase === 'Failed' || status?.phase === 'Succeeded';
  return resource === 'jobs.batch' && Boolean(status?.completionTime);
}

/** The object as it is to be created; undefined when it is not to be. */
async function prepared(context: RestoreContext, item: ArchivedItem, target: string): Promise<KubeObject | undefined> {
  const { server, restore, errors, modifiers, volumeBackups, toProvision } = context;
  const { resource, object: original } = item;
  if (resource === 'pods' && original.metadata.annotations?.[MIRROR]) return undefined;
  if (resource === 'persistentvolumes' && reprovision(context, original)) return undefined;
  const source = resource === 'persistentvolumes' ? retainedVolume(original, restore) : original;
  let acted: ReturnType<typeof act>;
  try {
    acted = act(server, resource, resetMetadata(source), original, restore, volumeBackups);
    if (resource === UPLOADS) return void noteUpload(context, original);
    if (resource === CLAIMS && acted !== undefined)
      acted = { ...acted, object: moveClaim(context, acted.object, original, target) };
  } catch (error) {
    if (error instanceof NotSimulated) throw error;
    errors.add(target, `error preparing ${idOf(item, target)}: ${(error as Error).message}`);
    return undefined;
  }
  if (acted === undefined) return undefined;
  for (const [kind, namespace, name] of acted.additional) await restoreNamed(context, kind, namespace, name);
  let { object } = acted;
  if (resource === CLAIMS && object.spec.volumeName) {
    object = withoutAnnotations(object, BINDING);
    if (toProvision.has(object.spec.volumeName)) {
      const { volumeName: _volume, ...spec } = object.spec;
      object = { ...object, spec };
    }
  }
  if (modifiers !== undefined) {
    const modified = modifiers.apply(object, resource);
    for (const message of modified.errors) errors.add(target, message);
    object = modified.object;
  }
  if (target !== '') object = { ...object, metadata: { ...object.metadata, namespace: target } };
  return withRestoreLabels(object, context.backup.metadata.name, restore.metadata.name);
}

async function restoreNamed(context: RestoreContext, resource: string, namespace: string, name: string): Promise<void> {
  const item = context.archive.get(archiveKey(resource, namespace, name));
  if (item !== undefined) return restoreItem(context, item);
  const path = `resources/${resource}/${namespace === '' ? 'cluster' : `namespaces/${namespace}`}/${name}.json`;
  context.warnings.add(namespace, `stat ${path}: no such file or directory`);
}

async function put(
  context: RestoreContext,
  item: ArchivedItem,
  object: KubeObject,
  target: string,
  outcome: ItemOutcome,
): Promise<void> {
  const { server, errors } = context;
  const ref = { resource: item.resource, ...(target !== '' && { namespace: target }), name: object.metadata.name };
  if (server.store.get(ref) !== undefined) return keepExisting(context, ref, object, outcome);
  let created: KubeObject;
  try {
    created = server.cluster.api.create(object, { by: server.identity, manager: 'velero-server' });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'AlreadyExists') return keepExisting(context, ref, object, outcome);
    errors.add(target, `error restoring ${idOf(item, target)}: ${error.message}`);
    return;
  }
  outcome.action = 'created';
  outcome.object = created;
  restoreStatus(context, item, created);
  if (item.resource === 'pods') podCreated(context, item, created);
  if (item.resource === CRDS && !(await available(context, created)))
    errors.add('', `the CRD ${created.metadata.name} is not available to use for custom resources`);
}

/** Status comes back only where the restore asks for it, or the object itself. */
function restoreStatus({ server, restore, scope }: RestoreContext, item: ArchivedItem, created: KubeObject): void {
  const wanted = restore.spec.restoreStatus;
  const annotated = created.metadata.annotations?.['velero.io/restore-status']?.trim().toLowerCase();
  const included = wanted !== undefined && scope.includesStatus(item.resource, wanted);
  if (annotated === 'false' || (annotated !== 'true' && !included) || item.object.status === undefined) return;
  server.store.setStatus(created, item.object.status);
}

/** Volumes are restored into pods; without pods, claims and volumes in the restore they stay empty. */
function podCreated(context: RestoreContext, { namespace, name }: ArchivedItem, created: KubeObject): void {
  const { scope, volumeBackups } = context;
  if (!scope.includesResource('persistentvolumeclaims') || !scope.includesResource('persistentvolumes')) return;
  const volumes = volumeBackups.ofPod(namespace, name);
  if (volumes.length > 0) context.podCreated(created, namespace, volumes);
}

async function available({ server }: RestoreContext, { spec }: KubeObject): Promise<boolean> {
  const key = `${spec.names.plural}.${spec.group}`;
  for (let waited = 0; waited <= CRD_TIMEOUT_MS; waited += 1000) {
    if (server.store.resources.get(key) !== undefined) return true;
    await server.process.sleep(1000);
  }
  return false;
}

const idOf = ({ resource, name }: ArchivedItem, target: string): string =>
  target === '' ? `${resource}/${name}` : `${resource}/${target}/${name}`;
