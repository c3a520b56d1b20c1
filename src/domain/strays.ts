import type { RepositoryProof } from './recovery-points.ts';
import type { Seal } from './seal.ts';

/**
 * Kopia opens a repository with every index that lies in it, and to find one snapshot reads the manifests that they
 * name, all of them. So an index of a later, half-replicated backup, whose packs never came, keeps every earlier
 * snapshot of that repository from being restored, whole as it is.
 * https://github.com/kopia/kopia/blob/v0.22.3/repo/manifest/committed_manifest_manager.go
 */
const isIndex = (key: string): boolean => /\/x[^/]*$/.test(key);

/** The indexes in these repositories that the seals which prove them do not name. Hidden, they trouble nobody. */
export function straysAmong(keys: Iterable<string>, proofs: RepositoryProof[], seals: Seal[]): string[] {
  const named = new Map(seals.map((seal) => [seal.backup, new Set(seal.objects.map((object) => object.key))]));
  return [...keys].filter((key) => {
    const proof = proofs.find(({ repository }) => key.startsWith(repository));
    return proof !== undefined && isIndex(key) && named.get(proof.backup)?.has(key) === false;
  });
}
