import type { Clock } from '../domain/given.ts';
import type { Ownership, Run } from '../domain/run.ts';
import { type Vote, votes } from '../domain/signals.ts';
import type { StoreAge } from '../domain/store-ages.ts';
import { type LastVerification, lastVerification } from '../domain/verification-report.ts';
import type { CatalogueTable } from '../gateways/aws/catalogue-table.ts';
import type { RunsTable, StepRecord } from '../gateways/aws/runs-table.ts';
import type { SignalsTable } from '../gateways/aws/signals-table.ts';
import type { Plan } from '../plan/schema.ts';

export type Status = {
  ownership: Ownership;
  votes: Vote[];
  /** The run under way, if one is. */
  run: { run: Run; waitsForApproval: boolean; steps: StepRecord[] } | undefined;
  traffic: { entryPoint: string; owner: string }[];
  /** How long each store had been unprotected when that was last measured; undefined when it never was. */
  unprotected: { at: string; ages: StoreAge[] } | undefined;
  /** Undefined when backups were never verified. */
  verified: LastVerification | undefined;
};

/** Who owns the platform, what the observers say, where traffic goes, what would be lost now, and how far a run has come. */
export async function readStatus(
  given: { runs: RunsTable; signals: SignalsTable; catalogue: CatalogueTable; clock: Clock },
  plan: Plan,
): Promise<Status> {
  const { runs, signals, catalogue, clock } = given;
  const [ownership, said, lock, moved, [unprotected], verifications] = await Promise.all([
    runs.ownership(),
    signals.ofSite('primary'),
    runs.lock(),
    runs.traffic(),
    catalogue.ages(1),
    catalogue.verifications(),
  ]);
  const schedules = plan.stores.backups.schedules.map(({ name }) => name);
  const history = lock && (await runs.history(lock.run));
  const owners = new Map(moved.map((record) => [record.entryPoint, record.owner]));
  return {
    ownership,
    votes: votes(said, plan.detection, clock.now()),
    run: history && {
      run: history.run,
      waitsForApproval: history.facts.approval !== undefined && history.facts.approvedBy === undefined,
      steps: history.steps,
    },
    traffic: plan.entryPoints.map(({ name }) => ({ entryPoint: name, owner: owners.get(name) ?? 'primary' })),
    unprotected,
    verified: lastVerification(verifications, schedules, clock.now()),
  };
}
