import { BackupNotSynced } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import { VELERO_NAMESPACE } from '../domain/velero.ts';
import type { ClusterApi } from '../gateways/kubernetes/cluster-api.ts';
import type { Clusters } from '../gateways/kubernetes/clusters.ts';
import type { RecoveryBucket } from '../gateways/recovery-bucket.ts';
import type { Plan } from '../plan/schema.ts';

/** Velero looks for new backups every half minute; after a restart its first look took a minute. */
const LIMIT_SECONDS = 10 * 60;
/** Velero creates a backup's volumes one after another right after the backup itself; a younger one may only be incomplete yet. */
const SETTLED_SECONDS = 15;

export type SyncBackups = { clusters: Clusters; replica: RecoveryBucket; clock: Clock };
export type SyncResult = { kind: 'synced' } | { kind: 'wait'; waitingFor: string };

/**
 * Waits until the standby's Velero knows the chosen backups with all their volumes. A backup that was synced before its
 * volume list had arrived would restore as Completed with empty volumes, and is never looked at again: it is deleted
 * here, in the cluster alone (it has no finalizer, and the bucket stays whole), so that it syncs anew.
 */
export async function syncBackups(given: SyncBackups, plan: Plan, backups: string[], since: Date): Promise<SyncResult> {
  const { cluster, region } = plan.sites.standby;
  const api = await given.clusters.open({ name: cluster, region });
  const waiting: string[] = [];
  for (const backup of new Set(backups)) {
    const problem = api === undefined ? 'the cluster is not active' : await whatLacks(api, given, backup);
    if (problem !== undefined) waiting.push(`${backup} (${problem})`);
  }
  if (waiting.length === 0) return { kind: 'synced' };
  const waitingFor = waiting.join(', ');
  const waited = (given.clock.now().getTime() - since.getTime()) / 1000;
  if (waited > LIMIT_SECONDS)
    throw new BackupNotSynced(`not in the standby's Velero after ${LIMIT_SECONDS / 60} min: ${waitingFor}`);
  return { kind: 'wait', waitingFor };
}

async function whatLacks(
  api: ClusterApi,
  { replica, clock }: SyncBackups,
  backup: string,
): Promise<string | undefined> {
  const ref = { apiVersion: 'velero.io/v1', kind: 'Backup', namespace: VELERO_NAMESPACE, name: backup };
  const synced = await api.get(ref);
  if (synced === undefined) return 'not yet synced';
  const expected = await replica.podVolumeBackupCount(backup);
  if (expected === undefined) return 'its volume list has not arrived';
  const labels = `velero.io/backup-name=${backup}`;
  const known = await api.list('velero.io/v1', 'PodVolumeBackup', { namespace: VELERO_NAMESPACE, labels });
  if (known.length >= expected) return undefined;
  const age = clock.now().getTime() - new Date(synced.metadata?.creationTimestamp ?? 0).getTime();
  if (age < SETTLED_SECONDS * 1000) return `${known.length} of ${expected} volumes so far`;
  await api.delete(ref);
  return `synced with ${known.length} of ${expected} volumes; deleted so that it syncs anew`;
}
