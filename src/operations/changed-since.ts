import { differing, namedBy } from '../domain/arrival.ts';
import type { CataloguedPoint } from '../domain/catalogue.ts';
import { backupFolder, isSignedBy, type Seal, type SealedObject, type SealedRepository } from '../domain/seal.ts';
import type { Judging } from './judge-backup.ts';

/** What seals say of one folder that a point needs: a backup's own, or a repository's. */
export type Named = {
  folder: string;
  objects: SealedObject[];
  /** The seal that should be there and is not: then not everything is named. */
  unsealed: string | undefined;
};

/** Everything that a point needs. A repository is taken as the seal names it that proves it. */
export async function namedFor(
  judging: Judging,
  { backup, sealedAt, repositories }: CataloguedPoint,
): Promise<Named[]> {
  const own = await genuineSeal(judging, backup);
  const named: Named[] = [
    { folder: backupFolder(backup), objects: own?.objects ?? [], unsealed: own === undefined ? backup : undefined },
  ];
  for (const { folder } of repositories) {
    const proof = judging.proven.get(folder);
    const by = proof !== undefined && proof.at >= Date.parse(sealedAt) ? proof.backup : backup;
    const { chain, unsealed } = await chainOf(judging, by, folder);
    named.push({ folder, objects: namedBy(chain), unsealed });
  }
  return named;
}

/** What a look at the replica itself says of a point that the catalogue holds for whole. */
export type Changes = {
  /** What does not lie there in the version and size that was sealed. */
  changed: SealedObject[];
  /** Seals that should be there and are not: what they named nobody knows. */
  unsealed: string[];
};

export async function changedSince(judging: Judging, known: CataloguedPoint): Promise<Changes> {
  const changes: Changes = { changed: [], unsealed: [] };
  for (const { folder, objects, unsealed } of await namedFor(judging, known)) {
    changes.changed.push(...differing(objects, await judging.replica.bucket.listing(folder)));
    if (unsealed !== undefined) changes.unsealed.push(unsealed);
  }
  return changes;
}

/** What a seal and those before it say of a repository, oldest first: a day's seals at most. */
async function chainOf(
  judging: Judging,
  backup: string,
  folder: string,
): Promise<{ chain: SealedRepository[]; unsealed: string | undefined }> {
  const chain: SealedRepository[] = [];
  const looked = new Set<string>();
  for (let name: string | null = backup; name !== null; ) {
    // Seals that name each other in a circle prove nothing.
    if (looked.has(name)) return { chain, unsealed: name };
    looked.add(name);
    const seal: Seal | undefined = await genuineSeal(judging, name);
    const repository = seal?.repositories.find((one) => one.folder === folder);
    if (repository === undefined) return { chain, unsealed: name };
    chain.unshift(repository);
    name = repository.since;
  }
  return { chain, unsealed: undefined };
}

async function genuineSeal({ replica, publicKey }: Judging, backup: string): Promise<Seal | undefined> {
  const signed = await replica.seal(backup);
  return signed !== undefined && isSignedBy(signed, publicKey) ? signed.seal : undefined;
}
