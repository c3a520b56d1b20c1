import * as z from 'zod';
import { SCHEDULE_LABEL, type VeleroBackup, type VolumeInfo } from './backup-files.ts';
import { backupJsonKey, type Seal, type SealedObject, type SealedRepository, tarballKey } from './seal.ts';

export type Listed = { key: string; versionId: string; size: number; etag: string; lastModified: Date };

/** A folder of the bucket as it is now. */
export type Listing = {
  objects: Listed[];
  deleted: { key: string; lastModified: Date }[];
  /** Of what was written more than once, the version that was written first. */
  firsts: Map<string, Listed>;
};

/** How far a repository has been sealed. Kept beside the seals; without it the next seal names everything anew. */
export const sealedSoFar = z.object({
  /** The backup whose seal names the newest. */
  backup: z.string(),
  sealedAt: z.iso.datetime(),
  /** When everything was last named by one seal. */
  wholeAt: z.iso.datetime(),
  /** What was named although it was written shortly before, as `key versionId`: it need not be named again. */
  recent: z.array(z.string()),
});
export type SealedSoFar = z.infer<typeof sealedSoFar>;

/**
 * An object that was uploaded in parts bears the time at which that began, so it may turn up this much later than its
 * time says. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
const UPLOAD_MS = 15 * 60_000;
/** Each day everything is named anew, so that no more seals than a day's are ever read to know a repository. */
const WHOLE_EACH_MS = 86_400_000;

/** Velero's last writes follow the end of a backup at once. Whatever is written later, Velero did not write. */
const LAST_WRITE_MS = 15 * 60_000;

/** What Velero ends a backup with and keeps in the bucket. https://github.com/velero-io/velero/blob/v1.18.2/pkg/apis/velero/v1/backup_types.go */
const TERMINAL = ['Completed', 'PartiallyFailed', 'Failed'];

export type SealDecision = { kind: 'seal' } | { kind: 'not-yet' | 'never'; reason: string };

/**
 * Whether a backup can be sealed now. With data movement Velero says Completed one write *before* the final tarball, so
 * that one must be at least as new; its event then seals. What failed is sealed too: so the standby learns of it.
 */
export function decideSeal(backup: VeleroBackup, files: ReadonlyMap<string, Listed>): SealDecision {
  const { name } = backup.metadata;
  const { phase, startTimestamp, completionTimestamp, expiration, backupItemOperationsAttempted } = backup.status;
  if (phase === 'FailedValidation') return { kind: 'never', reason: `Velero says ${phase}` };
  if (!TERMINAL.includes(phase)) return { kind: 'not-yet', reason: `Velero says ${phase}` };
  if (startTimestamp === undefined || expiration === undefined) return { kind: 'never', reason: 'it has no times' };
  const metadata = files.get(backupJsonKey(name));
  const tarball = files.get(tarballKey(name));
  if (metadata === undefined) return { kind: 'not-yet', reason: 'its metadata is not there' };
  if (phase === 'Failed') return { kind: 'seal' };
  if (tarball === undefined) return { kind: 'not-yet', reason: 'its tarball is not there' };
  if (backupItemOperationsAttempted > 0 && tarball.lastModified < metadata.lastModified)
    return { kind: 'not-yet', reason: 'its final tarball is still to come' };
  const ended = Date.parse(completionTimestamp ?? '');
  const strange = [...files.values()].find((file) => file.lastModified.getTime() > ended + LAST_WRITE_MS);
  if (strange !== undefined) return { kind: 'never', reason: `${strange.key} was written long after it had ended` };
  return { kind: 'seal' };
}

/** The seal of a backup that can be sealed. */
export function sealOf(
  { metadata, status, spec }: VeleroBackup,
  files: Iterable<Listed>,
  repositories: SealedRepository[],
  sealedAt: Date,
): Seal {
  return {
    version: 2,
    backup: metadata.name,
    schedule: metadata.labels[SCHEDULE_LABEL] ?? '',
    moment: status.startTimestamp ?? '',
    sealedAt: sealedAt.toISOString(),
    expiration: status.expiration ?? '',
    phase: status.phase,
    namespaces: spec.includedNamespaces,
    objects: Array.from(files, sealed),
    repositories,
  };
}

/**
 * What a seal says of a repository, and how far it is sealed then. A backup whose own earlier seal was the newest, and
 * one a day, names everything.
 */
export function sealRepository(
  folder: string,
  listing: Listing,
  soFar: SealedSoFar | undefined,
  backup: string,
  sealedAt: Date,
): { repository: SealedRepository; soFar: SealedSoFar } {
  const now = sealedAt.getTime();
  // Whatever is newer belongs to a later backup.
  const objects = listing.objects
    .filter(isNeeded)
    .map((object) => (isWrittenOnce(object.key) ? (listing.firsts.get(object.key) ?? object) : object))
    .filter(({ lastModified }) => lastModified.getTime() <= now);
  const usable = soFar !== undefined && soFar.backup !== backup && now - Date.parse(soFar.wholeAt) < WHOLE_EACH_MS;
  const from = usable ? Date.parse(soFar.sealedAt) - UPLOAD_MS : 0;
  const known = new Set(usable ? soFar.recent : []);
  const added = objects.filter((object) => object.lastModified.getTime() > from && !known.has(versionName(object)));
  const removed = usable ? listing.deleted.filter(({ lastModified }) => lastModified.getTime() > from) : [];
  const recent = objects.filter(({ lastModified }) => lastModified.getTime() > now - UPLOAD_MS).map(versionName);
  const wholeAt = usable ? soFar.wholeAt : sealedAt.toISOString();
  return {
    repository: {
      folder,
      since: usable ? soFar.backup : null,
      added: added.map(sealed),
      removed: removed.map(({ key }) => key),
      indexes: objects.map(({ key }) => key).filter(isIndex),
    },
    soFar: { backup, sealedAt: sealedAt.toISOString(), wholeAt, recent },
  };
}

const versionName = ({ key, versionId }: Listed): string => `${key} ${versionId}`;
const sealed = ({ key, versionId, size, etag }: Listed): SealedObject => ({ key, versionId, size, checksum: etag });

/** The namespaces whose kopia repositories a backup wrote to. */
export const repositoriesOf = (volumes: VolumeInfo[]): string[] => [
  ...new Set(volumes.filter((volume) => !volume.skipped).map((volume) => volume.pvcNamespace)),
];

const baseName = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** https://github.com/kopia/kopia/blob/v0.22.3/repo/content/index_blob_manager_v0.go: `x` and then some. */
export const isIndex = (key: string): boolean => baseName(key).startsWith('x');

/** Kopia never writes a pack or an index again under its name: whatever else comes there is damage, and is not sealed. */
const isWrittenOnce = (key: string): boolean => /^[pqx]/.test(baseName(key));

/** Kopia's logs and session markers come and go, and its maintenance marks are written anew; no restore reads them. */
export const isNeeded = ({ key }: { key: string }): boolean =>
  !/^(_log_|s[0-9a-f]|kopia\.maintenance)/.test(baseName(key));
