import type { KubeObject } from '../host.ts';
import { isArchive } from './backup/archive.ts';
import { labelValue } from './label-value.ts';
import { isNotFound } from './object-store.ts';
import { openRepository } from './repositories.ts';
import type { Server } from './server.ts';

/**
 * Has kopia forget the snapshots that a backup's tarball names, and deletes its DataUploads here. Without the tarball
 * nobody knows of any. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/backup_deletion_controller.go,
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/datamover/dataupload_delete_action.go
 */
export async function forgetMoved(server: Server, backup: KubeObject, location: KubeObject): Promise<void> {
  const own = labelValue(backup.metadata.name);
  const isOwn = ({ metadata }: KubeObject): boolean => metadata.labels?.['velero.io/backup-name'] === own;
  for (const { spec, status } of (await uploadsIn(server, backup, location)).filter(isOwn)) {
    if (!status?.snapshotID || (spec.datamover && spec.datamover !== 'velero')) continue;
    const repository = openRepository(server, spec.sourceNamespace, server.objectStore(location));
    const id = await repository.connect(server.password);
    if (id !== undefined) await repository.forget(id, status.snapshotID);
  }
  for (const upload of server.list('DataUpload').filter(isOwn)) server.store.remove(server.store.refOf(upload));
}

async function uploadsIn(server: Server, { metadata }: KubeObject, location: KubeObject): Promise<KubeObject[]> {
  const { name } = metadata;
  try {
    const { payload } = await server.objectStore(location).get(`backups/${name}/${name}.tar.gz`);
    const items = isArchive(payload) ? payload.items : [];
    return items.flatMap(({ resource, object }) => (resource === 'datauploads.velero.io' ? [object] : []));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw new Error(`error downloading backup tarball, CSI snapshot cleanup was skipped: ${(error as Error).message}`);
  }
}
