import { type BackupContents, troublesOf, volumesIn } from './contents.ts';
import { backupJsonKey, repositoryFolder } from './seal.ts';
import { decideSeal, isIndex, type Listed, type Listing } from './sealing.ts';

/**
 * Why a copy of a backup cannot be sealed; undefined when it can be. A copy tells no times of writes, so what is final
 * is decided by what the files say: of a moment too early for that, nothing is sealed.
 */
export function refusalOf(contents: BackupContents, files: ReadonlyMap<string, Listed>): string | undefined {
  const { name, metadata } = contents;
  const troubles = troublesOf(contents);
  if (metadata.kind !== 'there' || metadata.value.metadata.name !== name)
    return troubles.find(({ key }) => key === backupJsonKey(name))?.reason ?? 'its metadata is not there';
  const decision = decideSeal(metadata.value, files);
  if (decision.kind !== 'seal') return decision.reason;
  // Of what failed, the seal only tells that it did.
  return metadata.value.status.phase === 'Completed' ? troubles[0]?.reason : undefined;
}

/** The folders of the repositories that hold a backup's volumes. */
export const homesOf = (contents: BackupContents): string[] => {
  const portable = volumesIn(contents).filter((volume) => volume.portable);
  return [...new Set(portable.map(({ namespace }) => repositoryFolder(namespace)))];
};

/**
 * Why a repository cannot be whole, as far as that shows: without its description nothing opens it, without an index or
 * a pack of manifests no snapshot is found in it, and none of its objects is ever empty. A pack that is not there at all
 * shows only beside the primary. https://github.com/kopia/kopia/blob/v0.22.3/repo/format/blobcfg.go
 */
export function brokenRepository(folder: string, { objects }: Listing): string | undefined {
  const has = (start: string): boolean => objects.some(({ key }) => key.startsWith(folder + start));
  const lacking: [boolean, string][] = [
    [!has('kopia.repository'), 'has no kopia.repository'],
    [!objects.some(({ key }) => isIndex(key)), 'has no index'],
    [!has('q'), 'has no pack of manifests'],
  ];
  const found = lacking.find(([absent]) => absent)?.[1];
  const empty = objects.find(({ size }) => size === 0);
  const reason = found ?? (empty && `has an empty object: ${empty.key.slice(folder.length)}`);
  return reason && `kopia's repository of ${folder.split('/').at(-2)} ${reason}`;
}
