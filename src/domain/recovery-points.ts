import * as z from 'zod';
import { scheduledNamespaces, tierNamespaces } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import type { PointVolume } from './backup-files.ts';
import { type SealedObject, type SignedSeal, VELERO_PREFIX } from './seal.ts';

export type PointVerdict = 'restorable' | 'arriving' | 'not-portable' | 'failed' | 'expired' | 'unproven';

/** One moment that some namespaces can be brought back to, with the evidence. */
export type RecoveryPoint = {
  name: string;
  schedule: string;
  moment: Date;
  namespaces: string[];
  verdict: PointVerdict;
  /** Keys that the seal names and that have not arrived in that version. */
  missing: string[];
  reason: string;
};

/** What has arrived: the current version of every object, by key. */
export type Arrived = ReadonlyMap<string, { versionId: string; size: number }>;

/** A point that would expire while it is being restored is no point: the longest that a restore may take. */
const RESTORE_MARGIN_MS = 45 * 60_000;

/** Repositories whose every object, as some seal names them, has arrived: by folder, the newest such seal. */
export type ProvenRepositories = Map<string, { at: number; backup: string }>;

/** What a choice rests on: a repository, and the backup whose seal shows it to be whole. */
export const proof = z.object({ repository: z.string(), backup: z.string() });
export type RepositoryProof = z.infer<typeof proof>;

/** @param seals genuine ones alone: what nobody signed proves nothing, of any point */
export function provenRepositories(seals: SignedSeal[], arrived: Arrived): ProvenRepositories {
  const proven: ProvenRepositories = new Map();
  for (const { seal } of seals) {
    for (const [folder, objects] of repositories(seal.objects)) {
      if (objects.some((object) => !hasArrived(object, arrived))) continue;
      const at = Date.parse(seal.sealedAt);
      if (at > (proven.get(folder)?.at ?? 0)) proven.set(folder, { at, backup: seal.backup });
    }
  }
  return proven;
}

/**
 * Judges one sealed backup from what lies in the standby alone. Kopia's maintenance rewrites blobs, so a repository
 * counts as whole by any seal at or after the point's own.
 */
export function judgePoint(
  signed: SignedSeal,
  genuine: boolean,
  arrived: Arrived,
  proven: ProvenRepositories,
  now: Date,
): RecoveryPoint {
  const { seal } = signed;
  const point = {
    name: seal.backup,
    schedule: seal.schedule,
    moment: new Date(seal.moment),
    namespaces: seal.namespaces,
  };
  const judged = (verdict: PointVerdict, reason: string, missing: string[] = []): RecoveryPoint => ({
    ...point,
    verdict,
    missing,
    reason,
  });
  if (Date.parse(seal.expiration) <= now.getTime() + RESTORE_MARGIN_MS)
    return judged('expired', `expires at ${seal.expiration}`);
  if (seal.phase !== 'Completed') return judged('failed', `Velero says ${seal.phase}`);
  if (!genuine) return judged('unproven', 'its seal is not signed by the key of the primary');
  const files = seal.objects.filter((object) => repositoryOf(object.key) === undefined);
  const missing = files.filter((object) => !hasArrived(object, arrived)).map((object) => object.key);
  for (const [folder, objects] of repositories(seal.objects)) {
    if ((proven.get(folder)?.at ?? 0) >= Date.parse(seal.sealedAt)) continue;
    missing.push(...objects.filter((object) => !hasArrived(object, arrived)).map((object) => object.key));
  }
  if (missing.length > 0)
    return judged('arriving', `${missing.length} of ${seal.objects.length} objects have not arrived`, missing);
  return judged('restorable', `all ${seal.objects.length} objects have arrived`);
}

/** A restorable point whose volumes did not all leave their region is not portable; those are lost whole. */
export function withVolumes(point: RecoveryPoint, volumes: PointVolume[]): RecoveryPoint {
  // With all of a cluster's own objects, a backup lists the volumes of every namespace; only its own are judged.
  const own = volumes.filter((volume) => point.namespaces.includes('*') || point.namespaces.includes(volume.namespace));
  const stuck = own.filter((volume) => !volume.portable && !volume.optedOut);
  if (point.verdict !== 'restorable' || stuck.length === 0) return point;
  const names = stuck.map((volume) => `${volume.namespace}/${volume.name} (${volume.reason})`).join(', ');
  return { ...point, verdict: 'not-portable', reason: `these volumes are not in it: ${names}` };
}

/** What a tier is brought back from. */
export const chosenPoint = z.object({
  tier: z.string(),
  namespaces: z.array(z.string()),
  backup: z.string(),
  moment: z.iso.datetime(),
  /** What would be lost if writing stopped now: an upper bound of what was really lost. */
  lossSeconds: z.number(),
  /** Volumes that the point does not hold: lost whole. */
  lostVolumes: z.array(z.string()),
});
export type ChosenPoint = z.infer<typeof chosenPoint>;

export type PointsDecision =
  | { kind: 'proceed'; points: ChosenPoint[]; reason: string }
  | { kind: 'ask'; points: ChosenPoint[]; reason: string }
  | { kind: 'hold'; points: ChosenPoint[]; reason: string };

/** The schedules a tier can be brought back from: those that hold everything of all its namespaces. */
export function schedulesOfTier(plan: Plan, tier: string): string[] {
  const wanted = tierNamespaces(plan, tier);
  return plan.stores.backups.schedules
    .filter((schedule) => schedule.contents === 'everything')
    .filter((schedule) => wanted.every((namespace) => scheduledNamespaces(plan, schedule).includes(namespace)))
    .map((schedule) => schedule.name);
}

/** The points that could serve a tier, newest first. */
export function candidates(plan: Plan, tier: string, points: RecoveryPoint[]): RecoveryPoint[] {
  const schedules = schedulesOfTier(plan, tier);
  return points
    .filter((point) => schedules.includes(point.schedule))
    .sort((a, b) => b.moment.getTime() - a.moment.getTime());
}

/**
 * For each tier the newest restorable point, else the newest that lacks only named volumes; and whether a person must
 * be asked. A tier without any point holds the run: nothing is started that cannot be finished.
 */
export function decidePoints(
  plan: Plan,
  points: RecoveryPoint[],
  volumes: Map<string, PointVolume[]>,
  now: Date,
): PointsDecision {
  const chosen: ChosenPoint[] = [];
  for (const { name: tier } of plan.tiers) {
    const able = candidates(plan, tier, points);
    const point =
      able.find((one) => one.verdict === 'restorable') ?? able.find((one) => one.verdict === 'not-portable');
    if (point === undefined) {
      const seen =
        able.length === 0
          ? 'there is none at all'
          : able
              .map((one) => `${one.name} ${one.verdict}: ${one.reason}`)
              .slice(0, 3)
              .join('; ');
      return { kind: 'hold', points: chosen, reason: `no recovery point can bring back tier ${tier} (${seen})` };
    }
    chosen.push(choose(plan, tier, point, volumes.get(point.name) ?? [], now));
  }
  return decideApproval(plan, chosen);
}

function choose(plan: Plan, tier: string, point: RecoveryPoint, volumes: PointVolume[], now: Date): ChosenPoint {
  const namespaces = tierNamespaces(plan, tier);
  const lost = volumes.filter(
    (volume) => !volume.portable && !volume.optedOut && namespaces.includes(volume.namespace),
  );
  return {
    tier,
    namespaces,
    backup: point.name,
    moment: point.moment.toISOString(),
    lossSeconds: Math.ceil((now.getTime() - point.moment.getTime()) / 1000),
    lostVolumes: lost.map((volume) => `${volume.namespace}/${volume.name}`),
  };
}

function decideApproval(plan: Plan, points: ChosenPoint[]): PointsDecision {
  const { approval, maxLoss } = plan.decision;
  const worst = Math.max(...points.map((point) => point.lossSeconds));
  if (approval === 'required') return { kind: 'ask', points, reason: 'the plan wants a word from a person' };
  if (maxLoss !== undefined && worst > maxLoss) {
    return {
      kind: 'ask',
      points,
      reason: `up to ${worst} s would be lost, more than the ${maxLoss} s that the plan takes unasked`,
    };
  }
  const lost = points.flatMap((point) => point.lostVolumes);
  if (lost.length > 0) return { kind: 'ask', points, reason: `these volumes would be lost whole: ${lost.join(', ')}` };
  return { kind: 'proceed', points, reason: `at most ${worst} s are lost` };
}

const hasArrived = (object: SealedObject, arrived: Arrived): boolean =>
  arrived.get(object.key)?.versionId === object.versionId;

const KOPIA = `${VELERO_PREFIX}kopia/`;
/** The kopia repository that a key lies in; undefined when in none. */
export const repositoryOf = (key: string): string | undefined =>
  key.startsWith(KOPIA) ? key.slice(0, key.indexOf('/', KOPIA.length) + 1) : undefined;

function repositories(objects: SealedObject[]): Map<string, SealedObject[]> {
  const byFolder = new Map<string, SealedObject[]>();
  for (const object of objects) {
    const folder = repositoryOf(object.key);
    if (folder === undefined) continue;
    const list = byFolder.get(folder) ?? [];
    list.push(object);
    byFolder.set(folder, list);
  }
  return byFolder;
}
