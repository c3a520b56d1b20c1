import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { veleroSeen } from '../../../../src/rehearsal/fidelity-velero.ts';
import { type Answers, askAll } from './ask.ts';
import type { Method } from './place.ts';
import { startRealPlace } from './real-place.ts';
import { record, recording } from './record.ts';
import { STORIES } from './rows/all.ts';

const WITHIN_MS = 1_500_000;

/**
 * The tests of one story, in a file of its own so that the two are asked side by side. The twin is held to the same
 * answers in test/rehearsal/cluster/velero/as-the-real-one.test.ts, which needs no real parts.
 */
export function askTheRealVelero(method: Method): void {
  const rows = STORIES.find(([of]) => of === method)?.[1] ?? { east: [], west: [] };

  describe(`the real Velero, taking ${method}`, () => {
    let answers: Answers = new Map();
    let place: Awaited<ReturnType<typeof startRealPlace>> | undefined;

    beforeAll(async () => {
      place = await startRealPlace(method);
      answers = await askAll(place, rows, (title) =>
        process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${title}\n`),
      );
      if (recording()) record(answers);
    }, WITHIN_MS);

    afterAll(async () => place?.stop());

    it.each([...rows.east, ...rows.west].map(({ title }) => title))('does what was written down of it: %s', (title) => {
      expect(answers.get(title)).toEqual(veleroSeen()[title]?.seen);
    });
  });
}
