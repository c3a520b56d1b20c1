import { describeDefinition } from './asl/parse-definition.ts';
import type { Twin } from './twin.ts';

/** Told at most; the rest follows from these more often than not. */
const CAUSES_TOLD = 8;

/**
 * What went wrong inside, a sentence each, for a person who must find it: what the machines and functions say that
 * failed, and what stands in a definition that can never be right. Nothing, when all came out as it should.
 */
export function causesOf(twin: Twin, unexpected: boolean): string[] {
  const always = unassigned(twin);
  if (!unexpected) return always;
  const told = [...always, ...ended(twin), ...unmatchedRules(twin), ...failedMachines(twin), ...failedFunctions(twin)];
  return [...new Set(told)].slice(0, CAUSES_TOLD);
}

/** Some rules wait for what need not happen; where a run did not come to its end, a pattern that never matches may be why. */
function unmatchedRules({ eventbridge, invocations }: Twin): string[] {
  if (invocations.of('finish-run').some(({ input }) => input?.ending === 'recovered')) return [];
  const names = eventbridge.unmatched;
  return names.length === 0 ? [] : [`no event matched the pattern of ${names.join(', ')}`];
}

/** A variable that no state assigns is undefined, and a comparison with it quietly false. */
function unassigned({ sfn }: Twin): string[] {
  return sfn.machines.flatMap(({ name, definition }) => {
    const { assigned, used } = describeDefinition(definition).variables;
    const known = new Set(assigned.map(({ name: variable }) => variable));
    const unknown = used.filter(({ name: variable }) => !known.has(variable));
    return unknown.map(
      ({ state, name: variable }) =>
        `state machine ${name}, state ${state}, reads $${variable}, which no state assigns`,
    );
  });
}

const ended = ({ invocations }: Twin): string[] =>
  invocations
    .of('finish-run')
    .filter(({ input }) => input?.ending === 'held')
    .map(({ input }) => `the run holds: ${input.reason}`);

function failedMachines({ sfn }: Twin): string[] {
  return sfn.executions.flatMap(({ machine, outcome, history }) => {
    if (outcome === undefined || outcome.status === 'SUCCEEDED') return [];
    const state = history.findLast((event) => event.state !== undefined)?.state;
    return [
      `state machine ${machine.name} ended in ${state ?? 'no state'}: ${outcome.error}: ${messageOf(outcome.cause)}`,
    ];
  });
}

const failedFunctions = ({ invocations }: Twin): string[] =>
  invocations.all.filter(({ error }) => error !== undefined).map(({ folder, error }) => `function ${folder}: ${error}`);

/** Lambda's failures come with a JSON document as their cause. */
function messageOf(cause: string): string {
  try {
    return String(JSON.parse(cause).errorMessage ?? cause);
  } catch {
    return cause;
  }
}
