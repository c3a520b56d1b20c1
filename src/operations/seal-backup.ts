import type { Clock } from '../domain/given.ts';
import { backupFolder, decideSeal, repositoriesOf, repositoryFolder, sealDigest } from '../domain/seal.ts';
import type { SigningKey } from '../gateways/aws/signing-key.ts';
import type { RecoveryBucket } from '../gateways/recovery-bucket.ts';

export type SealBackup = { primary: RecoveryBucket; key: SigningKey; clock: Clock };
export type SealResult = { sealed: boolean; backup: string; reason: string };

/**
 * Seals a backup when it is whole: names every object that its restore needs, in the version that is there now. Called
 * for each write of its metadata or tarball; called late or twice, it seals what is there then, which is no less.
 */
export async function sealBackup({ primary, key, clock }: SealBackup, name: string): Promise<SealResult> {
  const backup = await primary.backup(name);
  if (backup === undefined) return { sealed: false, backup: name, reason: 'its metadata is gone' };
  const [files, volumes] = await Promise.all([
    primary.bucket.currentVersions(backupFolder(name)),
    primary.volumes(name),
  ]);
  const namespaces = volumes === undefined ? backup.spec.includedNamespaces : repositoriesOf(volumes);
  const folders = await Promise.all(
    namespaces.map((namespace) => primary.bucket.currentVersions(repositoryFolder(namespace))),
  );
  const repositories = folders.flatMap((folder) => [...folder.values()]);
  const decision = decideSeal({ backup, files, repositories, now: clock.now() });
  if (decision.kind !== 'seal') return { sealed: false, backup: name, reason: decision.reason };
  await primary.writeSeal({ seal: decision.seal, signature: await key.sign(sealDigest(decision.seal)) });
  return { sealed: true, backup: name, reason: `${decision.seal.objects.length} objects` };
}
