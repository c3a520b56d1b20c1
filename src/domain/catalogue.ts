import * as z from 'zod';
import type { Lacking, ProvenRepositories } from './arrival.ts';
import type { PointVolume } from './backup-files.ts';
import { judgePoint, type PointVerdict, type RecoveryPoint } from './recovery-points.ts';
import { type Seal, type SealedObject, seal, sealedObject } from './seal.ts';

/** Of what is missing, as much as one item of a table has room for: it holds 400 KB. */
const MISSING_KEPT = 500;

const labelledRevision = z.object({ revision: z.string(), seenAt: z.iso.datetime() });

/** What the catalogue keeps of one recovery point: what its seal says, and what was seen of it in the standby. */
export const cataloguedPoint = seal.omit({ version: true, objects: true, repositories: true }).extend({
  genuine: z.boolean(),
  files: z.array(sealedObject),
  /** Null where the seals before it are not all known. */
  repositories: z.array(z.object({ folder: z.string(), missing: z.array(sealedObject).nullable() })),
  /** Whether more is missing than is listed: then the seal must be read again. */
  cut: z.boolean(),
  /** Null until all has arrived. */
  volumes: z
    .array(
      z.object({
        namespace: z.string(),
        name: z.string(),
        portable: z.boolean(),
        optedOut: z.boolean(),
        bytes: z.number(),
        reason: z.string(),
      }),
    )
    .nullable(),
  items: z.int(),
  /** The Git revision that its labels name. */
  git: labelledRevision.nullish(),
  troubled: z.boolean(),
  /** What the last verification found to be damaged, if there was one. */
  verified: z.object({ at: z.iso.datetime(), damage: z.array(z.string()) }).optional(),
  verdict: z.string(),
  reason: z.string(),
});
export type CataloguedPoint = z.infer<typeof cataloguedPoint>;

/** What one look at the standby found missing of a point. */
export type Seen = { files: SealedObject[]; repositories: Lacking };

export function catalogue(
  { version: _, objects: __, repositories: ___, ...head }: Seal,
  genuine: boolean,
  seen: Seen,
): CataloguedPoint {
  const keep = (missing: SealedObject[]): SealedObject[] => missing.slice(0, MISSING_KEPT);
  const lists = [seen.files, ...[...seen.repositories.values()].map((missing) => missing ?? [])];
  return {
    ...head,
    genuine,
    files: keep(seen.files),
    repositories: Array.from(seen.repositories, ([folder, missing]) => ({
      folder,
      missing: missing === undefined ? null : keep(missing),
    })),
    cut: lists.some((missing) => missing.length > MISSING_KEPT),
    volumes: null,
    items: 0,
    git: null,
    troubled: false,
    verdict: 'unproven',
    reason: '',
  };
}

export const lackingOf = ({ repositories }: CataloguedPoint): Lacking =>
  new Map(repositories.map(({ folder, missing }) => [folder, missing ?? undefined]));

/** The recovery point that this is now. */
export function pointOf(known: CataloguedPoint, proven: ProvenRepositories, now: Date): RecoveryPoint {
  const { genuine, files, volumes, troubled, verified } = known;
  const [damage] = verified?.damage ?? [];
  const evidence = { genuine, files, repositories: lackingOf(known), volumes: volumes ?? undefined, troubled, damage };
  return judgePoint(known, evidence, proven, now);
}

/**
 * Whether the point may yet become another: what is missing can arrive, what cannot be read can be read later, and a
 * seal that seems forged may be of a key that is new and not captured yet.
 */
export const isOpen = ({ verdict }: { verdict: PointVerdict }): boolean =>
  verdict === 'arriving' || verdict === 'incomplete' || verdict === 'unproven';

/**
 * A point's volumes beside those of an earlier one that can still be restored. A volume that held data then and none now
 * may have been emptied; or its backup failed without a word, as it does in the field. While the earlier point is kept,
 * nobody is to lose what is in it unasked, so the volume counts as one that this point does not hold.
 * https://about.gitlab.com/blog/2017/02/10/postmortem-of-database-outage-of-january-31/
 */
export function besideEarlier(volumes: PointVolume[], earlier: CataloguedPoint | undefined): PointVolume[] {
  const held = new Map(earlier?.volumes?.map((volume) => [`${volume.namespace}/${volume.name}`, volume.bytes]));
  return volumes.map((volume) => {
    const before = held.get(`${volume.namespace}/${volume.name}`) ?? 0;
    if (!volume.portable || volume.bytes > 0 || before === 0) return volume;
    const reason = `empty, while ${earlier?.backup} holds ${before} bytes of it`;
    return { ...volume, portable: false, reason };
  });
}

/** How the backups of one schedule have fared. */
export const scheduleState = z.object({
  schedule: z.string(),
  /** The newest that was heard of. */
  newest: z.object({ backup: z.string(), moment: z.iso.datetime() }),
  /** The newest that can be restored. */
  restorable: z
    .object({
      backup: z.string(),
      moment: z.iso.datetime(),
      expiration: z.iso.datetime(),
      git: labelledRevision.optional(),
    })
    .nullable(),
  /** Those that are judged for good, newest first: of the last day, and ten at least. */
  judged: z.array(z.object({ moment: z.iso.datetime(), restorable: z.boolean(), items: z.int(), bytes: z.number() })),
});
export type ScheduleState = z.infer<typeof scheduleState>;

const DAY_MS = 86_400_000;
const JUDGED_AT_LEAST = 10;

/** A schedule's state after one of its points was judged. Judged again, or late, a point counts once, in its place. */
export function advance(state: ScheduleState | undefined, known: CataloguedPoint, point: RecoveryPoint): ScheduleState {
  const { backup, schedule, moment } = known;
  const later = (one: { moment: string } | null | undefined) => one == null || one.moment < moment;
  const base = state ?? { schedule, newest: { backup, moment }, restorable: null, judged: [] };
  const restorable = point.verdict === 'restorable';
  const entry = { moment, restorable, items: known.items, bytes: bytesOf(known) };
  const others = base.judged.filter((one) => one.moment !== moment);
  const passing = point.verdict === 'expired' || isOpen(point);
  const judged = passing ? others : [...others, entry];
  const since = new Date(Date.parse(base.newest.moment) - DAY_MS).toISOString();
  return {
    schedule,
    newest: later(base.newest) ? { backup, moment } : base.newest,
    restorable: restorable && later(base.restorable) ? restorablePoint(known) : base.restorable,
    judged: judged
      .toSorted((a, b) => b.moment.localeCompare(a.moment))
      .filter((one, index) => index < JUDGED_AT_LEAST || one.moment >= since),
  };
}

/** A schedule's state when its newest restorable point turned out to be damaged. @param next the newest other one */
export function withdraw(
  state: ScheduleState,
  damaged: CataloguedPoint,
  next: CataloguedPoint | undefined,
): ScheduleState {
  const judged = state.judged.map((one) => (one.moment === damaged.moment ? { ...one, restorable: false } : one));
  if (state.restorable?.backup !== damaged.backup) return { ...state, judged };
  const restorable = next ? restorablePoint(next) : null;
  return { ...state, judged, restorable };
}

const restorablePoint = ({ backup, moment, expiration, git }: CataloguedPoint): ScheduleState['restorable'] => ({
  ...{ backup, moment, expiration },
  ...(git && { git }),
});

const bytesOf = ({ volumes }: CataloguedPoint): number => (volumes ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
