import { EpochSuperseded } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import type { Ownership } from '../domain/run.ts';
import type { People } from '../gateways/aws/people.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';

/**
 * Makes the standby the owner, one epoch later. For the same run a second time it answers the same epoch; when another
 * run was quicker, this one must stop. People are told; told twice, if it is done twice.
 */
export async function raiseEpoch(
  { runs, people, clock }: { runs: RunsTable; people: People; clock: Clock },
  planName: string,
  runId: string,
  reason: string,
): Promise<Ownership> {
  const before = await runs.ownership();
  const owner = before.run === runId ? before : await raise(before);
  await runs.note(runId, 'epoch', owner);
  const message = `Run ${runId}, epoch ${owner.epoch}: ${reason}\nFollow it: lifeboat status`;
  await people.tell(`${planName}: failover has begun`, message);
  return owner;

  async function raise(from: Ownership): Promise<Ownership> {
    const to: Ownership = { owner: 'standby', epoch: from.epoch + 1, since: clock.now().toISOString(), run: runId };
    if (await runs.changeOwnership(from, to)) return to;
    throw new EpochSuperseded(`epoch ${from.epoch} is no longer the newest; another run has raised it`);
  }
}
