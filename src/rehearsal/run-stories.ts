import type { Observation } from './observation.ts';
import type { Platform } from './platform.ts';
import type { Outcome } from './result.ts';

/** A failover that nothing called for, before the scenario began, is no recovery of what came later. */
export function givenUpBefore({ twin, startsAt }: Observation): string[] | undefined {
  const raised = twin.invocations
    .of('raise-epoch')
    .find(({ output, startedAt }) => output !== undefined && startedAt < startsAt);
  if (raised === undefined) return undefined;
  const at = new Date(raised.startedAt).toISOString().slice(11, 19);
  return [
    `the primary was given up at ${at}Z, before the scenario began: ${raised.input.reason ?? 'no reason was given'}`,
  ];
}

/** Where nothing tells whether the primary lives, that no run began is no surprise. */
export function nobodyLooked({ plan }: Platform, outcome: Outcome): string[] {
  if (outcome !== 'none' || plan.entryPoints.length > 0) return [];
  return ['nothing started a failover: the plan has no entry point, and only an operator can start one'];
}

/** A run that has not ended says nothing of why: what it was last at does. */
export function stillUnderWay({ twin, steps }: Observation, outcome: Outcome, run: string | undefined): string[] {
  if (outcome !== 'failed') return [];
  const running = twin.sfn.executions.some(({ name, status }) => name === run && status === 'RUNNING');
  const last = steps.all.filter(({ phase }) => phase !== 'fence').at(-1);
  if (!running || last === undefined) return [];
  const waits = last.detail === undefined ? '' : `, and waited on ${last.detail}`;
  return [`the run had not ended when the scenario did: it was at ${last.name}${waits}`];
}

/** What a person must put right or decide, in the run's own words. */
export function whyHeld({ twin }: Observation, outcome: Outcome): string[] {
  if (outcome !== 'held') return [];
  const ended = twin.invocations.of('finish-run').findLast(({ output }) => output?.ending === 'held')?.input?.reason;
  const waits = twin.invocations.of('confirm-loss').at(-1)?.output;
  const why = ended ?? (waits?.kind === 'wait' ? waits.reason : undefined);
  const expected = twin.invocations.of('choose-recovery-points').at(-1)?.output?.reason;
  return [`The run holds: ${[why ?? 'it waits for approval', expected].filter(Boolean).join('; ')}.`];
}
