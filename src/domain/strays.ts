import type { RepositoryProof } from './choice-of-points.ts';
import type { Seal } from './seal.ts';
import { isIndex } from './sealing.ts';

/**
 * The indexes in these repositories that the seals which prove them do not name. Kopia opens a repository with every
 * index that lies in it, and to find one snapshot reads the manifests that they name, all of them. So an index of a
 * later, half-replicated backup, whose packs never came, keeps every earlier snapshot of that repository from being
 * restored, whole as it is. Hidden, they trouble nobody.
 * https://github.com/kopia/kopia/blob/v0.22.3/repo/manifest/committed_manifest_manager.go
 */
export function straysAmong(keys: Iterable<string>, proofs: RepositoryProof[], seals: Seal[]): string[] {
  const inForce = new Map(
    seals.flatMap(({ backup, repositories }) =>
      repositories.map(({ folder, indexes }) => [`${backup} ${folder}`, new Set(indexes)] as const),
    ),
  );
  return [...keys].filter((key) => {
    const proof = proofs.find(({ repository }) => key.startsWith(repository));
    return (
      proof !== undefined && isIndex(key) && inForce.get(`${proof.backup} ${proof.repository}`)?.has(key) === false
    );
  });
}
