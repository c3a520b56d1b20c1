import { controlRegion } from '../../plan/places.ts';
import { OPERATOR } from '../deployment.ts';
import type { Twin } from '../twin.ts';
import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** Longer than the failover machine may take in all. */
const BOUND_MS = 4 * 3_600_000;

/** S6: every run ends, in bounded time, with a report and the lock released. */
export const everyRunEnds: Invariant = {
  id: 'S6',
  watch:
    ({ twin }) =>
    () => {
      const name = `lifeboat-${twin.plan.name}`;
      const runs = twin.sfn.executions.filter(({ machine }) => machine.name === `${name}-failover`);
      if (runs.length === 0) return NOT_EXERCISED;
      const begun = new Set(
        twin.invocations
          .of('begin-run')
          .filter(({ output }) => output?.kind === 'begun')
          .map(({ input }) => input.runId),
      );
      const problems: string[] = [];
      const finished = new Map(
        twin.invocations
          .of('finish-run')
          .filter(({ output }) => output !== undefined)
          .map(({ input, output }) => [input.run.id, output.ending]),
      );
      for (const run of runs.filter((one) => begun.has(one.name))) {
        if (run.outcome === undefined && twin.kernel.now - run.startedAt > BOUND_MS)
          problems.push(`run ${run.name} has not ended`);
        if (run.outcome !== undefined && !finished.has(run.name))
          problems.push(`run ${run.name} ended without a report: ${reasonOf(run.outcome)}`);
      }
      const ended = runs.filter((run) => run.outcome !== undefined).map((run) => run.name);
      const locked = lockHolder(twin);
      if (locked !== undefined && ended.includes(locked)) problems.push(`run ${locked} ended and still holds the lock`);
      if (problems.length > 0) return broken(problems.join('; '));
      return held(`${begun.size} begun, ${finished.size} ended with the lock released`);
    },
};

const reasonOf = (outcome: { status: string; error?: string; cause?: string }): string =>
  [outcome.status, outcome.error, outcome.cause?.slice(0, 300)].filter(Boolean).join(' ');

/** Who holds the lock, by the table itself. */
function lockHolder({ world, plan }: Twin): string | undefined {
  const input = { TableName: `lifeboat-${plan.name}-runs`, Key: { id: { S: 'lock' }, item: { S: 'failover' } } };
  const call = { caller: OPERATOR, region: controlRegion(plan), service: 'dynamodb', operation: 'GetItem', input };
  const { Item } = world.act(call) as { Item?: { data?: { S?: string } } };
  return Item?.data?.S === undefined ? undefined : JSON.parse(Item.data.S).run;
}
