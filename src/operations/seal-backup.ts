import type { Clock } from '../domain/given.ts';
import { backupFolder, repositoryFolder, sealDigest } from '../domain/seal.ts';
import { decideSeal, repositoriesOf, sealOf, sealRepository } from '../domain/sealing.ts';
import type { SigningKey } from '../gateways/aws/signing-key.ts';
import type { RecoveryBucket } from '../gateways/recovery-bucket.ts';

export type SealBackup = { primary: RecoveryBucket; key: SigningKey; clock: Clock };
export type SealResult = { sealed: boolean; backup: string; reason: string };

/**
 * Seals a backup when it is whole: names every object that its restore needs, in the version that is there now, and of
 * its repositories what is new since they were sealed last. Called for each write of its metadata or tarball; once it is
 * sealed nothing is done: Velero writes no more to what has ended, and what somebody else does must not be sealed. The
 * seal is written before the notes of how far repositories are sealed: without them the next seal names more than it
 * need, and never less.
 */
export async function sealBackup({ primary, key, clock }: SealBackup, name: string): Promise<SealResult> {
  const [backup, existing] = await Promise.all([primary.backup(name), primary.seal(name)]);
  if (existing !== undefined) return { sealed: true, backup: name, reason: 'it was sealed before' };
  if (backup === undefined) return { sealed: false, backup: name, reason: 'its metadata is gone, or cannot be read' };
  const sealedAt = clock.now();
  const [{ objects }, volumes] = await Promise.all([primary.bucket.listing(backupFolder(name)), primary.volumes(name)]);
  const files = new Map(objects.map((file) => [file.key, file]));
  const decision = decideSeal(backup, files);
  if (decision.kind !== 'seal') return { sealed: false, backup: name, reason: decision.reason };
  const namespaces = volumes === undefined ? backup.spec.includedNamespaces : repositoriesOf(volumes);
  const parts = await Promise.all(namespaces.map((namespace) => repository(primary, namespace, name, sealedAt)));
  const seal = sealOf(
    backup,
    files.values(),
    parts.map(({ repository }) => repository),
    sealedAt,
  );
  await primary.writeSeal({ seal, signature: await key.sign(sealDigest(seal)) });
  for (const { namespace, soFar } of parts) await primary.writeSealedSoFar(namespace, soFar);
  return { sealed: true, backup: name, reason: `${seal.objects.length} files, ${parts.length} repositories` };
}

async function repository(primary: RecoveryBucket, namespace: string, backup: string, sealedAt: Date) {
  const folder = repositoryFolder(namespace);
  const [listing, before] = await Promise.all([primary.bucket.listing(folder), primary.sealedSoFar(namespace)]);
  return { namespace, ...sealRepository(folder, listing, before, backup, sealedAt) };
}
