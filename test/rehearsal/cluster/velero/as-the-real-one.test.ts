import { beforeAll, describe, expect, it } from '@jest/globals';
import { REAL_VELERO } from '../../../../src/rehearsal/fidelity-differences.ts';
import { veleroSeen } from '../../../../src/rehearsal/fidelity-velero.ts';
import { type Answers, askAll } from '../../../real/parity/velero/ask.ts';
import {
  aMissingPackRestoresFine,
  type Lie,
  syncLooksAgainEachMinute,
  volumesRefreshOnASecondRestore,
} from '../../../real/parity/velero/lies.ts';
import { ROWS, type Rows, STORIES } from '../../../real/parity/velero/rows/all.ts';
import { twinPlace } from '../../../real/parity/velero/twin-place.ts';

const SEEN = veleroSeen();
const WITHIN_MS = 60_000;
const TITLES = STORIES.flatMap(([, { east, west }]) => [...east, ...west]).map(({ title }) => title);

const only = (title: string): Rows => ({
  east: ROWS.east.filter((row) => row.title === title),
  west: ROWS.west.filter((row) => row.title === title),
});

describe('the Velero of the twin', () => {
  const answers: Answers = new Map();

  beforeAll(async () => {
    for (const [method, rows] of STORIES)
      for (const [title, seen] of await askAll(twinPlace(undefined, method), rows)) answers.set(title, seen);
  }, WITHIN_MS);

  it('was compared with a real one in each case, and in no other', () => {
    expect(Object.keys(SEEN)).toEqual(TITLES);
    expect(TITLES).toEqual(expect.arrayContaining(Object.keys(REAL_VELERO)));
  });

  it.each(TITLES)('does as the real one did, unless the page says otherwise: %s', (title) => {
    const { seen } = SEEN[title] ?? {};
    if (REAL_VELERO[title] === undefined) expect(answers.get(title)).toEqual(seen);
    else expect(answers.get(title)).not.toEqual(seen);
  });

  it.each<[string, Lie, string]>([
    [
      'sync looked again each minute',
      syncLooksAgainEachMinute,
      'The list of volume backups comes after the backup was synced, which is then deleted in the cluster',
    ],
    [
      'a missing pack was restored all the same',
      aMissingPackRestoresFine,
      'A data pack (p…) is missing, of an earlier snapshot of the volume',
    ],
    [
      'volumes were filled anew by a second restore',
      volumesRefreshOnASecondRestore,
      'A restore over volumes that have been written to',
    ],
  ])('would be found out if %s', async (_, lie, title) => {
    const lying = await askAll(twinPlace(lie), only(title));
    expect(lying.get(title)).not.toHaveProperty('failed');
    expect(lying.get(title)).not.toEqual(SEEN[title]?.seen);
    expect(answers.get(title)).toEqual(SEEN[title]?.seen);
  });
});
