import { durationText } from '../plan/duration.ts';
import type { Feasibility, TierFeasibility } from '../plan/feasibility.ts';
import { REPLICATION_BOUND_SECONDS } from '../plan/feasibility-figures.ts';
import { betterInterval } from '../plan/feasibility-interval.ts';
import type { Sizes } from '../plan/feasibility-sizes.ts';
import { INTERVALS } from '../plan/intervals.ts';
import type { Plan } from '../plan/schema.ts';
import { lengthText } from '../rehearsal/scenario-time.ts';

const MINUTE = 60;

/** What to write into the plan so that a tier's RPO is kept; or that nothing can, and what could be promised. */
export function changeForRpo(plan: Plan, { tier, rpo }: TierFeasibility, sizes: Sizes): string {
  const better = betterInterval(plan, tier, sizes);
  const every = durationText(better.every);
  if (!better.keeps) {
    if (!Number.isFinite(better.worst))
      return 'take backups less often, or cover less with each: Velero cannot take so many';
    const could = durationText(Math.ceil(better.worst / MINUTE) * MINUTE);
    return `no interval can: even every ${every} up to ${lengthText(better.worst)} is lost; promise an rpo of ${could} or more, or back up less beside it`;
  }
  const then = `then at most ${lengthText(better.worst)} is lost`;
  if (better.replaces !== undefined) {
    const kept = rpo.keep < better.keep ? `, keep: ${durationText(better.keep)}` : '';
    return `stores.backups.schedules.${better.replaces}: every: ${every}${kept}; ${then}`;
  }
  const namespaces = better.namespaces.join(', ');
  return `add to stores.backups.schedules: { name: ${better.name}, every: ${every}, namespaces: [${namespaces}], keep: ${durationText(better.keep)} }; ${then}`;
}

/** The interval that would keep the RPO even where replication takes as long as S3 bounds it. */
export function changeForBound({ rpo }: TierFeasibility): string {
  const [between, ...rest] = rpo.terms;
  const others = rest.slice(0, -1).reduce((sum, { seconds }) => sum + seconds, 0);
  const room = rpo.target - others - REPLICATION_BOUND_SECONDS;
  const every = INTERVALS.findLast((interval) => interval <= room && interval < (between?.seconds ?? 0));
  return every === undefined
    ? 'no interval keeps it then: the alarm on replication lag tells, in time to see why'
    : `every ${durationText(every)} would keep it even then`;
}

type Lever = { saves: number; change: string };

/** What to write into the plan so that a tier is back in time: what saves most first, and no more than is needed. */
export function changeForRto(plan: Plan, feasibility: Feasibility, { rto }: TierFeasibility): string {
  if (!Number.isFinite(rto.p90)) return 'detection.downVotes: as many as there are observers left, or name a witness';
  let excess = rto.p90 - rto.target;
  const changes: string[] = [];
  for (const lever of levers(plan, feasibility, excess)) {
    if (excess <= 0) break;
    changes.push(lever.change);
    excess -= lever.saves;
  }
  if (excess <= 0) return changes.join('; ');
  const could = durationText(Math.ceil((rto.target + excess) / MINUTE) * MINUTE);
  return [...changes, `promise an rto of ${could} or more, or restore less before it`].join('; ');
}

function levers({ detection, decision, traffic }: Plan, { asking }: Feasibility, excess: number): Lever[] {
  const { interval, holdDown, failures, tightInterval } = detection;
  const waits = asking === 'until-timeout';
  const shorter = Math.floor((decision.timeout - excess) / MINUTE) * MINUTE;
  const inARow = (failures - 1) * tightInterval;
  const unasked = decision.approval === 'required' ? 'decision.approval: automatic' : 'no decision.maxLoss';
  const all: Lever[] = [
    shorter > 0
      ? { saves: waits ? decision.timeout - shorter : 0, change: `decision.timeout: ${durationText(shorter)} at most` }
      : { saves: waits ? decision.timeout : 0, change: unasked },
    { saves: 0.9 * (interval - MINUTE), change: 'detection.interval: 1m' },
    {
      saves: Math.max(holdDown, inARow) - MINUTE,
      change: `detection.${holdDown > inARow ? 'holdDown: 1m' : 'failures: 3, tightInterval: 10s'}`,
    },
    { saves: 0.9 * (traffic.ttl - MINUTE), change: 'traffic.ttl: 1m' },
  ];
  return all.filter(({ saves }) => saves >= 1).sort((a, b) => b.saves - a.saves);
}
