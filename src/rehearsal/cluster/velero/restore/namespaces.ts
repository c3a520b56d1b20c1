import type { ApiError } from '../../api-error.ts';
import { archiveKey, type RestoreContext } from './context.ts';

const TIMEOUT_MS = 600_000;
const POLL_MS = 1000;

/**
 * Makes sure that a namespace is there, made as it was in the backup. One that is being deleted is waited for, once.
 * Answers whether it can be used. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/util/kube/utils.go (EnsureNamespaceExistsAndIsReady)
 */
export async function ensureNamespace(context: RestoreContext, source: string, target: string): Promise<boolean> {
  const { server, errors, stuckNamespaces } = context;
  for (let waited = 0; ; waited += POLL_MS) {
    const found = server.store.get({ resource: 'namespaces', name: target });
    if (found === undefined) break;
    if (found.metadata.deletionTimestamp === undefined) return true;
    if (stuckNamespaces.has(target)) {
      errors.velero(
        `skipping polling for terminating namespace ${target}: namespace ${target} is already present in the polling set, skipping execution`,
      );
      return false;
    }
    if (waited >= TIMEOUT_MS) {
      stuckNamespaces.add(target);
      errors.velero(
        `timed out waiting for terminating namespace ${target} to disappear before restoring: context deadline exceeded`,
      );
      return false;
    }
    await server.process.sleep(POLL_MS);
  }
  return create(context, source, target);
}

function create(context: RestoreContext, source: string, target: string): boolean {
  const { server, errors, outcomes, archive } = context;
  const archived = archive.get(archiveKey('namespaces', '', source))?.object;
  const { labels, annotations } = archived?.metadata ?? {};
  const { finalizers: _finalizers, ...spec } = archived?.spec ?? {};
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: target, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec,
  };
  try {
    const object = server.cluster.api.create(namespace, { by: server.identity, manager: 'velero-server' });
    outcomes.set(archiveKey('namespaces', '', target), { object, namespace: '', name: target, action: 'created' });
    return true;
  } catch (error) {
    errors.velero(`error creating namespace ${target}: ${(error as ApiError).message}`);
    return false;
  }
}
