import { describe, expect, it } from '@jest/globals';
import { lengthText } from '../../src/rehearsal/scenario-time.ts';

describe('a length of time', () => {
  it.each([
    [0, '0s'],
    [0.4, '0s'],
    [43, '43s'],
    [712.4, '11m 52s'],
    [3600, '1h'],
    [3612, '1h 12s'],
    [86_400, '24h'],
    [2_592_000, '30d'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(lengthText(seconds)).toBe(text);
  });
});
