import { describe, expect, it } from '@jest/globals';
import { pauseBeforeRetry } from '../../src/domain/patience.ts';

const refusal = { status: 503, retryAfter: undefined, tries: 1, sinceMs: 0 };

describe('a request that an API server refused', () => {
  it('is sent again after as many seconds as the server says', () => {
    expect(pauseBeforeRetry({ ...refusal, status: 429, retryAfter: '2' }, 0.5)).toBe(2_000);
    expect(pauseBeforeRetry({ ...refusal, retryAfter: '1' }, 0.5)).toBe(1_000);
  });

  it('is sent again ten times as told, and five times untold', () => {
    expect(pauseBeforeRetry({ ...refusal, retryAfter: '1', tries: 10 }, 0)).toBe(1_000);
    expect(pauseBeforeRetry({ ...refusal, retryAfter: '1', tries: 11 }, 0)).toBeUndefined();
    expect(pauseBeforeRetry({ ...refusal, tries: 5 }, 0)).toBe(0);
    expect(pauseBeforeRetry({ ...refusal, tries: 6 }, 0)).toBeUndefined();
  });

  it('waits longer at each try when the server does not say how long, by chance', () => {
    const pauses = [1, 2, 3, 4, 5].map((tries) => pauseBeforeRetry({ ...refusal, tries }, 0.5));
    expect(pauses).toEqual([125, 250, 500, 1_000, 2_000]);
  });

  it('is not waited for longer than a function has time for', () => {
    expect(pauseBeforeRetry({ ...refusal, retryAfter: '60' }, 0)).toBeUndefined();
    expect(pauseBeforeRetry({ ...refusal, retryAfter: '5', sinceMs: 10_001 }, 0)).toBeUndefined();
  });

  it('for what it is, and not for the time, stays refused', () => {
    for (const status of [400, 401, 403, 404, 409, 422])
      expect(pauseBeforeRetry({ ...refusal, status, retryAfter: '1' }, 0)).toBeUndefined();
  });
});
