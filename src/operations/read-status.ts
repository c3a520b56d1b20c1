import type { Clock } from '../domain/given.ts';
import type { Ownership, Run } from '../domain/run.ts';
import { type Vote, votes } from '../domain/signals.ts';
import type { RunsTable, StepRecord } from '../gateways/aws/runs-table.ts';
import type { SignalsTable } from '../gateways/aws/signals-table.ts';
import type { Plan } from '../plan/schema.ts';

export type Status = {
  ownership: Ownership;
  votes: Vote[];
  /** The run under way, if one is. */
  run: { run: Run; waitsForApproval: boolean; steps: StepRecord[] } | undefined;
  traffic: { entryPoint: string; owner: string }[];
};

/** Who owns the platform, what the observers say, where traffic goes, and how far a run under way has come. */
export async function readStatus(
  given: { runs: RunsTable; signals: SignalsTable; clock: Clock },
  plan: Plan,
): Promise<Status> {
  const { runs, signals, clock } = given;
  const [ownership, said, lock, moved] = await Promise.all([
    runs.ownership(),
    signals.ofSite('primary'),
    runs.lock(),
    runs.traffic(),
  ]);
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
  };
}
