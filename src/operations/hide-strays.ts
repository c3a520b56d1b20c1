import type { RepositoryProof } from '../domain/choice-of-points.ts';
import type { Clock } from '../domain/given.ts';
import { VELERO_PREFIX } from '../domain/seal.ts';
import { straysAmong } from '../domain/strays.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { RecoveryBucket } from '../gateways/recovery-bucket.ts';

export type HideStrays = { replica: RecoveryBucket; runs: RunsTable; clock: Clock };

/**
 * Hides, in the replica, what arrived of later backups and would keep the chosen points from being restored. Nothing is
 * deleted: the run notes what was hidden, and the versions stay. Done twice, there is nothing left to hide.
 */
export async function hideStrays(
  { replica, runs, clock }: HideStrays,
  runId: string,
  proofs: RepositoryProof[],
): Promise<{ hidden: number }> {
  const read = await Promise.all(
    [...new Set(proofs.map(({ backup }) => backup))].map((backup) => replica.seal(backup)),
  );
  const seals = read.filter((signed) => signed !== undefined).map((signed) => signed.seal);
  const strays = straysAmong(await replica.bucket.keys(`${VELERO_PREFIX}kopia/`), proofs, seals);
  // A fact of each try's own: what an earlier one hid is not listed any more, and must not be forgotten.
  if (strays.length > 0) await runs.note(runId, `hiddenObjects ${clock.now().toISOString()}`, strays);
  for (const key of strays) await replica.bucket.hide(key);
  return { hidden: strays.length };
}
