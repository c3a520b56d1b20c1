import type { Clock } from '../domain/given.ts';
import { decideLock, type Run } from '../domain/run.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';

export type BeginRunAnswer = { kind: 'begun'; run: Run } | { kind: 'answered'; by: string; why: string };

/** How often the lock is tried when others are quicker: each try sees who holds it. */
const TRIES = 3;

/** Takes the lock for a run and writes the run down; a second start is answered with the first one's name. */
export async function beginRun({ runs, clock }: { runs: RunsTable; clock: Clock }, run: Run): Promise<BeginRunAnswer> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const now = clock.now();
    const [held, owner] = await Promise.all([runs.lock(), runs.ownership()]);
    const decision = decideLock(run, held, owner, now);
    if (decision.kind === 'answer') return { kind: 'answered', by: decision.run, why: decision.why };
    if (
      held?.run === run.id ||
      (await runs.takeLock({ run: run.id, takenAt: now.toISOString() }, decision.replacing))
    ) {
      await runs.createRun(run);
      return { kind: 'begun', run };
    }
  }
  return { kind: 'answered', by: (await runs.lock())?.run ?? 'another run', why: 'a run is under way' };
}
