import type { KubeObject } from '../../host.ts';
import type { Operation } from '../item-operations.ts';
import { type ObjectStore, zipped } from '../object-store.ts';
import { type Result, Results } from '../results.ts';
import type { Server } from '../server.ts';
import { operationsFile } from './operations.ts';

const TIMEOUT_MS = 600_000;
const POLL_MS = 10_000;

/**
 * The last step of a restore: volumes that were made anew get the labels and the reclaim policy of the old ones.
 * What cannot be read from the bucket keeps the restore in this phase.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/restore_finalizer_controller.go
 */
export async function finalizeRestore(server: Server, restore: KubeObject): Promise<void> {
  const { name } = restore.metadata;
  const backup = server.find('Backup', restore.spec.backupName);
  const location = backup && server.find('BackupStorageLocation', backup.spec.storageLocation);
  if (backup === undefined || location === undefined) return finish(server, restore, 'PartiallyFailed', new Results());
  const store = server.objectStore(location);
  const errors = new Results();
  try {
    const volumes =
      (await store.zipped(`backups/${backup.metadata.name}/${backup.metadata.name}-volumeinfo.json.gz`)) ?? [];
    const restored = (await store.zipped(`restores/${name}/restore-${name}-resource-list.json.gz`)) ?? {};
    const moved = restore.status.restoreItemOperationsAttempted > 0;
    const operations: Operation[] = (moved ? await store.zipped(operationsFile(name)) : undefined) ?? [];
    const claims = claimsIn(restored);
    // What never came is not waited for.
    for (const { spec, status } of operations)
      if (status.phase !== 'Completed')
        claims.delete(`${spec.resourceIdentifier.Namespace}/${spec.resourceIdentifier.Name}`);
    await patchVolumes(server, restore, volumes, claims, errors);
    if (errors.count > 0) await addResults(store, name, errors.result);
  } catch (error) {
    server.cluster.host.record('velero', { restore: name, notFinal: (error as Error).message });
    return;
  }
  const failed = restore.status.phase === 'FinalizingPartiallyFailed' || errors.count > 0;
  finish(server, restore, failed ? 'PartiallyFailed' : 'Completed', errors);
}

function finish(server: Server, restore: KubeObject, phase: string, errors: Results): void {
  const count = (restore.status.errors ?? 0) + errors.count;
  server.setStatus(restore, {
    phase,
    completionTimestamp: server.store.timestamp(),
    ...(count > 0 && { errors: count }),
  });
  const { warnings } = restore.status;
  server.cluster.host.record('velero', {
    restore: restore.metadata.name,
    phase,
    errors: count,
    warnings: warnings ?? 0,
  });
}

/** `namespace/name` of the claims that this restore made. */
function claimsIn(restored: Record<string, string[]>): Set<string> {
  const claims = restored['v1/PersistentVolumeClaim'] ?? [];
  return new Set(
    claims.filter((entry) => entry.endsWith('(created)')).map((entry) => entry.slice(0, -'(created)'.length)),
  );
}

async function patchVolumes(
  server: Server,
  { spec }: KubeObject,
  volumes: KubeObject[],
  claims: Set<string>,
  errors: Results,
): Promise<void> {
  const pending = volumes.filter(({ backupMethod, pvcNamespace, pvcName, pvInfo }) => {
    const namespace = spec.namespaceMapping?.[pvcNamespace] ?? pvcNamespace;
    const moved = backupMethod === 'PodVolumeBackup' || backupMethod === 'CSISnapshot';
    return moved && pvInfo !== undefined && claims.has(`${namespace}/${pvcName}`);
  });
  for (let waited = 0; ; waited += POLL_MS) {
    const open = pending.splice(0);
    pending.push(...open.filter((volume) => !patched(server, spec.namespaceMapping, volume)));
    if (pending.length === 0) return;
    if (waited >= TIMEOUT_MS) break;
    await server.process.sleep(POLL_MS);
  }
  for (const { pvcNamespace, pvcName, pvName } of pending)
    errors.add(
      spec.namespaceMapping?.[pvcNamespace] ?? pvcNamespace,
      `fail to patch dynamic PV, err: context deadline exceeded, PVC: ${pvcName}, PV: ${pvName}`,
    );
}

/** Whether nothing is left to wait for: a claim that waits for its first consumer is not. */
function patched(server: Server, mapping: Record<string, string> | undefined, volume: KubeObject): boolean {
  const { store } = server;
  const namespace = mapping?.[volume.pvcNamespace] ?? volume.pvcNamespace;
  const claim = store.get({ resource: 'persistentvolumeclaims', namespace, name: volume.pvcName });
  if (claim === undefined) return false;
  if (claim.status?.phase === 'Pending') {
    const name = claim.spec.storageClassName ?? '';
    const storageClass = store.get({ resource: 'storageclasses.storage.k8s.io', name });
    if (storageClass?.volumeBindingMode === 'WaitForFirstConsumer') return true;
  }
  if (claim.status?.phase !== 'Bound' || !claim.spec.volumeName) return false;
  const pv = store.get({ resource: 'persistentvolumes', name: claim.spec.volumeName });
  if (pv?.status?.phase !== 'Bound') return false;
  const { labels, reclaimPolicy } = volume.pvInfo;
  server.update(pv, (current) => ({
    ...current,
    metadata: { ...current.metadata, ...(labels && { labels: { ...current.metadata.labels, ...labels } }) },
    spec: { ...current.spec, persistentVolumeReclaimPolicy: reclaimPolicy },
  }));
  return true;
}

async function addResults(store: ObjectStore, name: string, more: Result): Promise<void> {
  const key = `restores/${name}/restore-${name}-results.gz`;
  const before = (await store.zipped(key)) ?? { errors: {}, warnings: {} };
  const namespaces = { ...before.errors.namespaces };
  for (const [namespace, messages] of Object.entries(more.namespaces ?? {}))
    namespaces[namespace] = [...(namespaces[namespace] ?? []), ...messages];
  await store.put(key, zipped({ ...before, errors: { ...before.errors, namespaces } }));
}
