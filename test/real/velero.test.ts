import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { veleroSeen } from '../../src/rehearsal/fidelity-velero.ts';
import { type Answers, askAll } from './parity/velero/ask.ts';
import { startRealPlace } from './parity/velero/real-place.ts';
import { record, recording } from './parity/velero/record.ts';
import { ROWS } from './parity/velero/rows/all.ts';

const WITHIN_MS = 1_500_000;

/** The twin is held to the same answers in test/rehearsal/cluster/velero/as-the-real-one.test.ts, which needs no real parts. */
describe('the real Velero', () => {
  let answers: Answers = new Map();
  let place: Awaited<ReturnType<typeof startRealPlace>> | undefined;

  beforeAll(async () => {
    place = await startRealPlace();
    answers = await askAll(place, ROWS, (title) =>
      process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${title}\n`),
    );
    if (recording()) record(answers);
  }, WITHIN_MS);

  afterAll(async () => place?.stop());

  it.each([...ROWS.east, ...ROWS.west].map(({ title }) => title))('does what was written down of it: %s', (title) => {
    expect(answers.get(title)).toEqual(veleroSeen()[title]?.seen);
  });
});
