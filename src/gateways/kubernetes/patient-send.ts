import type { Clock, Random } from '../../domain/given.ts';
import { pauseBeforeRetry } from '../../domain/patience.ts';
import type { Wires } from '../wires.ts';

/** Sends again what an API server was too busy for. A server that does not answer at all is not waited for here. */
export const patientSend =
  (wires: Pick<Wires, 'send'>, clock: Clock, random: Random): Wires['send'] =>
  async (request) => {
    const begun = clock.now().getTime();
    for (let tries = 1; ; tries++) {
      const answer = await wires.send(request);
      const { status } = answer;
      // Most answers are good ones: no dice are rolled for them.
      if (status < 400) return answer;
      const sinceMs = clock.now().getTime() - begun;
      const retryAfter = retryAfterOf(answer.headers);
      const pause = pauseBeforeRetry({ status, retryAfter, tries, sinceMs }, random.next());
      if (pause === undefined) return answer;
      await clock.sleep(pause);
    }
  };

const retryAfterOf = (headers: Record<string, string>): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1];
