import type { Failure } from './failure.ts';

/**
 * The error names that Step Functions reserves, and what each means.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 * https://states-language.net/spec.html#appendix-a
 */
export const STATES_ERRORS = {
  'States.ALL': 'A wildcard, alone in its ErrorEquals. It matches every name but the two terminal ones below.',
  'States.BranchFailed': "A name of the specification. Step Functions reports the branch's own error in its place.",
  'States.DataLimitExceeded': 'An input, output or variable is over its quota. Terminal: only its own name catches it.',
  'States.ExceedToleratedFailureThreshold': 'More items of a Map failed than it tolerates.',
  'States.HeartbeatTimeout': 'A task sent no heartbeat for HeartbeatSeconds. Reported as States.Timeout.',
  'States.NoChoiceMatched': 'No rule of a Choice matched, and it has no Default.',
  'States.Permissions': 'A task lacked the privileges to call its service.',
  'States.QueryEvaluationError': 'A JSONata expression failed, gave nothing, or gave a value of the wrong type.',
  'States.Runtime': 'The execution could not go on. Terminal: nothing retries or catches it.',
  'States.TaskFailed': 'A wildcard for whatever fails a task, except States.Timeout.',
  'States.Timeout': 'A task outlived its TimeoutSeconds or HeartbeatSeconds, or the execution its own TimeoutSeconds.',
} as const;

/** Whether a Retrier or Catcher with this `ErrorEquals` answers this failure. */
export function matchesError(errorEquals: readonly string[], failure: Failure): boolean {
  if (failure.error === 'States.Runtime') return false;
  if (errorEquals.some((name) => name === failure.error || name === failure.alias)) return true;
  if (failure.error === 'States.DataLimitExceeded') return false;
  if (errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && failure.error !== 'States.Timeout';
}
