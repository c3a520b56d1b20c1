import { createHash, createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import type { VeleroBackup, VolumeInfo } from './backup-files.ts';
import { SCHEDULE_LABEL } from './backup-files.ts';

/** Velero's part of its bucket; what is ours lies beside it, since Velero refuses a location with foreign folders. */
export const VELERO_PREFIX = 'velero/';
export const SEAL_PREFIX = 'lifeboat/seals/';

const sealedObject = z.object({
  key: z.string(),
  versionId: z.string(),
  size: z.int().min(0),
  /** S3's ETag. */
  checksum: z.string(),
});
export type SealedObject = z.infer<typeof sealedObject>;

/** Every object that one recovery point needs. Members stand in the order in which they are signed. */
export const seal = z.object({
  version: z.literal(1),
  backup: z.string().min(1),
  schedule: z.string(),
  /** When the backup began: what was written later is not surely in it. */
  moment: z.iso.datetime(),
  sealedAt: z.iso.datetime(),
  expiration: z.iso.datetime(),
  phase: z.string(),
  namespaces: z.array(z.string()),
  objects: z.array(sealedObject),
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
export const backupFolder = (backup: string): string => `${VELERO_PREFIX}backups/${backup}/`;
export const repositoryFolder = (namespace: string): string => `${VELERO_PREFIX}kopia/${namespace}/`;
export const tarballKey = (backup: string): string => `${backupFolder(backup)}${backup}.tar.gz`;
export const backupJsonKey = (backup: string): string => `${backupFolder(backup)}velero-backup.json`;

/** The backup that an object's key belongs to; undefined when it is none's. */
export const backupOfKey = (key: string): string | undefined =>
  key.startsWith(`${VELERO_PREFIX}backups/`) ? key.slice(VELERO_PREFIX.length).split('/')[1] : undefined;

export type Listed = { key: string; versionId: string; size: number; etag: string; lastModified: Date };

export type SealDecision =
  | { kind: 'seal'; seal: Seal }
  | { kind: 'not-yet'; reason: string }
  | { kind: 'never'; reason: string };

export type SealFacts = { backup: VeleroBackup; files: Map<string, Listed>; repositories: Listed[]; now: Date };

/**
 * Whether a backup can be sealed now, and with what. With data movement Velero says Completed one write *before* the
 * final tarball, so that one must be at least as new; its event then seals.
 */
export function decideSeal({ backup, files, repositories, now }: SealFacts): SealDecision {
  const { name } = backup.metadata;
  const { phase, startTimestamp, expiration, backupItemOperationsAttempted } = backup.status;
  if (phase === 'Failed' || phase === 'FailedValidation') return { kind: 'never', reason: `Velero says ${phase}` };
  if (phase !== 'Completed' && phase !== 'PartiallyFailed') return { kind: 'not-yet', reason: `Velero says ${phase}` };
  if (startTimestamp === undefined || expiration === undefined) return { kind: 'never', reason: 'it has no times' };
  const metadata = files.get(backupJsonKey(name));
  const tarball = files.get(tarballKey(name));
  if (metadata === undefined || tarball === undefined) return { kind: 'not-yet', reason: 'a file of it is not there' };
  if (backupItemOperationsAttempted > 0 && tarball.lastModified < metadata.lastModified) {
    return { kind: 'not-yet', reason: 'its final tarball is still to come' };
  }
  const objects = [...files.values(), ...repositories.filter(isNeeded)].map(({ key, versionId, size, etag }) => ({
    key,
    versionId,
    size,
    checksum: etag,
  }));
  return {
    kind: 'seal',
    seal: {
      version: 1,
      backup: name,
      schedule: backup.metadata.labels[SCHEDULE_LABEL] ?? '',
      moment: startTimestamp,
      sealedAt: now.toISOString(),
      expiration,
      phase,
      namespaces: backup.spec.includedNamespaces,
      objects,
    },
  };
}

/** The namespaces whose kopia repositories a backup wrote to. */
export const repositoriesOf = (volumes: VolumeInfo[]): string[] => [
  ...new Set(volumes.filter((volume) => !volume.skipped).map((volume) => volume.pvcNamespace)),
];

/** Kopia's logs and session markers come and go, and its maintenance marks are written anew; no restore reads them. */
const isNeeded = ({ key }: Listed): boolean =>
  !/^(_log_|s[0-9a-f]|kopia\.maintenance)/.test(key.split('/').at(-1) ?? '');
