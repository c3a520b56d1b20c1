import { differing, type Lacking, type ProvenRepositories, proveBy, wantedBy } from '../domain/arrival.ts';
import { pointVolumes } from '../domain/backup-files.ts';
import {
  advance,
  besideEarlier,
  type CataloguedPoint,
  catalogue,
  isOpen,
  lackingOf,
  pointOf,
} from '../domain/catalogue.ts';
import { labelledRevision } from '../domain/git-revision.ts';
import type { Clock } from '../domain/given.ts';
import { backupFolder, isSignedBy, type Seal, type SealedObject } from '../domain/seal.ts';
import type { CatalogueTable } from '../gateways/aws/catalogue-table.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { RecoveryBucket } from '../gateways/recovery-bucket.ts';

export type JudgeGiven = { replica: RecoveryBucket; captured: CapturedFacts; catalogue: CatalogueTable; clock: Clock };

/** What all judging of one invocation shares. */
export type Judging = JudgeGiven & {
  proven: ProvenRepositories;
  publicKey: string;
  /** Backups whose judging waits for that of earlier ones: seals that name each other in a circle prove nothing. */
  waiting: Set<string>;
};

/** Undefined before the primary's key was first captured: until then nobody can say which seals are genuine. */
export async function beginJudging(given: JudgeGiven): Promise<Judging | undefined> {
  const [proven, key] = await Promise.all([given.catalogue.repositories(), given.captured.sealKey()]);
  return key && { ...given, proven, publicKey: key.publicKey, waiting: new Set() };
}

/** Objects looked for at a time; and how many of one folder are looked for by listing it. */
const LOOKED_FOR_AT_ONCE = 16;
const LISTED_FROM = 100;
const FIRST_LOOK = 2;

/**
 * Judges one backup by its seal and by what lies in the replica, and catalogues it. What was judged for good stays so;
 * what is open is looked at again, and only at what was missing. Told twice, late or in any order, it comes to the same.
 * Undefined when there is no seal of it.
 * @param change what else has become known of it
 */
export async function judgeBackup(
  judging: Judging,
  backup: string,
  change: Partial<CataloguedPoint> = {},
): Promise<CataloguedPoint | undefined> {
  const known = await judging.catalogue.point(backup);
  if (known === undefined) return conclude(judging, await fromSeal(judging, backup), undefined);
  const point = pointOf(known, judging.proven, judging.clock.now());
  if (!isOpen(point) && known.verdict === point.verdict) return known;
  if (!known.genuine) return conclude(judging, await fromSeal(judging, backup), known);
  const seen = await lookAgain(judging, { ...known, ...change });
  // More was missing than is listed: when that has come, the seal tells the rest.
  const rest = seen.cut && !lacks(seen) ? await fromSeal(judging, backup) : seen;
  return conclude(judging, rest, known);
}

const lacks = ({ files, repositories }: CataloguedPoint): boolean =>
  files.length > 0 || repositories.some(({ missing }) => missing === null || missing.length > 0);

async function fromSeal(judging: Judging, backup: string): Promise<CataloguedPoint | undefined> {
  const { replica, publicKey } = judging;
  const signed = await replica.seal(backup);
  if (signed === undefined) return undefined;
  if (!isSignedBy(signed, publicKey)) return catalogue(signed.seal, false, { files: [], repositories: new Map() });
  const files = differing(signed.seal.objects, await replica.bucket.listing(backupFolder(backup)));
  return catalogue(signed.seal, true, { files, repositories: await repositories(judging, signed.seal) });
}

async function repositories(judging: Judging, seal: Seal): Promise<Lacking> {
  const lacking: Lacking = new Map();
  judging.waiting.add(seal.backup);
  for (const repository of seal.repositories) {
    const { folder, since } = repository;
    const wanted = wantedBy(repository, since === null ? undefined : await lackingSince(judging, since, folder));
    lacking.set(folder, wanted && (await missingOf(judging, wanted)));
  }
  judging.waiting.delete(seal.backup);
  return lacking;
}

/** What an earlier seal still lacks of a repository. It is judged first, if it never was. */
async function lackingSince(judging: Judging, since: string, folder: string): Promise<SealedObject[] | undefined> {
  const before = judging.waiting.has(since) ? undefined : await judgeBackup(judging, since);
  if (before === undefined || !before.genuine) return undefined;
  if (isProven(judging, before, folder)) return [];
  return before.cut ? undefined : lackingOf(before).get(folder);
}

/** Whether a repository is whole by some seal at or after the point's own. */
const isProven = ({ proven }: Judging, { sealedAt }: CataloguedPoint, folder: string): boolean =>
  (proven.get(folder)?.at ?? 0) >= Date.parse(sealedAt);

/** Of what was missing, what still is: looked for a few at first, and on only while they have come. */
async function lookAgain(judging: Judging, known: CataloguedPoint): Promise<CataloguedPoint> {
  const again = async (missing: SealedObject[]): Promise<SealedObject[]> => {
    for (let from = 0, count = FIRST_LOOK; from < missing.length; from += count, count *= 2) {
      const still = await missingOf(judging, missing.slice(from, from + count));
      if (still.length > 0) return [...still, ...missing.slice(from + count)];
    }
    return [];
  };
  const files = await again(known.files);
  const found: CataloguedPoint['repositories'] = [];
  for (const { folder, missing } of known.repositories) {
    const settled = missing === null || isProven(judging, known, folder);
    found.push({ folder, missing: settled ? missing : await again(missing) });
  }
  const unknown = found.some(({ folder, missing }) => missing === null && !isProven(judging, known, folder));
  return unknown ? ((await fromSeal(judging, known.backup)) ?? known) : { ...known, files, repositories: found };
}

/** @param objects of one folder */
async function missingOf({ replica }: Judging, objects: SealedObject[]): Promise<SealedObject[]> {
  const [first] = objects;
  if (first !== undefined && objects.length >= LISTED_FROM) {
    const listing = await replica.bucket.listing(first.key.slice(0, first.key.lastIndexOf('/') + 1));
    return differing(objects, listing);
  }
  const missing: SealedObject[] = [];
  for (let from = 0; from < objects.length; from += LOOKED_FOR_AT_ONCE) {
    const some = objects.slice(from, from + LOOKED_FOR_AT_ONCE);
    const current = await Promise.all(some.map(({ key }) => replica.bucket.currentVersion(key)));
    missing.push(...some.filter(({ versionId }, index) => current[index]?.versionId !== versionId));
  }
  return missing;
}

/** Reads what only a whole point can tell, judges, and catalogues what has changed. */
async function conclude(
  judging: Judging,
  seen: CataloguedPoint | undefined,
  before: CataloguedPoint | undefined,
): Promise<CataloguedPoint | undefined> {
  if (seen === undefined) return undefined;
  const { proven, clock } = judging;
  const lacking = seen.genuine && !seen.cut ? lackingOf(seen) : new Map();
  for (const [folder, proof] of newlyProven(proven, seen, lacking)) await judging.catalogue.prove(folder, proof);
  const whole = pointOf({ ...seen, volumes: [] }, proven, clock.now()).verdict === 'restorable';
  const known = whole && seen.volumes === null ? await withContents(judging, seen) : seen;
  const point = pointOf(known, proven, clock.now());
  const judged = { ...known, verdict: point.verdict, reason: point.reason };
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(judged)) return before;
  await judging.catalogue.putPoint(judged, isOpen(point));
  if (judged.genuine) await judging.catalogue.changeSchedule(judged.schedule, (state) => advance(state, judged, point));
  return judged;
}

function newlyProven(proven: ProvenRepositories, { backup, sealedAt }: CataloguedPoint, lacking: Lacking) {
  const before = new Map(proven);
  proveBy(proven, backup, sealedAt, lacking);
  return [...proven].filter(([folder, proof]) => before.get(folder) !== proof);
}

/** What cannot be read now may be read later: then the point stays open. */
async function withContents({ replica, catalogue, clock }: Judging, known: CataloguedPoint): Promise<CataloguedPoint> {
  const [infos, backup] = await Promise.all([replica.volumes(known.backup), replica.backup(known.backup)]);
  if (infos === undefined || backup === undefined) return known;
  const earlier = await catalogue.newestRestorable(known.schedule);
  const comparable = earlier !== undefined && earlier.moment < known.moment && !isExpired(earlier, clock.now());
  const volumes = besideEarlier(pointVolumes(infos, backup), comparable ? earlier : undefined);
  const git = labelledRevision(backup.metadata.labels);
  return { ...known, volumes, items: backup.status.progress.itemsBackedUp, git: git ?? null };
}

const isExpired = ({ expiration }: CataloguedPoint, now: Date): boolean => Date.parse(expiration) <= now.getTime();
