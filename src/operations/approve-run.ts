import { InvalidInput } from '../domain/errors.ts';
import type { Machines } from '../gateways/aws/machines.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';

export type ApproveRun = { runs: RunsTable; machines: Machines };

/** Approves a run that waits for it; by default the one that holds the lock. Who said so goes into its report. */
export async function approveRun({ runs, machines }: ApproveRun, by: string, runId?: string): Promise<{ run: string }> {
  const run = runId ?? (await runs.lock())?.run;
  if (run === undefined) throw new InvalidInput('no run is under way');
  const approval = (await runs.history(run))?.facts.approval as { taskToken: string } | undefined;
  if (approval === undefined) throw new InvalidInput(`run ${run} does not wait for approval`);
  await machines.answer(approval.taskToken, { approved: true, by });
  await runs.note(run, 'approvedBy', by);
  return { run };
}
