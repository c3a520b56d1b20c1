import type { Lacking, ProvenRepositories } from './arrival.ts';
import type { PointVolume } from './backup-files.ts';
import { type BackupContents, neededFiles, type Trouble, troublesOf, volumesIn } from './contents.ts';
import { isLate, judgePoint, type RecoveryPoint } from './recovery-points.ts';
import { backupJsonKey, repositoryFolder, type Seal, type SealedObject } from './seal.ts';
import { sealOf } from './sealing.ts';

/** A recovery point as it is judged from a bucket alone, where its own files may lie or be missing. */
export type BucketPoint = Omit<RecoveryPoint, 'moment' | 'namespaces'> & {
  /** Undefined where no file tells it. */
  moment: Date | undefined;
  volumes: PointVolume[];
};

/** Velero is not done with these, or its last word has not arrived. https://github.com/velero-io/velero/blob/v1.18.2/pkg/apis/velero/v1/backup_types.go */
const UNFINISHED = /^(|New|Queued|ReadyToStart|InProgress|(WaitingForPluginOperations|Finalizing)(PartiallyFailed)?)$/;

/** Judges a backup that no seal names: what lives in kopia cannot be proven, for none of its own files lists that. */
export function judgeUnsealed(contents: BackupContents, now: Date): BucketPoint {
  const { metadata } = contents;
  const volumes = volumesIn(contents);
  const troubles = troublesOf(contents);
  const own = metadata.kind === 'there' ? metadata.value : undefined;
  const seal = own && sealOf(own, [], [], new Date(own.status.completionTimestamp ?? own.status.startTimestamp ?? now));
  if (seal === undefined || seal.backup !== contents.name || seal.moment === '' || seal.expiration === '') {
    const first = troubles.find(({ key }) => key === backupJsonKey(contents.name));
    const reason = first?.reason ?? 'velero-backup.json tells no times';
    const verdict = first?.awaited ? 'incomplete' : 'unproven';
    const missing = troubles.filter(({ awaited }) => awaited).map(({ key }) => key);
    return { name: contents.name, schedule: '', moment: undefined, verdict, reason, missing, volumes };
  }
  const evidence = { genuine: true, files: [], repositories: new Map(), volumes, troubled: false };
  const unfinished = UNFINISHED.test(seal.phase);
  const judged = judgePoint(unfinished ? { ...seal, phase: 'Completed' } : seal, evidence, new Map(), now);
  const point = bucketPoint(judged, volumes);
  if (judged.verdict === 'expired' || judged.verdict === 'failed') return point;
  if (unfinished) return { ...point, verdict: 'arriving', reason: `Velero says ${seal.phase || 'nothing'} yet` };
  const reason = 'all that its restore needs is there';
  return withKopia(lowered(judged.verdict === 'restorable' ? { ...point, reason } : point, troubles, seal, now));
}

function withKopia(point: BucketPoint): BucketPoint {
  if (point.verdict !== 'restorable' && point.verdict !== 'not-portable') return point;
  if (!point.volumes.some(({ portable }) => portable)) return point;
  const reason = 'its volumes live in kopia, and no seal tells whether all of their bytes are there';
  return { ...point, verdict: 'unproven', reason };
}

/** What was looked for of a sealed backup: its own files that are missing, and what its repositories lack. */
export type Lacked = { files: SealedObject[]; repositories: Lacking; proven: ProvenRepositories };

/**
 * Judges a backup by a seal that nobody signed. Whoever wrote it may have done so at a bad moment, so the backup's own
 * files are heard as well: they can only make the verdict worse.
 */
export function judgeBySeal(seal: Seal, lacked: Lacked, contents: BackupContents, now: Date): BucketPoint {
  const volumes = volumesIn(contents);
  const { files, repositories, proven } = lacked;
  const judged = judgePoint(seal, { genuine: true, files, repositories, volumes, troubled: false }, proven, now);
  return lowered(bucketPoint(judged, volumes), [...troublesOf(contents), ...sealTroubles(seal, contents)], seal, now);
}

/** What a seal does not name, although the backup's own files say that its restore needs it. */
function sealTroubles(seal: Seal, contents: BackupContents): Trouble[] {
  const { name, metadata } = contents;
  const key = backupJsonKey(name);
  const said = (what: string): Trouble => ({ key, reason: `its seal ${what}`, awaited: false });
  const named = new Set(seal.objects.map((object) => object.key));
  const troubles = neededFiles(name)
    .filter((file) => !named.has(file))
    .map((file) => said(`does not name ${file.slice(file.lastIndexOf('/') + 1)}`));
  if (metadata.kind === 'there') {
    const own = sealOf(metadata.value, [], [], new Date(seal.sealedAt));
    for (const field of ['phase', 'moment', 'expiration', 'schedule'] as const)
      if (own[field] !== seal[field])
        troubles.push(said(`says another ${field} than velero-backup.json: ${seal[field]}`));
  }
  const indexed = new Set(seal.repositories.filter(({ indexes }) => indexes.length > 0).map(({ folder }) => folder));
  const homes = volumesIn(contents).filter(({ portable }) => portable);
  for (const namespace of new Set(homes.map((volume) => volume.namespace)))
    if (!indexed.has(repositoryFolder(namespace))) troubles.push(said(`names no repository of ${namespace}`));
  return troubles;
}

const bucketPoint = ({ namespaces: _, ...point }: RecoveryPoint, volumes: PointVolume[]): BucketPoint => ({
  ...point,
  volumes,
});

/** A point that would be good, but for its troubles: what may still come is awaited, what contradicts proves nothing. */
function lowered(point: BucketPoint, troubles: Trouble[], { sealedAt }: Seal, now: Date): BucketPoint {
  if (point.verdict !== 'restorable' && point.verdict !== 'not-portable') return point;
  const future = point.moment !== undefined && point.moment > now;
  const against = troubles.filter(({ awaited }) => !awaited).map(({ reason }) => reason);
  if (future) against.push(`it began at ${point.moment?.toISOString()}, which is still to come`);
  const awaited = troubles.filter((trouble) => trouble.awaited);
  const missing = awaited.map(({ key }) => key);
  if (against.length > 0) return { ...point, verdict: 'unproven', reason: shortened(against), missing };
  if (awaited.length === 0) return point;
  const reason = shortened(awaited.map((trouble) => trouble.reason));
  return { ...point, verdict: isLate(sealedAt, now) ? 'incomplete' : 'arriving', reason, missing };
}

const REASONS_TOLD = 3;

const shortened = (reasons: string[]): string =>
  reasons.length <= REASONS_TOLD
    ? reasons.join('; ')
    : `${reasons.slice(0, REASONS_TOLD).join('; ')}; and ${reasons.length - REASONS_TOLD} more`;
