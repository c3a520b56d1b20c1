import type { Lacking, ProvenRepositories } from './arrival.ts';
import type { PointVolume } from './backup-files.ts';
import type { Seal, SealedObject } from './seal.ts';

/** What a seal says of its backup, without the objects. */
export type SealHead = Omit<Seal, 'version' | 'objects' | 'repositories'>;

export type PointVerdict =
  | 'restorable'
  | 'arriving'
  | 'incomplete'
  | 'not-portable'
  | 'failed'
  | 'expired'
  | 'unproven';

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

/** What is known of a sealed backup in the standby. */
export type Evidence = {
  /** Whether the key of the primary signed the seal. */
  genuine: boolean;
  /** Files of its own that have not arrived in the version that is sealed. */
  files: SealedObject[];
  repositories: Lacking;
  /** Known once it can be read; until then the point cannot be restorable. */
  volumes: PointVolume[] | undefined;
  /** Whether S3 said that it could not copy something that is missing. */
  troubled: boolean;
  /** What a verification found, that had looked into it. */
  damage?: string | undefined;
};

/** A point that would expire while it is being restored is no point: the longest that a restore may take. */
const RESTORE_MARGIN_MS = 45 * 60_000;

/**
 * What has not arrived by then is not on its way any more: four times what replication promises.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
 */
const ARRIVES_WITHIN_MS = 60 * 60_000;
export const isLate = (since: string, now: Date): boolean => now.getTime() - Date.parse(since) > ARRIVES_WITHIN_MS;

/**
 * Judges one sealed backup from what lies in the standby alone. Kopia's maintenance rewrites blobs, so a repository
 * counts as whole by any seal at or after the point's own.
 */
export function judgePoint(seal: SealHead, evidence: Evidence, proven: ProvenRepositories, now: Date): RecoveryPoint {
  const { backup: name, schedule, namespaces, phase, expiration } = seal;
  const point = { name, schedule, moment: new Date(seal.moment), namespaces };
  const judged = (verdict: PointVerdict, reason: string, missing: string[] = []): RecoveryPoint => ({
    ...point,
    verdict,
    missing,
    reason,
  });
  if (Date.parse(expiration) <= now.getTime() + RESTORE_MARGIN_MS) return judged('expired', `expires at ${expiration}`);
  if (phase !== 'Completed') return judged('failed', `Velero says ${phase}`);
  if (!evidence.genuine) return judged('unproven', 'its seal is not signed by the key of the primary');
  const missing = evidence.files.map(({ key }) => key);
  const unknown: string[] = [];
  for (const [folder, lacking] of evidence.repositories) {
    if ((proven.get(folder)?.at ?? 0) >= Date.parse(seal.sealedAt)) continue;
    if (lacking === undefined) unknown.push(folder);
    else missing.push(...lacking.map(({ key }) => key));
  }
  if (missing.length > 0) return absent(judged, missing, evidence.troubled, seal, now);
  if (unknown.length > 0) return judged('unproven', `an earlier seal of ${unknown.join(', ')} is not there`);
  if (evidence.damage !== undefined) return judged('incomplete', `it was verified, and is damaged: ${evidence.damage}`);
  if (evidence.volumes === undefined) return judged('unproven', 'its list of volumes cannot be read');
  return withVolumes(judged('restorable', 'all that its seal names has arrived'), evidence.volumes);
}

function absent(
  judged: (verdict: PointVerdict, reason: string, missing: string[]) => RecoveryPoint,
  missing: string[],
  troubled: boolean,
  seal: SealHead,
  now: Date,
): RecoveryPoint {
  const since = `missing since ${seal.sealedAt}`;
  const reason = `${missing.length} of its objects ${missing.length === 1 ? 'has' : 'have'} not arrived, ${since}`;
  if (troubled) return judged('incomplete', `${reason}; S3 could not copy some`, missing);
  return judged(isLate(seal.sealedAt, now) ? 'incomplete' : 'arriving', reason, missing);
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
