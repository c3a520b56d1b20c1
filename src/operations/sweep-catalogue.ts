import { overdue } from '../domain/rpo.ts';
import type { Plan } from '../plan/schema.ts';
import { type Judging, judgeBackup } from './judge-backup.ts';

/**
 * Brings the catalogue up to date with the replica, whatever events were lost: judges the seals that are newer than the
 * newest known of their schedule, oldest first so that an interrupted sweep goes on where it ended, and looks again at
 * every open point, of which a newer one may have proven the repositories. Its work grows with what is new or open, not with what is known.
 */
export async function sweepCatalogue(judging: Judging, plan: Plan): Promise<void> {
  const { replica, catalogue, clock } = judging;
  const states = await catalogue.schedules();
  for (const schedule of overdue(plan, states, clock.now())) {
    const newest = states.find((state) => state.schedule === schedule)?.newest.backup;
    for (const backup of await replica.sealed(schedule, newest)) await judgeBackup(judging, backup);
  }
  for (const backup of await catalogue.open()) await judgeBackup(judging, backup);
}
