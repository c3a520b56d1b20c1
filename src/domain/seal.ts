import { createHash, createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';

/** Velero's part of its bucket; what is ours lies beside it, since Velero refuses a location with foreign folders. */
export const VELERO_PREFIX = 'velero/';
export const SEAL_PREFIX = 'lifeboat/seals/';

export const sealedObject = z.object({
  key: z.string(),
  versionId: z.string(),
  size: z.int().min(0),
  /** S3's ETag; of a local copy the MD5, which is the same for an object that was written in one part. */
  checksum: z.string(),
});
export type SealedObject = z.infer<typeof sealedObject>;

/**
 * What a seal says of one kopia repository: what is new in it since an earlier seal, and what is gone. With that
 * seal's own words, and those before it, every object of the repository is named.
 */
const sealedRepository = z.object({
  /** `velero/kopia/<namespace>/`. */
  folder: z.string(),
  /** The backup whose seal names what was there before; null when all is named here. */
  since: z.string().nullable(),
  added: z.array(sealedObject),
  removed: z.array(z.string()),
  /** Every index that is in force: few, as kopia merges them. */
  indexes: z.array(z.string()),
});
export type SealedRepository = z.infer<typeof sealedRepository>;

/** Every object that one recovery point needs. Members stand in the order in which they are signed. */
export const seal = z.object({
  version: z.literal(2),
  backup: z.string().min(1),
  schedule: z.string(),
  /** When the backup began: what was written later is not surely in it. */
  moment: z.iso.datetime(),
  /** What was written after this is not named. */
  sealedAt: z.iso.datetime(),
  expiration: z.iso.datetime(),
  phase: z.string(),
  namespaces: z.array(z.string()),
  /** The backup's own files. */
  objects: z.array(sealedObject),
  repositories: z.array(sealedRepository),
});
export type Seal = z.infer<typeof seal>;

export const signedSeal = z.object({ seal, signature: z.string().nullable() });
export type SignedSeal = z.infer<typeof signedSeal>;

/** The digest that is signed. */
export const sealDigest = (value: Seal): Uint8Array =>
  createHash('sha256')
    .update(JSON.stringify(seal.parse(value)))
    .digest();

/** Whether that key signed this seal. @param publicKey DER (SubjectPublicKeyInfo), base64 */
export function isSignedBy(value: SignedSeal, publicKey: string): boolean {
  if (value.signature === null) return false;
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return verify(
    'sha256',
    Buffer.from(JSON.stringify(seal.parse(value.seal))),
    key,
    Buffer.from(value.signature, 'base64'),
  );
}

export const sealKey = (backup: string): string => `${SEAL_PREFIX}${backup}.json`;
/** The backup whose seal lies there; undefined when no seal does. */
export const backupOfSeal = (key: string): string | undefined =>
  key.startsWith(SEAL_PREFIX) && key.endsWith('.json') ? key.slice(SEAL_PREFIX.length, -'.json'.length) : undefined;

export const backupFolder = (backup: string): string => `${VELERO_PREFIX}backups/${backup}/`;
export const repositoryFolder = (namespace: string): string => `${VELERO_PREFIX}kopia/${namespace}/`;
export const tarballKey = (backup: string): string => `${backupFolder(backup)}${backup}.tar.gz`;
export const backupJsonKey = (backup: string): string => `${backupFolder(backup)}velero-backup.json`;

/** The backup that an object's key belongs to; undefined when it is none's. */
export const backupOfKey = (key: string): string | undefined =>
  key.startsWith(`${VELERO_PREFIX}backups/`) ? key.slice(VELERO_PREFIX.length).split('/')[1] : undefined;
