import { describe, expect, it } from '@jest/globals';
import { looksWrong, nextSignal, type Signal, shouldAnnounce, type Verdict, votes } from '../../src/domain/signals.ts';
import { at, detection, word } from './observer-words.ts';

/** What an observer says after these looks, ten seconds apart. */
function wordAfter(answers: boolean[], before?: Signal): Signal | undefined {
  return answers.reduce<Signal | undefined>(
    (last, answered, index) => nextSignal(last, 'control', { answered, at: at(index * 10) }, detection),
    before,
  );
}

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
