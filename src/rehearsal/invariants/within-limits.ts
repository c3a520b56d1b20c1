import { broken, held, type Invariant, NOT_EXERCISED } from './watched.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const HISTORY_EVENTS = 25_000;

/** S11: payloads stay under 256 KiB, histories under 25,000 events. The interpreter itself fails a payload that is larger. */
export const withinLimits: Invariant = {
  id: 'S11',
  watch:
    ({ twin }) =>
    () => {
      const { executions } = twin.sfn;
      if (executions.length === 0) return NOT_EXERCISED;
      const long = executions.filter(({ history }) => history.length >= HISTORY_EVENTS);
      const large = executions.filter(
        ({ outcome }) => outcome?.status === 'FAILED' && outcome.error === 'States.DataLimitExceeded',
      );
      const problems = [
        ...long.map(({ name }) => `the history of ${name} is full`),
        ...large.map(({ name }) => `a payload of ${name} was too large`),
      ];
      if (problems.length > 0) return broken(problems.join('; '));
      const longest = Math.max(...executions.map(({ history }) => history.length));
      return held(`${executions.length} executions, the longest history ${longest} events`);
    },
};
