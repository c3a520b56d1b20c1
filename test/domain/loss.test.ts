import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Trigger } from '../../src/domain/run.ts';
import {
  canBeSeen,
  decideLoss,
  type LossFacts,
  nextSignal,
  type Signal,
  type Verdict,
  type Vote,
  votes,
} from '../../src/domain/signals.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';
import { at, detection, word } from './observer-words.ts';

describe('a primary', () => {
  it('can be seen from outside only where it has an entry point', () => {
    const { plan } = planOf(SMALL_PLAN);
    expect(canBeSeen(plan)).toBe(true);
    expect(canBeSeen({ entryPoints: [] })).toBe(false);
  });

  it('that nobody has a word on is not lost, unless an operator says so', () => {
    const facts = { startedAt: at(0), signals: [], standby: { usable: true, problem: '' }, now: at(100_000) };
    const alarm: Trigger = { kind: 'alarm', alarm: 'lifeboat-shop-orders-down' };
    const operator: Trigger = { kind: 'operator', by: 'ana', reason: 'the region is gone' };
    expect(decideLoss({ ...facts, trigger: alarm }, detection).kind).toBe('dismissed');
    expect(decideLoss({ ...facts, trigger: operator }, detection).kind).toBe('confirmed');
  });
});

describe('a loss', () => {
  const ALARM: Trigger = { kind: 'alarm', alarm: 'lifeboat-shop-orders-down' };
  const OPERATOR: Trigger = { kind: 'operator', by: 'anna', reason: 'the region is on fire' };
  const READY = { usable: true, problem: '' };

  const decide = (now: number, signals: Signal[], facts: Partial<LossFacts> = {}) =>
    decideLoss({ trigger: ALARM, startedAt: at(0), signals, standby: READY, now: at(now), ...facts }, detection);

  const everyoneDown = (since: number, said = since) => [
    word('control', 'down', said, since),
    word('witness', 'down', said, since),
  ];

  it.each<[string, number, Signal[], string]>([
    ['is confirmed when two say down for as long as the hold-down', 60, everyoneDown(0, 60), 'confirmed'],
    ['is waited for until then', 59, everyoneDown(0, 59), 'wait'],
    ['is not confirmed by time that passes after they last looked', 100, everyoneDown(0, 59), 'wait'],
    [
      'is not confirmed while one of the two has not seen it down for so long',
      100,
      [word('control', 'down', 100, 0), word('witness', 'down', 100, 41)],
      'wait',
    ],
    [
      'is confirmed by the two who agree longest, whenever a third began or went blind',
      100,
      [word('control', 'down', 20, 0), word('witness', 'down', 100, 10), word('route53/orders', 'down', 15)],
      'confirmed',
    ],
    [
      'is not confirmed while one of the two has not looked since',
      100,
      [word('control', 'down', 100, 0), word('witness', 'down', 50, 0)],
      'wait',
    ],
    [
      'is confirmed by the two who have seen it longest, whenever a third began to',
      100,
      [word('control', 'down', 100, 0), word('witness', 'down', 100, 40), word('route53/orders', 'down', 95)],
      'confirmed',
    ],
    [
      'is confirmed by an alarm that spoke once and has looked all the time',
      60,
      [word('control', 'down', 60, 0), word('route53/orders', 'down', 0)],
      'confirmed',
    ],
    [
      'is not confirmed by an alarm that spoke less than the hold-down ago',
      60,
      [word('control', 'down', 60, 0), word('route53/orders', 'down', 1)],
      'wait',
    ],
    [
      'is dismissed at once when everybody says up',
      1,
      [word('control', 'up', 0), word('witness', 'up', 0)],
      'dismissed',
    ],
    ['is not confirmed by one observer alone', 100, [word('control', 'down', 90, 0)], 'wait'],
    ['is not confirmed while anybody says up', 100, [...everyoneDown(0, 90), word('route53/orders', 'up', 90)], 'wait'],
    [
      'is confirmed though one last looked before it failed',
      100,
      [word('control', 'down', 90, 20), word('witness', 'up', 19), word('route53/orders', 'down', 30)],
      'confirmed',
    ],
    [
      "is not confirmed while an alarm's up is believed, since it looks all the time",
      100,
      [...everyoneDown(20, 90), word('route53/orders', 'up', 10)],
      'wait',
    ],
    [
      'is not confirmed when one saw it up as it failed for others',
      100,
      [word('control', 'down', 90, 20), word('witness', 'up', 20), word('route53/orders', 'down', 30)],
      'wait',
    ],
    ['is not confirmed when nobody says anything', 100, [], 'wait'],
    ['is dismissed when no quorum came together in time', 900, [word('control', 'down', 890, 0)], 'dismissed'],
    [
      'is dismissed when everybody says up to the end',
      900,
      [word('control', 'up', 890), word('witness', 'up', 890)],
      'dismissed',
    ],
    ['is not confirmed by words gone stale', 400, everyoneDown(0), 'wait'],
  ])('%s', (_, now, signals, kind) => {
    expect(decide(now, signals).kind).toBe(kind);
  });

  it('is dated from the first failure that anybody saw', () => {
    const signals = [word('control', 'down', 100, 10), word('witness', 'down', 100, 25)];
    expect(decide(100, signals)).toMatchObject({ kind: 'confirmed', lostSince: at(10).toISOString() });
  });

  it("needs nobody's vote when an operator says so, and names who said it", () => {
    const decision = decide(0, [word('control', 'up', 0)], { trigger: OPERATOR });
    expect(decision).toMatchObject({ kind: 'confirmed', reason: 'anna says so: the region is on fire' });
  });

  it('is held when both sites are gone, whoever started the run, once it has waited long enough', () => {
    const standby = { usable: false, problem: 'cluster shop-dr is not active' };
    for (const trigger of [ALARM, OPERATOR]) {
      expect(decide(60, everyoneDown(0), { trigger, standby }).kind).toBe('wait');
      const late = decide(900, everyoneDown(0, 890), { trigger, standby });
      expect(late).toMatchObject({ kind: 'held', reason: expect.stringContaining('cluster shop-dr is not active') });
    }
  });

  describe('whatever is said', () => {
    /** For how many seconds two observers have both seen it down. */
    const seenByBoth = (one: Vote, other: Vote): number =>
      (Math.min(one.at.getTime(), other.at.getTime()) - Math.max(one.since.getTime(), other.since.getTime())) / 1000;
    const said = fc.record({
      observer: fc.constantFrom('control', 'witness', 'route53/orders', 'route53/wiki'),
      verdict: fc.constantFrom<Verdict>('up', 'down', 'unknown'),
      since: fc.integer({ min: -600, max: 900 }),
      age: fc.integer({ min: 0, max: 1000 }),
    });
    const words = fc
      .uniqueArray(said, { selector: ({ observer }) => observer, maxLength: 4 })
      .map((all) => all.map(({ observer, verdict, since, age }) => word(observer, verdict, since + age, since)));
    const now = fc.integer({ min: 0, max: 1000 });

    it('is confirmed only by enough observers who all saw it down for the hold-down, and no up since', () => {
      always(
        fc.property(words, now, (signals, second) => {
          if (decide(second, signals).kind !== 'confirmed') return;
          const cast = votes(signals, detection, at(second));
          const down = cast.filter(({ verdict }) => verdict === 'down');
          const oldest = Math.min(...down.map(({ since }) => since.getTime()));
          const ups = cast.filter((vote) => vote.verdict === 'up' && vote.at.getTime() >= oldest);
          expect(ups).toEqual([]);
          const pairs = down.flatMap((one, index) => down.slice(index + 1).map((other) => seenByBoth(one, other)));
          expect(Math.max(...pairs)).toBeGreaterThanOrEqual(detection.holdDown);
        }),
      );
    });

    it('is confirmed when any two who say down saw it down for the hold-down, and nobody says up', () => {
      always(
        fc.property(words, now, (signals, second) => {
          const cast = votes(signals, detection, at(second));
          const down = cast.filter(({ verdict }) => verdict === 'down');
          if (cast.some(({ verdict }) => verdict === 'up') || down.length < detection.downVotes) return;
          const pairs = down.flatMap((one, index) => down.slice(index + 1).map((other) => seenByBoth(one, other)));
          if (Math.min(...pairs) < detection.holdDown) return;
          expect(decide(second, signals).kind).toBe('confirmed');
        }),
      );
    });

    it('is never confirmed while the standby cannot take over', () => {
      const standby = { usable: false, problem: 'its API does not answer' };
      always(
        fc.property(words, now, fc.constantFrom(ALARM, OPERATOR), (signals, second, trigger) => {
          expect(decide(second, signals, { trigger, standby }).kind).not.toBe('confirmed');
        }),
      );
    });

    it('is decided for good once the plan gives up: no run waits for ever', () => {
      always(
        fc.property(words, fc.integer({ min: 900, max: 5000 }), (signals, second) => {
          // Down for less than the hold-down is the one thing still worth waiting for.
          const decision = decide(second, signals);
          if (decision.kind === 'wait') expect(decision.reason).toMatch(/^down for/);
        }),
      );
    });
  });

  it('is never confirmed for a blip that observers see both ends of', () => {
    const offset = fc.integer({ min: 0, max: 9 });
    always(
      fc.property(fc.integer({ min: 1, max: 50 }), offset, offset, (blip, control, witness) => {
        let signals: Signal[] = [];
        for (let second = 0; second < 200; second++) {
          const answered = second < 20 || second >= 20 + blip;
          const lookers = [
            { observer: 'control', looks: second % 10 === control },
            { observer: 'witness', looks: second % 10 === witness },
          ];
          for (const { observer, looks } of lookers) {
            if (!looks) continue;
            const before = signals.find((one) => one.observer === observer);
            const next = nextSignal(before, observer, { answered, at: at(second) }, detection);
            signals = [...signals.filter((one) => one !== before), next];
          }
          expect(decide(second, signals).kind).not.toBe('confirmed');
        }
      }),
    );
  });
});
