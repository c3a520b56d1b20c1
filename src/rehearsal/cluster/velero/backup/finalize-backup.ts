import type { KubeObject } from '../../host.ts';
import type { Operation } from '../item-operations.ts';
import { type ObjectStore, zipped } from '../object-store.ts';
import type { Server } from '../server.ts';
import { type Archive, isArchive, itemOf, tarball } from './archive.ts';
import { METADATA, metadata } from './files.ts';
import { updatedByUpload } from './volume-info.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 1_000_000;

/**
 * The last writes. velero-backup.json makes the backup one that other clusters see; where data was moved, what they need
 * to restore it comes after that, in a tarball that takes the place of the first.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/backup_finalizer_controller.go
 */
export async function finalizeBackup(server: Server, backup: KubeObject): Promise<void> {
  const location = server.find('BackupStorageLocation', backup.spec.storageLocation);
  if (location === undefined) return;
  const { name } = backup.metadata;
  const store = server.objectStore(location);
  const archive = await finalArchive(server, store, backup);
  const phase = backup.status.phase === 'Finalizing' ? 'Completed' : 'PartiallyFailed';
  const completionTimestamp = server.store.timestamp();
  const final = { ...backup, status: { ...backup.status, phase, completionTimestamp } };
  try {
    await store.put(`backups/${name}/${METADATA}`, metadata(final));
    if (archive !== undefined) await store.put(`backups/${name}/${name}.tar.gz`, tarball(archive));
  } catch (error) {
    // The CR says so all the same; the bucket keeps what it has for ever. https://github.com/vmware-tanzu/velero/issues/6422
    server.cluster.host.record('velero', { backup: name, notFinal: (error as Error).message });
  }
  server.setStatus(backup, { phase, completionTimestamp });
  server.cluster.host.record('velero', { backup: name, phase });
}

/** What the bucket does not give is tried again, later and later. */
async function finalArchive(server: Server, store: ObjectStore, backup: KubeObject): Promise<Archive | undefined> {
  if (!(backup.status.backupItemOperationsAttempted > 0)) return undefined;
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, LONGEST_RETRY_MS)) {
    try {
      return await withUploads(server, store, backup.metadata.name);
    } catch (error) {
      server.cluster.host.record('velero', { backup: backup.metadata.name, notFinal: (error as Error).message });
      await server.process.sleep(wait);
    }
  }
}

/** The first tarball, with the DataUploads as they are now; what is known of the volumes is brought up to date. */
async function withUploads(server: Server, store: ObjectStore, name: string): Promise<Archive> {
  const path = `backups/${name}/${name}`;
  const operations: Operation[] = (await store.zipped(`${path}-itemoperations.json.gz`)) ?? [];
  const { payload } = await store.get(`${path}.tar.gz`);
  if (!isArchive(payload)) throw new Error('gzip: invalid header');
  const uploads = operations
    .flatMap(({ spec }) => spec.postOperationItems ?? [])
    .flatMap(({ Name }: KubeObject) => server.find('DataUpload', Name) ?? []);
  const known: KubeObject[] = (await store.zipped(`${path}-volumeinfo.json.gz`)) ?? [];
  await store.put(`${path}-volumeinfo.json.gz`, zipped(updatedByUpload(known, uploads)));
  return { items: [...payload.items, ...uploads.map((upload) => itemOf('datauploads.velero.io', upload))] };
}
