import type { KubeObject } from '../../host.ts';
import { type Content, zipped, zippedLazily, zippedText } from '../object-store.ts';
import { type Archive, resourceList, tarball } from './archive.ts';

/** What a backup's files are made of, but for velero-backup.json, which is written again. */
export type BackupFiles = {
  archive: Archive;
  podVolumeBackups: KubeObject[];
  volumeInfo: () => KubeObject[];
  itemOperations: KubeObject[];
  results: KubeObject;
  log: () => string;
};

/** Below `backups/<name>/`. */
export const METADATA = 'velero-backup.json';

/** `velero-backup.json`: the Backup as it is, with its phase. */
export function metadata(backup: KubeObject): Content {
  const { apiVersion, kind, metadata, spec, status } = backup;
  return { body: JSON.stringify({ kind, apiVersion, metadata, spec, status }, undefined, 2) };
}

export const logs = ({ log }: BackupFiles): Content => zippedText(log);

export const contents = ({ archive }: BackupFiles): Content => tarball(archive);

/** The files after the tarball, by the ends of their names. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/persistence/object_store_layout.go */
export const otherFiles = (files: BackupFiles): Record<string, Content> => ({
  'podvolumebackups.json.gz': zippedLazily(() =>
    files.podVolumeBackups.map(({ metadata, spec, status }) => ({ metadata, spec, status })),
  ),
  // Without native snapshots the list is null.
  'volumesnapshots.json.gz': zipped(null),
  'itemoperations.json.gz': zipped(files.itemOperations),
  'resource-list.json.gz': zippedLazily(() => resourceList(files.archive.items)),
  'results.gz': zipped(files.results),
  'volumeinfo.json.gz': zippedLazily(files.volumeInfo),
});
