import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { assessPlan, type Feasibility, keepsRpo, keepsRto } from '../../src/plan/feasibility.ts';
import { betterInterval } from '../../src/plan/feasibility-interval.ts';
import { assumedSizes, countedSizes } from '../../src/plan/feasibility-sizes.ts';
import { INTERVALS } from '../../src/plan/intervals.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from './small-plan.ts';

const example = planOf(readFileSync('lifeboat.yaml', 'utf8')).plan;

/** The small plan with these replacements. */
function small(...replacements: [from: string, to: string][]): Plan {
  let text = SMALL_PLAN;
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`the small plan has no ${from}`);
    text = text.replace(from, to);
  }
  return planOf(text).plan;
}

const assess = (plan: Plan): Feasibility => assessPlan(plan, assumedSizes);
function tierOf(plan: Plan, name: string) {
  const tier = assess(plan).tiers.find((one) => one.tier === name);
  if (tier === undefined) throw new Error(`no tier ${name}`);
  return tier;
}
const critical = (...replacements: [string, string][]) => tierOf(small(...replacements), 'critical');
const secondsOf = (tier: ReturnType<typeof tierOf>) => tier.rpo.terms.map(({ seconds }) => seconds);

const FIVE = '{ name: critical-5m, every: 5m, namespaces: [orders, ingress], keep: 24h }';
const DAILY = '\n      - { name: daily, cron: 0 2 * * *, keep: 30d }';

describe('the example', () => {
  it('can keep every promise', () => {
    const { tiers } = assess(example);
    expect(tiers.map((tier) => [tier.tier, keepsRpo(tier), keepsRto(tier)])).toEqual([
      ['critical', true, true],
      ['important', true, true],
      ['normal', true, true],
    ]);
  });

  it('is back about when rehearsals measure it: 9.4 to 9.8 minutes at the median, 10.6 at the ninetieth percentile', () => {
    const { p50, p90 } = tierOf(example, 'normal').rto;
    expect(p50 / 576).toBeGreaterThan(0.8);
    expect(p50 / 576).toBeLessThan(1.25);
    // The sum of ninetieth percentiles is a bound of the ninetieth of the sum.
    expect(p90 / 636).toBeGreaterThan(1);
    expect(p90 / 636).toBeLessThan(2);
  });

  it('costs recovery time under each colder posture', () => {
    const { postures } = assess(example);
    expect(postures.map(({ posture }) => posture)).toEqual(['cold', 'pilot', 'warm', 'hot']);
    const p90 = postures.map(({ rto }) => rto.p90);
    expect(p90).toEqual([...p90].sort((a, b) => b - a));
  });
});

describe('what a tier can lose', () => {
  it('is the sum of its terms, and so is the time until it is back', () => {
    for (const plan of [example, small()])
      for (const { rpo, rto } of assess(plan).tiers) {
        expect(rpo.terms.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(rpo.worst);
        expect(rto.terms.reduce((sum, term) => sum + term.p50, 0)).toBe(rto.p50);
        expect(rto.terms.reduce((sum, term) => sum + term.p90, 0)).toBe(rto.p90);
        for (const term of [...rpo.terms, ...rto.terms]) expect(term.source).not.toBe('');
      }
  });

  it('is more where snapshots are moved, whose data follows after the next backup has its turn', () => {
    const BY_SNAPSHOTS: [string, string] = ['bucket: shop-backups', 'volumes: snapshots\n    bucket: shop-backups'];
    const [[between, , taking], [apart, , moved]] = [secondsOf(critical()), secondsOf(critical(BY_SNAPSHOTS))];
    expect(apart).toBe(between);
    expect(moved).toBeGreaterThan((taking ?? 0) + 175);
    const each = (plan: Plan) => assess(plan).loads.map(({ waits }) => waits);
    // What waits for a node waits besides for its turn, and no turn waits until snapshots are moved.
    for (const [index, waits] of each(small(BY_SNAPSHOTS)).entries()) {
      expect(waits).toBeGreaterThanOrEqual(each(small())[index] ?? 0);
      expect(waits).toBeLessThan(300);
    }
    expect(critical(BY_SNAPSHOTS).rto.p90).toBeGreaterThan(critical().rto.p90);
  });

  it('is what is written between two backups, while the second waits, is taken and is replicated', () => {
    const [between, waiting, taking, replicating] = secondsOf(critical());
    const { loads } = assess(small());
    const own = loads.find(({ schedule }) => schedule.name === 'critical-5m');
    const others = loads.filter((load) => load !== own).reduce((sum, { seconds }) => sum + seconds, 0);
    // At 2 o'clock all three fire at once, and one backup is taken at a time.
    expect([between, waiting, taking, replicating]).toEqual([300, others, own?.seconds, 60]);
  });

  it('waits for nothing where nothing else is backed up at the time', () => {
    const others = '{ name: normal-2h, every: 2h, namespaces: [wiki], keep: 7d }';
    const [, waiting] = secondsOf(
      critical([others, '{ name: n, cron: 7 1 * * *, namespaces: [wiki], keep: 7d }'], [DAILY, '']),
    );
    expect(waiting).toBe(0);
  });

  it.each([
    ['every: 15m', 900],
    ["cron: '*/10 * * * *'", 600],
    ["cron: '0,10,25 * * * *'", 35 * 60],
    ["cron: '5-20/5 * * * *'", 45 * 60],
    ["cron: '*/5 8-18 * * *'", (13 * 60 + 5) * 60],
  ])('counts the longest pause of %s: %d s', (when, seconds) => {
    expect(secondsOf(critical(['every: 5m', when], [DAILY, '']))[0]).toBe(seconds);
  });

  it('is judged to the second', () => {
    const { worst } = critical().rpo;
    expect(keepsRpo(critical(['rpo: 15m', `rpo: ${worst}s`]))).toBe(true);
    expect(keepsRpo(critical(['rpo: 15m', `rpo: ${worst - 1}s`]))).toBe(false);
  });

  it('rests on the best schedule of those that hold all of the tier', () => {
    expect(critical().rpo.schedules).toEqual(['critical-5m']);
    expect(
      critical([FIVE, '{ name: configuration, every: 5m, contents: configuration, keep: 1d }']).rpo.schedules,
    ).toEqual(['daily']);
    expect(critical(['namespaces: [orders, ingress], keep', 'namespaces: [orders], keep']).rpo.schedules).toEqual([
      'daily',
    ]);
  });

  it('rests on several together where they take turns', () => {
    const week = `{ name: week, cron: '*/5 * * * 1-5', namespaces: [orders, ingress], keep: 24h }`;
    const weekend = `{ name: weekend, cron: '*/10 * * * 0,6', namespaces: [orders, ingress], keep: 24h }`;
    const { rpo } = critical([FIVE, `${week}\n      - ${weekend}`]);
    expect(rpo.schedules.toSorted()).toEqual(['week', 'weekend']);
    expect(rpo.terms[0]?.seconds).toBe(600);
    expect(critical([FIVE, week]).rpo.schedules).toEqual(['daily']);
  });

  it('has no end where a backup is gone before the next one is there', () => {
    const lost = tierOf(
      small([DAILY, ''], ['every: 2h, namespaces: [wiki], keep: 7d', 'every: 2h, namespaces: [wiki], keep: 1h']),
      'normal',
    );
    expect(lost.rpo.worst).toBe(Number.POSITIVE_INFINITY);
    expect(keepsRpo(lost)).toBe(false);
    expect(lost.rpo.terms[0]?.seconds).toBe(7200);
  });

  it('has no end where more backups are due than can be taken', () => {
    const crowd = Array.from({ length: 9 }, (_, index) => `\n      - { name: all-${index}, every: 1m, keep: 1d }`).join(
      '',
    );
    expect(tierOf(small([DAILY, crowd]), 'normal').rpo.worst).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('when a tier is back', () => {
  const rto = (...replacements: [string, string][]) =>
    critical(['traffic:', 'decision: { approval: automatic }\ntraffic:'], ...replacements).rto;
  const asked = (decision: string) => critical(['traffic:', `decision: ${decision}\ntraffic:`]).rto;

  it('waits for nobody, for a time-out, or for a person whose time is not counted', () => {
    const automatic = asked('{ approval: automatic }');
    const proceeds = asked('{ approval: required, timeout: 2h, onTimeout: proceed }');
    expect(proceeds.p90 - automatic.p90).toBe(7200);
    expect(asked('{ approval: required, onTimeout: hold }').p90).toBe(automatic.p90);
    expect(assess(small()).asking).toBe('without-end');
  });

  it('waits for a person too where more would be lost than the plan takes unasked', () => {
    const decision = 'decision: { approval: automatic, maxLoss: 1m, timeout: 20m, onTimeout: proceed }\ntraffic:';
    expect(assess(small(['traffic:', decision])).asking).toBe('until-timeout');
  });

  it.each([
    ['traffic:', 'detection: { interval: 10m }\ntraffic:', 540 * 0.9],
    ['traffic:', 'detection: { holdDown: 10m }\ntraffic:', 540],
    ['traffic:', 'detection: { failures: 10, tightInterval: 30s }\ntraffic:', 210],
    ['example.com } }', 'example.com }, ttl: 1h }', 0.9 * 3540],
  ])('grows with %s: %s', (from, to, seconds) => {
    expect(critical([from, to]).rto.p90 - critical().rto.p90).toBeGreaterThanOrEqual(Math.floor(seconds));
  });

  it('is never where fewer observers are left than must say so', () => {
    const plan = small(
      ['region: us-west-2', 'region: us-east-1'],
      ['region: us-east-1, cluster: shop-dr', 'region: us-west-2, cluster: shop-dr'],
      ['witness: { region: eu-west-1 }\n', ''],
    );
    expect(tierOf(plan, 'critical').rto.p90).toBe(Number.POSITIVE_INFINITY);
    expect(assess(plan).observers).toBe(1);
  });

  it('waits for the tiers before it, and for no traffic where it has none', () => {
    const first = tierOf(small(), 'critical');
    const second = tierOf(small(), 'normal');
    expect(second.rto.p50).toBeGreaterThan(first.rto.p50);
    expect(rto().terms.some(({ what }) => what.startsWith('shift'))).toBe(true);
    const silent = planOf(SMALL_PLAN.replace(/ {2}- name: wiki\n {4}tier: normal\n(.*\n){4}/, '')).plan;
    expect(tierOf(silent, 'normal').rto.terms.some(({ what }) => what.startsWith('shift'))).toBe(false);
  });
});

describe('an interval that would keep the promise', () => {
  it('is the longest that divides the hour and keeps it, with all else as it is', () => {
    const plan = small(['every: 5m', 'every: 20m']);
    const better = betterInterval(plan, 'critical', assumedSizes);
    expect(better).toMatchObject({ replaces: 'critical-5m', keeps: true });
    const with_ = (every: number) => tierOf(small(['every: 5m', `every: ${every}s`]), 'critical').rpo;
    expect(with_(better.every).worst).toBe(better.worst);
    const next = INTERVALS[INTERVALS.indexOf(better.every) + 1] ?? 0;
    expect(with_(next).worst).toBeGreaterThan(900);
  });

  it('is one to be added, where the schedule of the tier is shared', () => {
    const plan = planOf(readFileSync('examples/infeasible.yaml', 'utf8')).plan;
    expect(betterInterval(plan, 'critical', assumedSizes)).toMatchObject({
      replaces: undefined,
      name: 'critical-often',
      namespaces: ['knative-lambda'],
      keeps: true,
    });
  });

  it('is none, where waiting, taking and replicating alone take longer', () => {
    const better = betterInterval(small(['rpo: 15m', 'rpo: 1m']), 'critical', assumedSizes);
    expect(better.keeps).toBe(false);
    expect(better.worst).toBeGreaterThan(60);
  });
});

describe('sizes', () => {
  const object = (kind: string, spec = {}, namespace = 'orders') => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x', namespace },
    spec,
  });

  it('count what controllers make too, and a volume for each replica', () => {
    const sizes = countedSizes([
      object('StatefulSet', { replicas: 3, volumeClaimTemplates: [{}, {}] }),
      object('PersistentVolumeClaim'),
      object('Secret'),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'orders' } },
    ]);
    expect(sizes.of('orders')).toMatchObject({ volumes: 7, configuration: 1 });
    expect(sizes.of('orders').objects).toBeGreaterThan(3 + 7);
    expect(sizes.clusterObjects).toBe(1);
    expect(sizes.has('wiki')).toBe(false);
    expect(sizes.of('wiki')).toEqual(assumedSizes.of('wiki'));
  });

  it('make backups and restores take longer', () => {
    const many = countedSizes(Array.from({ length: 100 }, () => object('PersistentVolumeClaim')));
    const more = assessPlan(small(), many).tiers[0];
    expect(more?.rpo.worst).toBeGreaterThan(critical().rpo.worst);
    expect(more?.restoreSeconds).toBeGreaterThan(critical().restoreSeconds);
  });
});
