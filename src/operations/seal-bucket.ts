import type { BackupContents } from '../domain/contents.ts';
import { backupFolder, repositoryFolder, type SealedRepository, type SignedSeal } from '../domain/seal.ts';
import { type Listing, repositoriesOf, type SealedSoFar, sealOf, sealRepository } from '../domain/sealing.ts';
import { brokenRepository, homesOf, refusalOf } from '../domain/sealing-copies.ts';
import type { BucketOfBackups } from '../gateways/backup-contents.ts';

/** A copy of a bucket, as far as sealing looks at it. */
export type BucketToSeal = BucketOfBackups & { listing(prefix: string): Listing };

export type SealedBucket = { seals: SignedSeal[]; refused: { backup: string; reason: string }[] };

/**
 * Seals, unsigned, every backup of a copy that can be: the oldest first, so that it names a repository whole and the
 * later ones only point there.
 */
export async function sealBucket(bucket: BucketToSeal, sealedAt: Date): Promise<SealedBucket> {
  const sealed: SealedBucket = { seals: [], refused: [] };
  const repositories = new Repositories(bucket, sealedAt);
  const backups: BackupContents[] = [];
  // As if long ago: what has expired since is sealed like any other.
  for (const name of await bucket.backups()) backups.push(await bucket.contents(name, new Date(0)));
  for (const contents of backups.sort((a, b) => momentOf(a) - momentOf(b))) {
    const seal = refusing(() => sealContents(bucket, contents, repositories, sealedAt));
    if (typeof seal === 'string') sealed.refused.push({ backup: contents.name, reason: seal });
    else sealed.seals.push(seal);
  }
  return sealed;
}

const momentOf = ({ metadata }: BackupContents): number =>
  metadata.kind === 'there' ? Date.parse(metadata.value.status.startTimestamp ?? '') || 0 : 0;

/** What cannot be read is not sealed. */
function refusing(seal: () => SignedSeal | string): SignedSeal | string {
  try {
    return seal();
  } catch (error) {
    return (error as Partial<Error>).message ?? String(error);
  }
}

/** The seal; or why there is none. */
function sealContents(
  bucket: BucketToSeal,
  contents: BackupContents,
  repositories: Repositories,
  sealedAt: Date,
): SignedSeal | string {
  const { name, metadata, volumes } = contents;
  const files = new Map(bucket.listing(backupFolder(name)).objects.map((file) => [file.key, file]));
  const refusal = refusalOf(contents, files) ?? brokenAmong(homesOf(contents), repositories);
  if (refusal !== undefined || metadata.kind !== 'there') return refusal ?? 'its metadata is not there';
  const namespaces = volumes.kind === 'there' ? repositoriesOf(volumes.value) : [];
  const parts = namespaces.map((namespace) => repositories.seal(repositoryFolder(namespace), name));
  return { seal: sealOf(metadata.value, files.values(), parts, sealedAt), signature: null };
}

const brokenAmong = (homes: string[], repositories: Repositories): string | undefined =>
  homes.map((home) => repositories.broken(home)).find((reason) => reason !== undefined);

/** Kopia's repositories of a copy: each is listed once, and named whole by one seal. */
class Repositories {
  readonly #bucket: BucketToSeal;
  readonly #sealedAt: Date;
  readonly #listings = new Map<string, Listing>();
  readonly #soFar = new Map<string, SealedSoFar>();

  constructor(bucket: BucketToSeal, sealedAt: Date) {
    this.#bucket = bucket;
    this.#sealedAt = sealedAt;
  }

  broken = (folder: string): string | undefined => brokenRepository(folder, this.#listing(folder));

  seal(folder: string, backup: string): SealedRepository {
    const before = this.#soFar.get(folder);
    const sealed = sealRepository(folder, this.#listing(folder), before, backup, this.#sealedAt);
    this.#soFar.set(folder, sealed.soFar);
    return sealed.repository;
  }

  #listing(folder: string): Listing {
    const listing = this.#listings.get(folder) ?? this.#bucket.listing(folder);
    this.#listings.set(folder, listing);
    return listing;
  }
}
