import type { CallRecord } from '../cloud/world.ts';
import { broken, held, type Invariant } from './watched.ts';

/** Told in full; more than these are only counted. */
const TOLD = 3;

/** S9: no call is denied by IAM, from the deployment on. That no granted permission goes unused is shown by all scenarios together. */
export const nothingDenied: Invariant = {
  id: 'S9',
  watch:
    ({ twin }) =>
    () => {
      if (twin.denied.length === 0) return held('every call was allowed');
      const told = [...new Set(twin.denied.map(sentence))];
      const more = told.length > TOLD ? ` and ${told.length - TOLD} more` : '';
      return broken(`${told.slice(0, TOLD).join('; ')}${more}`);
    },
};

function sentence({ caller, service, operation, region, error }: CallRecord): string {
  const who = caller.kind === 'role' ? (caller.arn.split('/').at(-1) ?? caller.arn) : caller.kind;
  return `${who} may not call ${service}:${operation} in ${region} (${error ?? 'denied'})`;
}
