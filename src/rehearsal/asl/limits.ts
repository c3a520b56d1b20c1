import { Failure } from './failure.ts';

/**
 * Input or output of a task, a state or an execution, as UTF-8 text.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const PAYLOAD_LIMIT = 262_144;
/** One variable, and all variables of one Assign. https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html */
export const ASSIGN_LIMIT = 262_144;
/** All variables of an execution. */
export const VARIABLES_LIMIT = 10 * 1024 * 1024;

/** Payloads never change once they exist, so that each is measured once. */
const sizes = new WeakMap<object, number>();

/** Bytes of the JSON text. */
export function sizeOf(payload: unknown): number {
  if (typeof payload !== 'object' || payload === null) return Buffer.byteLength(JSON.stringify(payload) ?? '');
  let size = sizes.get(payload);
  if (size === undefined) {
    size = Buffer.byteLength(JSON.stringify(payload));
    sizes.set(payload, size);
  }
  return size;
}

export function dataLimitExceeded(what: string): Failure {
  const cause = `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  return new Failure('States.DataLimitExceeded', cause);
}

/** Throws States.DataLimitExceeded. */
export function checkPayload(payload: unknown, what: string): void {
  if (sizeOf(payload) > PAYLOAD_LIMIT) throw dataLimitExceeded(what);
}
