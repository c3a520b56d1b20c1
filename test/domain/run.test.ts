import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decideLock,
  FIRST_OWNERSHIP,
  LOCK_BELIEVED_SECONDS,
  type Lock,
  type Ownership,
  type Run,
  triggerOf,
} from '../../src/domain/run.ts';
import { always } from './always.ts';

const NOW = new Date('2026-03-01T05:00:00Z');
const asking = (id: string): Run => ({
  id,
  startedAt: NOW.toISOString(),
  trigger: { kind: 'alarm', alarm: 'lifeboat-shop-orders-down' },
});
const heldBy = (run: string, secondsAgo = 60): Lock => ({
  run,
  takenAt: new Date(NOW.getTime() - secondsAgo * 1000).toISOString(),
});
const ownedBy = (owner: Ownership['owner'], run: string): Ownership => ({
  owner,
  epoch: 2,
  since: NOW.toISOString(),
  run,
});

describe('what starts a run', () => {
  const alarm = { 'detail-type': 'CloudWatch Alarm State Change', detail: { alarmName: 'lifeboat-shop-orders-down' } };
  const prober = { 'detail-type': 'Site Looks Down', detail: { site: 'primary', observer: 'witness' } };

  it.each([
    ['an alarm', alarm, { kind: 'alarm', alarm: 'lifeboat-shop-orders-down' }],
    ["a prober's word", prober, { kind: 'prober', observer: 'witness' }],
    [
      'an operator by the command line',
      { by: 'anna', reason: 'fire' },
      { kind: 'operator', by: 'anna', reason: 'fire' },
    ],
    ['an operator in the console', {}, { kind: 'operator', by: 'an operator in the console', reason: 'not given' }],
    ['nothing at all', undefined, { kind: 'operator', by: 'an operator in the console', reason: 'not given' }],
  ])('can be %s', (_, input, trigger) => {
    expect(triggerOf(input)).toEqual(trigger);
  });
});

describe('the lock', () => {
  it('is taken when nobody holds it', () => {
    expect(decideLock(asking('a'), undefined, FIRST_OWNERSHIP, NOW)).toEqual({ kind: 'take', replacing: undefined });
  });

  it('is given again to the run that holds it', () => {
    expect(decideLock(asking('a'), heldBy('a'), FIRST_OWNERSHIP, NOW)).toMatchObject({ kind: 'take' });
  });

  it("answers a second start with the first one's name", () => {
    const answer = { kind: 'answer', run: 'a', why: 'a run is under way' };
    expect(decideLock(asking('b'), heldBy('a'), FIRST_OWNERSHIP, NOW)).toEqual(answer);
  });

  it('is taken over from a run that has said nothing for longer than it may run', () => {
    const stale = heldBy('a', LOCK_BELIEVED_SECONDS + 1);
    expect(decideLock(asking('b'), stale, FIRST_OWNERSHIP, NOW)).toEqual({ kind: 'take', replacing: stale });
    expect(decideLock(asking('b'), heldBy('a', LOCK_BELIEVED_SECONDS), FIRST_OWNERSHIP, NOW).kind).toBe('answer');
  });

  it('is not given for an alarm that comes after the failover is done', () => {
    expect(decideLock(asking('late'), undefined, ownedBy('standby', 'a'), NOW)).toMatchObject({
      kind: 'answer',
      run: 'a',
    });
  });

  it.each([
    ['an alarm', { kind: 'alarm', alarm: 'lifeboat-shop-orders-down' }],
    ["a prober's word", { kind: 'prober', observer: 'witness' }],
  ] as const)('is not given for %s once the standby owns the platform, whoever held it last', (_, trigger) => {
    for (const held of [undefined, heldBy('a'), heldBy('a', LOCK_BELIEVED_SECONDS + 1)])
      expect(decideLock({ ...asking('late'), trigger }, held, ownedBy('standby', 'a'), NOW).kind).toBe('answer');
  });

  describe('once the standby owns the platform, for an operator', () => {
    const finishing: Run = { ...asking('b'), trigger: { kind: 'operator', by: 'anna', reason: 'again' } };
    const decide = (held: Lock | undefined) => decideLock(finishing, held, ownedBy('standby', 'a'), NOW);

    it('is given, to finish what an earlier run could not', () => {
      expect(decide(undefined)).toEqual({ kind: 'take', replacing: undefined });
    });

    it('is not given while a run is under way: no two runs ever act', () => {
      expect(decide(heldBy('a'))).toEqual({ kind: 'answer', run: 'a', why: 'a run is under way' });
    });

    it('is taken over from a run that has said nothing for too long', () => {
      const stale = heldBy('a', LOCK_BELIEVED_SECONDS + 1);
      expect(decide(stale)).toEqual({ kind: 'take', replacing: stale });
    });
  });

  it('stays with the run that has raised the epoch, should it ask again', () => {
    expect(decideLock(asking('a'), heldBy('a'), ownedBy('standby', 'a'), NOW).kind).toBe('take');
  });

  it('is held by one run at a time, whoever asks, in whatever order', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const moment = fc.integer({ min: 0, max: 2 * LOCK_BELIEVED_SECONDS });
    always(
      fc.property(fc.array(fc.tuple(names, moment), { maxLength: 12 }), (asks) => {
        let held: Lock | undefined;
        for (const [name, second] of asks.toSorted((a, b) => a[1] - b[1])) {
          const now = new Date(NOW.getTime() + second * 1000);
          const before = held;
          const decision = decideLock(asking(name), held, FIRST_OWNERSHIP, now);
          if (decision.kind === 'answer') {
            expect(decision.run).toBe(before?.run);
            expect(decision.run).not.toBe(name);
            continue;
          }
          const age = before === undefined ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(before.takenAt);
          if (before?.run !== name) expect(age).toBeGreaterThan(LOCK_BELIEVED_SECONDS * 1000);
          held = { run: name, takenAt: now.toISOString() };
        }
      }),
    );
  });
});
