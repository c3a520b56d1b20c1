import { InvalidInput } from '../domain/errors.ts';
import type { Clock } from '../domain/given.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';

/**
 * Does a step at most once per run and remembers its result: Started is written before it acts, Succeeded or Failed
 * after. A step that has succeeded answers what it answered then; one that began and never ended is done again, so it
 * must itself be able to happen twice.
 */
export async function recordStep<Result>(
  { runs, clock }: { runs: RunsTable; clock: Clock },
  runId: string,
  step: string,
  act: () => Promise<Result>,
): Promise<Result> {
  const startedAt = clock.now().toISOString();
  const earlier = await runs.beginStep(runId, { step, status: 'Started', startedAt });
  if (earlier !== undefined) return earlier.result as Result;
  try {
    const result = await act();
    await runs.endStep(runId, { step, status: 'Succeeded', startedAt, endedAt: clock.now().toISOString(), result });
    return result;
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const endedAt = clock.now().toISOString();
    await runs.endStep(runId, { step, status: 'Failed', startedAt, endedAt, result: String(error) });
    throw error;
  }
}
