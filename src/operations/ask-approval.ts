import type { ChosenPoint } from '../domain/choice-of-points.ts';
import type { People } from '../gateways/aws/people.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';

export type Question = { runId: string; taskToken: string; points: ChosenPoint[]; reason: string };

/** Keeps the token by which an answer ends the wait, and tells people what is asked. Asked twice, it is the same question. */
export async function askApproval(
  { runs, people }: { runs: RunsTable; people: People },
  planName: string,
  question: Question,
) {
  const { runId, taskToken, points, reason } = question;
  await runs.note(runId, 'approval', { taskToken, reason });
  const losses = points.map(
    ({ tier, backup, lossSeconds }) => `  ${tier}: ${backup}, up to ${Math.ceil(lossSeconds / 60)} min lost`,
  );
  const how = `To go on: lifeboat approve --run ${runId}\nTo see more: lifeboat status`;
  await people.tell(
    `${planName}: failover waits for approval`,
    [`Why: ${reason}.`, 'Expected loss:', ...losses, how].join('\n'),
  );
}
