import { lackingBy, type MissingOf, type ProvenRepositories, proveBy } from '../domain/arrival.ts';
import type { Seal } from '../domain/seal.ts';
import { type BucketPoint, judgeBySeal, judgeUnsealed } from '../domain/unsealed.ts';
import type { BucketOfBackups } from '../gateways/backup-contents.ts';

/** A bucket that can be judged: a copy in a directory, or one of S3's. */
export type JudgedBucket = BucketOfBackups & { missingOf: MissingOf };

export type JudgedPoint = { point: BucketPoint; seal: Seal | undefined };

/** Judges every backup that is there or that a seal speaks of, newest first. @param seals those that count, by backup */
export async function judgeBucket(
  bucket: JudgedBucket,
  seals: ReadonlyMap<string, Seal>,
  now: Date,
): Promise<JudgedPoint[]> {
  const lackingOf = lackingBy(seals, (objects) => bucket.missingOf(objects));
  const proven: ProvenRepositories = new Map();
  for (const [backup, { sealedAt }] of seals) proveBy(proven, backup, sealedAt, lackingOf(backup));
  const judged: JudgedPoint[] = [];
  for (const name of new Set([...(await bucket.backups()), ...seals.keys()])) {
    const contents = await bucket.contents(name, now);
    const seal = seals.get(name);
    const lacked = () => ({ files: bucket.missingOf(seal?.objects ?? []), repositories: lackingOf(name), proven });
    const point = seal === undefined ? judgeUnsealed(contents, now) : judgeBySeal(seal, lacked(), contents, now);
    judged.push({ point, seal });
  }
  return judged.sort((a, b) => newerFirst(a.point, b.point));
}

/** Where no moment is known, by name, at the end. */
const newerFirst = (a: BucketPoint, b: BucketPoint): number =>
  (b.moment?.getTime() ?? 0) - (a.moment?.getTime() ?? 0) || (a.name < b.name ? -1 : 1);
