import { describe, expect, it } from '@jest/globals';
import { longestCronGap } from '../../src/plan/cron.ts';
import { cronEvery, INTERVALS, longestInterval } from '../../src/plan/intervals.ts';

const HOUR = 3600;
const DAY = 86_400;

describe('the longest time between two moments of a cron text', () => {
  it.each([
    ['0 2 * * *', DAY],
    ['*/5 * * * *', 300],
    ['*/7 * * * *', 420],
    ['0 */5 * * *', 5 * HOUR],
    ['0 9-17 * * mon-fri', (2 * 24 + 16) * HOUR],
    ['15 1,13 * * *', 12 * HOUR],
    ['0 3 1 * *', 31 * DAY],
    ['0 3 1 JAN,Jul *', 184 * DAY],
    ['0 3 29 2 *', 4 * 365 * DAY + DAY],
    ['0 0 1 * 0', 7 * DAY],
    ['0 0 ? * 0/2', 2 * DAY],
  ])('%s: %d s', (cron, seconds) => {
    expect(longestCronGap(cron)).toBe(seconds);
  });

  it.each(['0 0 30 2 *', '60 * * * *', '* * * * 7', '5-1 * * * *', '*-5 * * * *', '1-2-3 * * * *', '@daily', ''])(
    'is none for %j',
    (cron) => {
      expect(longestCronGap(cron)).toBeUndefined();
      expect(longestInterval({ cron })).toBe(Number.POSITIVE_INFINITY);
    },
  );

  it.each([
    [['0 2 * * *', '0 14 * * *'], 12 * HOUR],
    [['*/5 * * * 1-5', '*/10 * * * 0,6'], 600],
    [['*/5 * * * 1-5', '0 0 * * 0'], DAY + 300],
    [['0 0 1 * *', '0 0 16 * *'], 16 * DAY],
    [['0 0 1 * *', '*/7 * * * *'], 420],
  ])('is that of all of them together: %j', (crons, seconds) => {
    expect(longestCronGap(...crons)).toBe(seconds);
  });

  it('is the interval itself for every interval that backups may have', () => {
    for (const seconds of INTERVALS) expect(longestCronGap(cronEvery(seconds))).toBe(seconds);
  });
});
