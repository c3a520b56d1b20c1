import type { Archive } from './archive.ts';
import {
  type PodVolumeBackup,
  type PointVolume,
  pointVolumes,
  type ResourceList,
  type VeleroBackup,
  type VolumeInfo,
  volumeName,
} from './backup-files.ts';
import { backupFolder, backupJsonKey, tarballKey } from './seal.ts';

/** A file that was looked for: what it says, or why it says nothing. */
export type Found<Value> = { kind: 'there'; value: Value } | { kind: 'absent' } | { kind: 'damaged'; reason: string };

/** What a backup's own files say, by the name of their folder. */
export type BackupContents = {
  name: string;
  metadata: Found<VeleroBackup>;
  volumes: Found<VolumeInfo[]>;
  podVolumeBackups: Found<PodVolumeBackup[]>;
  resources: Found<ResourceList>;
  /** Undefined where the verdict does not hang on it. */
  archive: Found<Archive> | undefined;
};

/** Why a backup cannot be taken for whole: the file to look at; and whether a later write of it may mend that. */
export type Trouble = { key: string; reason: string; awaited: boolean };

const fileOf = (name: string, file: string): string => `${backupFolder(name)}${name}-${file}`;
export const volumeInfoKey = (name: string): string => fileOf(name, 'volumeinfo.json.gz');
export const podVolumeBackupsKey = (name: string): string => fileOf(name, 'podvolumebackups.json.gz');
export const resourceListKey = (name: string): string => fileOf(name, 'resource-list.json.gz');

/** What no restore can do without, or be judged without. Velero restores without the rest. */
export const neededFiles = (name: string): string[] => [
  backupJsonKey(name),
  tarballKey(name),
  volumeInfoKey(name),
  podVolumeBackupsKey(name),
];

const lastPart = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** All that its own files say against a backup. They are compared only once all that is needed is there. */
export function troublesOf(contents: BackupContents): Trouble[] {
  const { name, metadata, volumes, podVolumeBackups, resources, archive } = contents;
  const files: [key: string, found: Found<unknown> | undefined][] = [
    [backupJsonKey(name), metadata],
    [tarballKey(name), archive],
    [volumeInfoKey(name), volumes],
    [podVolumeBackupsKey(name), podVolumeBackups],
    [resourceListKey(name), resources],
  ];
  const needed = new Set(neededFiles(name));
  const unread = files.flatMap(([key, found]): Trouble[] => {
    if (found?.kind === 'damaged')
      return [{ key, reason: `${lastPart(key)} cannot be read: ${found.reason}`, awaited: false }];
    if (found?.kind !== 'absent' || !needed.has(key)) return [];
    return [{ key, reason: `${lastPart(key)} is not there`, awaited: true }];
  });
  if (metadata.kind === 'there' && metadata.value.metadata.name !== name)
    unread.push(trouble(backupJsonKey(name), `names another backup: ${metadata.value.metadata.name}`));
  if (volumes.kind !== 'there' || podVolumeBackups.kind !== 'there' || archive?.kind !== 'there') return unread;
  return [
    ...unread,
    ...volumesAgainstList(name, volumes.value, podVolumeBackups.value),
    ...volumesAgainstArchive(name, volumes.value, archive.value),
    ...itemsAgainstArchive(name, metadata, resources, archive.value),
  ];
}

const trouble = (key: string, reason: string, awaited = false): Trouble => ({
  key,
  reason: `${lastPart(key)} ${reason}`,
  awaited,
});

/**
 * Velero restores a volume of a file system by this list alone: one that it does not name comes back empty, with the
 * restore `Completed`. https://github.com/velero-io/velero/blob/v1.18.2/pkg/controller/backup_sync_controller.go
 */
function volumesAgainstList(name: string, volumes: VolumeInfo[], list: PodVolumeBackup[]): Trouble[] {
  const key = podVolumeBackupsKey(name);
  const listed = new Set(list.map(({ status }) => status.snapshotID));
  const known = new Set(volumes.map(({ pvbInfo }) => pvbInfo?.snapshotHandle));
  return [
    ...volumes
      .filter(({ pvbInfo }) => pvbInfo !== undefined && !listed.has(pvbInfo.snapshotHandle))
      .map((volume) => trouble(key, `does not name the volume ${shown(volume)}`)),
    ...list
      .filter(({ status }) => !known.has(status.snapshotID))
      .map(({ metadata }) => trouble(volumeInfoKey(name), `does not know the volume of ${metadata.name}`)),
  ];
}

/**
 * With data movement Velero says `Completed` one write before the final tarball, and the first one brings every volume
 * back empty. Only the final one holds each snapshot's DataUpload.
 * https://github.com/velero-io/velero/blob/v1.18.2/pkg/controller/backup_finalizer_controller.go
 */
function volumesAgainstArchive(name: string, volumes: VolumeInfo[], { claims, dataUploads }: Archive): Trouble[] {
  const troubles: Trouble[] = [];
  const moved = volumes.filter(({ snapshotDataMoved, skipped }) => snapshotDataMoved && !skipped);
  const unfinished = moved.filter(({ result }) => result === '').length;
  if (unfinished > 0)
    troubles.push(trouble(volumeInfoKey(name), `is not the final one: ${unfinished} volumes are still moved`, true));
  const uploads = new Set(dataUploads.map(({ namespace, claim, snapshot }) => `${namespace}/${claim} ${snapshot}`));
  const without = moved.filter(
    (volume) =>
      volume.result === 'succeeded' &&
      !uploads.has(`${shown(volume)} ${volume.snapshotDataMovementInfo?.snapshotHandle}`),
  );
  if (without.length > 0) {
    const held = `it holds the DataUploads of ${moved.length - without.length} of ${moved.length} moved volumes`;
    troubles.push(trouble(tarballKey(name), `is not the final one: ${held}`, true));
  }
  const known = new Set(volumes.map(shown));
  const unknown = [...claims, ...dataUploads]
    .map(({ namespace, claim }) => `${namespace}/${claim}`)
    .filter((claim) => !known.has(claim));
  for (const claim of new Set(unknown))
    troubles.push(trouble(volumeInfoKey(name), `does not know the volume of ${claim}`));
  return troubles;
}

/** Velero's list and count of objects are of exactly what it put into the tarball; it adds but DataUploads later. */
function itemsAgainstArchive(
  name: string,
  metadata: Found<VeleroBackup>,
  resources: Found<ResourceList>,
  { items }: Archive,
): Trouble[] {
  const told = metadata.kind === 'there' ? metadata.value.status.progress.itemsBackedUp : 0;
  const fewer = items.size < told ? [trouble(tarballKey(name), `holds ${items.size} of ${told} objects`)] : [];
  if (resources.kind !== 'there') return fewer;
  const listed = Object.entries(resources.value).flatMap(([kind, names]) =>
    (names ?? []).map((one) => `${kind} ${one}`),
  );
  const lacking = listed.filter((one) => !items.has(one));
  if (lacking.length === 0) return fewer;
  const reason = `names ${lacking.length} that the tarball does not hold, such as ${lacking[0]}`;
  return [...fewer, trouble(resourceListKey(name), reason)];
}

const shown = (volume: VolumeInfo): string => `${volume.pvcNamespace}/${volumeName(volume)}`;

/** What they say of the backup's volumes; none where they do not say it. */
export const volumesIn = ({ volumes, metadata }: BackupContents): PointVolume[] =>
  volumes.kind === 'there' ? pointVolumes(volumes.value, metadata.kind === 'there' ? metadata.value : undefined) : [];
