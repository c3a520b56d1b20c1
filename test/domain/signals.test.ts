import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Trigger } from '../../src/domain/run.ts';
import {
  canBeSeen,
  decideLoss,
  type LossFacts,
  looksWrong,
  nextSignal,
  type Signal,
  shouldAnnounce,
  type Verdict,
  type Vote,
  votes,
} from '../../src/domain/signals.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';

/** Looks every 60 s, 3 failures, 2 votes, a hold-down of 60 s, given up after 15 min. */
const { detection } = planOf(SMALL_PLAN).plan;
const START = Date.parse('2026-03-01T04:40:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);

const word = (observer: string, verdict: Verdict, said: number, since = said): Signal => ({
  site: 'primary',
  observer,
  verdict,
  failures: verdict === 'down' ? 3 : 0,
  since: at(since).toISOString(),
  at: at(said).toISOString(),
});

/** What an observer says after these looks, ten seconds apart. */
function wordAfter(answers: boolean[], before?: Signal): Signal | undefined {
  return answers.reduce<Signal | undefined>(
    (last, answered, index) => nextSignal(last, 'control', { answered, at: at(index * 10) }, detection),
    before,
  );
}

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

describe('an observer', () => {
  it.each<[string, boolean[], Verdict, number]>([
    ['says up after one answer', [true], 'up', 0],
    ['does not know after a first failure', [false], 'unknown', 1],
    ['still says up after two failures', [true, false, false], 'up', 2],
    ['says down after as many failures in a row as the plan wants', [true, false, false, false], 'down', 3],
    ['says up again after a single answer', [false, false, false, true], 'up', 0],
    ['counts anew after an answer', [false, false, true, false, false], 'up', 2],
  ])('%s', (_, looks, verdict, failures) => {
    expect(wordAfter(looks)).toMatchObject({ verdict, failures });
  });

  it('dates a loss from the first of its failures', () => {
    expect(wordAfter([true, false, false, false])?.since).toBe(at(10).toISOString());
  });

  it('counts and dates its failures anew after a long pause, since those before it are no longer in a row', () => {
    const before = wordAfter([true, false, false]); // the last at 20 s
    const fails = (last: Signal | undefined, second: number) =>
      nextSignal(last, 'control', { answered: false, at: at(second) }, detection);
    expect(fails(before, 20 + 180)).toMatchObject({ verdict: 'down', failures: 3, since: at(10).toISOString() });
    const paused = fails(before, 20 + 181);
    expect(paused).toMatchObject({ verdict: 'unknown', failures: 1, since: at(201).toISOString() });
    expect(fails(fails(paused, 211), 221)).toMatchObject({ verdict: 'down', since: at(201).toISOString() });
  });

  it('dates health from the first answer, and keeps that date', () => {
    expect(wordAfter([false, true, true])?.since).toBe(at(10).toISOString());
  });

  it('looks wrong from the first failure on, and no longer once it is no news', () => {
    const looks = (signal: Signal | undefined) => signal && looksWrong(signal, detection);
    expect(looks(wordAfter([true]))).toBe(false);
    expect(looks(wordAfter([true, false]))).toBe(true);
    expect(looks(word('control', 'down', detection.giveUp - 1, 0))).toBe(true);
    expect(looks(word('control', 'down', detection.giveUp, 0))).toBe(false);
    expect(looksWrong(word('control', 'down', 100, 0), { ...detection, giveUp: 100 })).toBe(false);
  });
});

describe('the announcement of a loss', () => {
  const down = word('control', 'down', 0);

  it('is made when a site becomes down, and again after five minutes, and not in between', () => {
    const announced = { ...down, announcedAt: at(0).toISOString() };
    expect(shouldAnnounce(down, at(0))).toBe(true);
    expect(shouldAnnounce(announced, at(299))).toBe(false);
    expect(shouldAnnounce(announced, at(300))).toBe(true);
  });

  it('is never made of a site that is up or unknown', () => {
    expect(shouldAnnounce(word('control', 'up', 0), at(900))).toBe(false);
    expect(shouldAnnounce(word('control', 'unknown', 0), at(900))).toBe(false);
  });

  it('is remembered while the site stays down, and forgotten when it answers', () => {
    const announced = { ...down, announcedAt: at(0).toISOString() };
    expect(wordAfter([false], announced)?.announcedAt).toBe(announced.announcedAt);
    expect(wordAfter([true], announced)?.announcedAt).toBeUndefined();
  });
});

describe('votes', () => {
  const verdictsAt = (now: number, ...words: Signal[]) =>
    votes(words, detection, at(now)).map(({ observer, verdict }) => `${observer} ${verdict}`);

  it('are one an observer, and all alarms together are one', () => {
    const words = [word('control', 'down', 0), word('route53/orders', 'down', 0), word('route53/wiki', 'down', 0)];
    expect(verdictsAt(0, ...words)).toEqual(['control down', 'route53 down']);
  });

  it("are up for the alarms together, while one entry point's is fresh and says up", () => {
    expect(verdictsAt(0, word('route53/orders', 'down', 0), word('route53/wiki', 'up', 0))).toEqual(['route53 up']);
  });

  it('become unknown when a prober has said nothing for three intervals: missing data is not down', () => {
    expect(verdictsAt(180, word('control', 'down', 0))).toEqual(['control down']);
    expect(verdictsAt(181, word('control', 'down', 0))).toEqual(['control unknown']);
  });

  it("believe an alarm's up for three minutes and its down for fifteen, since it speaks only when it changes", () => {
    expect(verdictsAt(181, word('route53/orders', 'up', 0))).toEqual(['route53 unknown']);
    expect(verdictsAt(900, word('route53/orders', 'down', 0))).toEqual(['route53 down']);
    expect(verdictsAt(901, word('route53/orders', 'down', 0))).toEqual(['route53 unknown']);
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
