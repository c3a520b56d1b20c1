import { repositoryOf } from './recovery-points.ts';
import type { Seal } from './seal.ts';

/**
 * Kopia opens a repository with every index that lies in it, and to find one snapshot reads the manifests that they
 * name, all of them. So an index of a later, half-replicated backup, whose packs never came, keeps every earlier
 * snapshot of that repository from being restored, whole as it is.
 * https://github.com/kopia/kopia/blob/v0.22.3/repo/manifest/committed_manifest_manager.go
 */
const isIndex = (key: string): boolean => /\/x[^/]*$/.test(key);

/** The indexes in the chosen points' repositories that none of their seals names. Hidden, they trouble nobody. */
export function straysAmong(keys: Iterable<string>, chosen: Seal[]): string[] {
  const sealed = new Set(chosen.flatMap((seal) => seal.objects.map((object) => object.key)));
  const repositories = new Set([...sealed].map(repositoryOf).filter((folder) => folder !== undefined));
  return [...keys].filter((key) => isIndex(key) && !sealed.has(key) && repositories.has(repositoryOf(key) ?? ''));
}
