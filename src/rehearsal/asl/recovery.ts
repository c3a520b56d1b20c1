import { Failure } from './failure.ts';
import type { Template } from './jsonata/template.ts';
import { matchesError } from './states-errors.ts';
import type { Exit, Visit } from './visit.ts';

export type Retrier = {
  errorEquals: readonly string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  maxDelaySeconds: number | undefined;
  jitter: 'FULL' | 'NONE';
};

export type Catcher = {
  errorEquals: readonly string[];
  next: string;
  assign: Template | undefined;
  output: Template | undefined;
};

export type Recovery = { retry: readonly Retrier[]; catch: readonly Catcher[] };

/**
 * Tries until an attempt succeeds, no Retrier allows another, or a Catcher takes over.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 * @param givenUp told when no Retrier allows another attempt, before the Catchers are asked
 */
export async function recover(
  visit: Visit,
  { retry, catch: catchers }: Recovery,
  attempt: () => Promise<Exit>,
  givenUp: () => void = () => {},
): Promise<Exit> {
  const retries = retry.map(() => 0);
  for (;;) {
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      const delay = nextDelay(retry, retries, failure, visit.environment.random);
      if (delay !== undefined) {
        await visit.frame.pause(delay * 1000);
        visit.retryCount++;
        continue;
      }
      givenUp();
      return await takeOver(visit, catchers, failure);
    }
  }
}

/**
 * Seconds until the next attempt; none where the first Retrier that answers the failure has used up its attempts, or
 * none answers it. Each Retrier counts its own, in `retries`.
 */
export function nextDelay(
  retry: readonly Retrier[],
  retries: number[],
  failure: Failure,
  random: () => number,
): number | undefined {
  const index = retry.findIndex((retrier) => matchesError(retrier.errorEquals, failure));
  const retrier = retry[index];
  const done = retries[index] ?? 0;
  if (retrier === undefined || done >= retrier.maxAttempts) return undefined;
  retries[index] = done + 1;
  const backedOff = retrier.intervalSeconds * retrier.backoffRate ** done;
  const delay = Math.min(backedOff, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return retrier.jitter === 'FULL' ? delay * random() : delay;
}

async function takeOver(visit: Visit, catchers: readonly Catcher[], failure: Failure): Promise<Exit> {
  const catcher = catchers.find(({ errorEquals }) => matchesError(errorEquals, failure));
  if (catcher === undefined) throw failure;
  return visit.leave(catcher, failure.output, { errorOutput: failure.output });
}
