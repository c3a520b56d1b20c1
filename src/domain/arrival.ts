import type { Seal, SealedObject, SealedRepository } from './seal.ts';
import type { Listing } from './sealing.ts';

/** Of the objects asked for, those that have not arrived in that version. */
export type MissingOf = (objects: SealedObject[]) => SealedObject[];

/**
 * What a repository still wants by one seal: of what the earlier seal wanted, all but what is gone or overwritten since;
 * and what is new. So a repository that was whole needs a look at its new objects alone.
 * @param before what the earlier seal still wanted; undefined when nobody knows: then nobody knows now
 */
export function wantedBy(
  { since, added, removed }: SealedRepository,
  before: SealedObject[] | undefined,
): SealedObject[] | undefined {
  if (since === null) return added;
  if (before === undefined) return undefined;
  const settled = new Set([...removed, ...added.map(({ key }) => key)]);
  return [...before.filter(({ key }) => !settled.has(key)), ...added];
}

/** Every object of a repository by a chain of seals, each since the one before it. @param chain oldest first */
export function namedBy(chain: SealedRepository[]): SealedObject[] {
  const named = new Map<string, SealedObject>();
  for (const { added, removed } of chain) {
    for (const key of removed) named.delete(key);
    for (const object of added) named.set(object.key, object);
  }
  return [...named.values()];
}

/** Of these objects, those that are not in a listing in that version and size. */
export function differing(objects: SealedObject[], listing: Listing): SealedObject[] {
  const current = new Map(listing.objects.map((object) => [object.key, object]));
  return objects.filter(({ key, versionId, size }) => {
    const there = current.get(key);
    return there?.versionId !== versionId || there.size !== size;
  });
}

/** What each repository of a seal lacks; undefined where the seals before it are not all known. */
export type Lacking = Map<string, SealedObject[] | undefined>;

/** Answers, for any of these seals, what its repositories lack; each object is looked for once. */
export function lackingBy(seals: ReadonlyMap<string, Seal>, missingOf: MissingOf): (backup: string) => Lacking {
  const known = new Map<string, Lacking>();
  const lackingOf = (backup: string): Lacking => {
    const found = known.get(backup);
    if (found !== undefined) return found;
    const lacking: Lacking = new Map();
    // Known before it is looked through: seals that name each other in a circle prove nothing.
    known.set(backup, lacking);
    for (const repository of seals.get(backup)?.repositories ?? []) {
      const before = repository.since === null ? undefined : lackingOf(repository.since).get(repository.folder);
      const wanted = wantedBy(repository, before);
      lacking.set(repository.folder, wanted && missingOf(wanted));
    }
    return lacking;
  };
  return lackingOf;
}

/** Repositories that have arrived whole as some seal names them: by folder, the newest such seal. */
export type ProvenRepositories = Map<string, { at: number; backup: string }>;

/** Notes the repositories that a seal proves. @param lacking what they lack by that seal */
export function proveBy(proven: ProvenRepositories, backup: string, sealedAt: string, lacking: Lacking): void {
  const at = Date.parse(sealedAt);
  for (const [folder, missing] of lacking)
    if (missing?.length === 0 && at > (proven.get(folder)?.at ?? 0)) proven.set(folder, { at, backup });
}
