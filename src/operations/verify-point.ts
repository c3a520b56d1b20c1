import { createHash } from 'node:crypto';
import { differing } from '../domain/arrival.ts';
import { advance, type CataloguedPoint, isOpen, pointOf, withdraw } from '../domain/catalogue.ts';
import { FactNotCaptured } from '../domain/errors.ts';
import type { Random } from '../domain/given.ts';
import { backupFolder, type SealedObject } from '../domain/seal.ts';
import type { Listing } from '../domain/sealing.ts';
import {
  type Changed,
  type Compared,
  findingText,
  unverified,
  type Verification,
  verify,
} from '../domain/verification.ts';
import { readContents } from '../gateways/backup-contents.ts';
import { unzipAtOnce } from '../gateways/tarball.ts';
import { longestInterval } from '../plan/intervals.ts';
import { scheduledNamespaces } from '../plan/places.ts';
import type { BackupSchedule, Plan } from '../plan/schema.ts';
import { type Named, namedFor } from './changed-since.ts';
import { beginJudging, type JudgeGiven, type Judging } from './judge-backup.ts';

/** Points older than this many of its schedule no run would want. */
const POINTS_CONSIDERED = 50;
/** Reading all of a repository would cost as much as a restore: of each, so many blobs are read, drawn anew each time. */
const BLOBS_SAMPLED = 4;
const SAMPLED_BYTES_MAX = 64 * 1024 * 1024;
/** Of files of a backup; nothing that Velero writes beside its tarball is nearly as large. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

export type VerifyPoint = JudgeGiven & { random: Random };
export type Verified = { schedule: string; backup: string | null; findings: number };

/**
 * Looks into the recovery point that a failover would take from a schedule: whether all that is sealed is there, and its
 * files hold the bytes that were sealed, say the same of each other, and have what the primary has. What is damaged is
 * taken out of the choice. What was found is kept in the catalogue.
 */
export async function verifyPoint(given: VerifyPoint, plan: Plan, run: string, name: string): Promise<Verified> {
  const judging = await beginJudging(given);
  if (judging === undefined)
    throw new FactNotCaptured(
      'the key of the seals was never captured; run the machine protect while the primary lives',
    );
  const schedule = plan.stores.backups.schedules.find((one) => one.name === name);
  const namespaces = schedule === undefined ? [] : scheduledNamespaces(plan, schedule);
  const points = await given.catalogue.newest(name, POINTS_CONSIDERED);
  const now = given.clock.now();
  // What was found damaged is looked at again: it may have been brought back since.
  const newest = points.find((known) => isRestorable({ ...known, verified: undefined }, judging));
  const next = points.find((known) => known !== newest && isRestorable(known, judging));
  const found =
    newest === undefined || schedule === undefined
      ? unverified({ run, schedule: name, namespaces, now }, 'no recovery point of it can be restored')
      : await lookInto(judging, given.random, { plan, run, schedule, namespaces }, newest);
  if (newest !== undefined) await note(judging, newest, next, found);
  await given.catalogue.writeVerification(found);
  return { schedule: name, backup: found.backup, findings: found.findings.length };
}

const isRestorable = (known: CataloguedPoint, { proven, clock }: Judging): boolean =>
  pointOf(known, proven, clock.now()).verdict === 'restorable';

type Asked = { plan: Plan; run: string; schedule: BackupSchedule; namespaces: string[] };

async function lookInto(
  judging: Judging,
  random: Random,
  { plan, run, schedule, namespaces }: Asked,
  known: CataloguedPoint,
): Promise<Verification> {
  const { replica, captured, clock } = judging;
  const named = await namedFor(judging, known);
  const changed: Changed[] = [];
  for (const { folder, objects } of named) changed.push(...changesIn(objects, await replica.bucket.listing(folder)));
  const reader = new ComparingReader(
    judging,
    named.flatMap(({ objects }) => objects),
  );
  const contents = await readContents(reader, known.backup, clock.now(), unzipAtOnce);
  for (const key of toRead(named, known, changed, random)) await reader.read(key);
  return verify({
    run,
    schedule: schedule.name,
    namespaces,
    backup: known.backup,
    moment: new Date(known.moment),
    contents,
    named: named.flatMap(({ objects }) => objects),
    unsealed: named.flatMap(({ unsealed }) => unsealed ?? []),
    changed,
    compared: reader.compared,
    inventory: await captured.inventory(),
    unsealedSince: new Date(clock.now().getTime() - 2 * 1000 * sealedEach(plan, namespaces)),
    now: clock.now(),
  });
}

/** How long it takes until every repository of these namespaces was backed up, and sealed, again; in seconds. */
const sealedEach = (plan: Plan, namespaces: string[]): number =>
  Math.max(
    ...namespaces.map((namespace) =>
      Math.min(
        ...plan.stores.backups.schedules
          .filter((schedule) => scheduledNamespaces(plan, schedule).includes(namespace))
          .filter(({ contents }) => contents === 'everything')
          .map(longestInterval),
      ),
    ),
  );

function changesIn(objects: SealedObject[], listing: Listing): Changed[] {
  const deleted = new Map(listing.deleted.map(({ key, lastModified }) => [key, lastModified]));
  return differing(objects, listing).map(({ key }) => ({ key, deletedAt: deleted.get(key) }));
}

/** The rest of the backup's own files, and some of each repository. What is not there has been told of already. */
function toRead(named: Named[], known: CataloguedPoint, changed: Changed[], random: Random): string[] {
  const gone = new Set(changed.map(({ key }) => key));
  const own = backupFolder(known.backup);
  return named.flatMap(({ folder, objects }) => {
    const there = objects.filter(({ key }) => !gone.has(key));
    if (folder === own) return there.filter(({ size }) => size <= FILE_BYTES_MAX).map(({ key }) => key);
    const able = there.filter(({ size, checksum }) => size <= SAMPLED_BYTES_MAX && !checksum.includes('-'));
    return drawn(able, random).map(({ key }) => key);
  });
}

function drawn<Item>(items: Item[], random: Random): Item[] {
  const left = [...items];
  return Array.from({ length: Math.min(BLOBS_SAMPLED, items.length) }, () =>
    left.splice(Math.floor(random.next() * left.length), 1),
  ).flat();
}

/** Reads objects of the replica, each once, and compares their bytes with the digests that are sealed. */
class ComparingReader {
  readonly compared: Compared[] = [];
  readonly #judging: Judging;
  readonly #sealed: Map<string, SealedObject>;
  readonly #done = new Set<string>();

  constructor(judging: Judging, sealed: SealedObject[]) {
    this.#judging = judging;
    this.#sealed = new Map(sealed.map((object) => [object.key, object]));
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const sealed = this.#sealed.get(key);
    if (this.#done.has(key)) return undefined;
    this.#done.add(key);
    const read = await this.#judging.replica.bucket.readWithDigest(key);
    if (sealed !== undefined) this.compared.push({ key, outcome: outcomeOf(sealed, read) });
    return read?.bytes;
  }
}

type Read = { bytes: Uint8Array; digested: boolean; checked: boolean };

/** Without a digest to compare with: S3's own checksum is of the version that is sealed, whose bytes never change. */
function outcomeOf({ checksum }: SealedObject, read: Read | undefined) {
  if (read === undefined) return 'gone';
  if (checksum.includes('-') || !read.digested) return read.checked ? 'same' : 'no digest';
  return createHash('md5').update(read.bytes).digest('hex') === checksum ? 'same' : 'other bytes';
}

/** A point that is damaged is no point any more; and one that was, and is whole again, is one again. */
async function note(
  { catalogue, proven, clock }: Judging,
  known: CataloguedPoint,
  next: CataloguedPoint | undefined,
  { at, findings }: Verification,
): Promise<void> {
  const damage = findings.filter(({ kind }) => kind === 'damage').map(findingText);
  const noted: CataloguedPoint = { ...known, verified: { at, damage } };
  const point = pointOf(noted, proven, clock.now());
  const judged = { ...noted, verdict: point.verdict, reason: point.reason };
  await catalogue.putPoint(judged, isOpen(point));
  const before = known.verified?.damage ?? [];
  if (damage.length === 0 && before.length === 0) return;
  await catalogue.changeSchedule(known.schedule, (state) =>
    damage.length > 0 && state !== undefined ? withdraw(state, known, next) : advance(state, judged, point),
  );
}
