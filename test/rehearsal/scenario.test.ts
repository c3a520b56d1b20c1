import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseScenario, scenarioJsonSchema } from '../../src/rehearsal/scenario.ts';
import { FAULT_KINDS, ROLES, type Scenario } from '../../src/rehearsal/scenario-schema.ts';

const SCENARIOS = new URL('../../scenarios/', import.meta.url);
const shipped = readdirSync(SCENARIOS).map((file): [string, string] => [
  file,
  readFileSync(new URL(file, SCENARIOS), 'utf8'),
]);

function read(text: string): Scenario {
  const parsed = parseScenario(text, 'x.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.scenario;
}

function problemsOf(text: string): string[] {
  const parsed = parseScenario(text, 'x.yaml');
  return 'problems' in parsed ? parsed.problems : [];
}

describe('a scenario', () => {
  it('reads the example of the design', () => {
    const scenario = read(`
name: region-loss-approved
source: what happened
startsAt: 2026-03-01T04:30:00Z
set: { decision.approval: required }
faults:
  - { at: 10m, kind: region-loss, region: primary }
operator:
  - { at: 14m, action: approve }
endsAt: 3h
expect: { outcome: recovered, rtoWithin: 60m, rpoWithin: 15m }
`);
    expect(scenario).toMatchObject({
      startsAt: Date.parse('2026-03-01T04:30:00Z'),
      set: { 'decision.approval': 'required' },
      faults: [{ at: 600, kind: 'region-loss', region: 'primary' }],
      operator: [{ at: 840, action: 'approve' }],
      endsAt: 10_800,
      expect: { outcome: 'recovered', rtoWithin: 3600, rpoWithin: 900 },
    });
  });

  it('needs no more than a name', () => {
    expect(read('name: quiet')).toMatchObject({ faults: [], operator: [], endsAt: 10_800, expect: {} });
  });

  it('knows every kind of fault of the design', () => {
    expect([...FAULT_KINDS].sort()).toEqual(
      'backup-corruption backup-silent-failure capacity clock-skew data-corruption duplicate-events function-crash late-events latency missing-metrics node-loss partial-replication partition pod-crash primary-returns region-loss replication-stall service-error throttle zone-loss'.split(
        ' ',
      ),
    );
  });

  it('takes each kind with the fields that it needs', () => {
    const { faults } = read(`
name: all
faults:
  - { at: 1m, kind: zone-loss, region: primary, for: 5m }
  - { at: 1m, kind: partition, between: [primary, internet] }
  - { at: 1m, kind: service-error, service: eks, region: standby, operations: [DescribeCluster], probability: 0.5 }
  - { at: 1m, kind: throttle, service: elasticloadbalancing }
  - { at: 1m, kind: latency, service: s3, by: 2s }
  - { at: 1m, kind: capacity, region: us-east-1 }
  - { at: 1m, kind: missing-metrics }
  - { at: 1m, kind: late-events, by: 1h }
  - { at: 1m, kind: duplicate-events }
  - { at: 1m, kind: replication-stall, for: 1h }
  - { at: 1m, kind: partial-replication, probability: 0.1, keys: '*-podvolumebackups.json.gz' }
  - { at: 1m, kind: backup-corruption }
  - { at: 1m, kind: backup-silent-failure }
  - { at: 1m, kind: node-loss, region: primary }
  - { at: 1m, kind: pod-crash, region: standby }
  - { at: 1m, kind: data-corruption, region: primary }
  - { at: 1m, kind: function-crash, operations: [UpdateItem] }
  - { at: 1m, kind: clock-skew, region: control, by: 90s }
  - { at: 2m, kind: primary-returns }
`);
    expect(faults).toHaveLength(19);
    expect(faults[8]).toEqual({ at: 60, kind: 'duplicate-events', probability: 1 });
  });

  it.each([
    ['name: x\nsize: 3', 'x.yaml:2: size: found an unknown field, allowed: '],
    ['- a', 'x.yaml:1: found a list, allowed: a map of name, '],
    ['', 'x.yaml:1: found nothing, allowed: a map of name, '],
    ['name: x\nfaults: [{ at: 1m, kind: meteor }]', 'x.yaml:2: faults.0.kind: found "meteor", allowed: region-loss, '],
    [
      'name: x\nfaults: [{ at: soon, kind: primary-returns }]',
      'x.yaml:2: faults.0.at: found "soon", allowed: a length of time',
    ],
    [
      'name: x\nfaults: [{ at: 1m, kind: partition, between: [primary] }]',
      'x.yaml:2: faults.0.between: found a list, allowed: two ends',
    ],
    [
      'name: x\nfaults: [{ at: 1m, kind: region-loss, region: mars }]',
      'x.yaml:2: faults.0.region: found "mars", allowed: a role',
    ],
    [
      'name: x\nfaults: [{ at: 1m, kind: latency, by: 2s, probability: 3 }]',
      'x.yaml:2: faults.0.probability: found 3, allowed: a number from 0 to 1',
    ],
    [
      'name: x\nfaults: [{ at: 1m, kind: node-loss, region: primary, for: 5m }]',
      'x.yaml:2: faults.0.for: found an unknown field, allowed: ',
    ],
    [
      'name: x\nmanifests: [{ kind: ConfigMap, metadata: { name: a } }]',
      'x.yaml:2: manifests.0.apiVersion: found nothing, allowed: ',
    ],
    ['name: x\nstartsAt: noon', 'x.yaml:2: startsAt: found "noon", allowed: a moment in UTC'],
    [
      'name: x\nendsAt: 5m\nfaults: [{ at: 5m, kind: primary-returns }]',
      'x.yaml:3: faults.0.at: found 5m, allowed: less than endsAt, which is 5m',
    ],
    [
      'name: x\noperator: [{ at: 1m, action: abort }]',
      'x.yaml:2: operator.0.action: found "abort", allowed: approve, failover (abort is not available yet)',
    ],
    [
      'name: x\noperator: [{ at: 1m, action: panic }]',
      'x.yaml:2: operator.0.action: found "panic", allowed: failover, ',
    ],
    [
      'name: x\nexpect: { outcome: none, rtoWithin: 1h }',
      'x.yaml:2: expect.rtoWithin: found a bound, allowed: none, where the outcome is not recovered',
    ],
  ])('refuses %j', (text, start) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, start.length)).toBe(start);
  });

  it('tells all that is wrong at once, in order of lines', () => {
    const lines = problemsOf('faults: [{ at: 1m, kind: meteor }]\nendsAt: late\nname: 3').map(
      (line) => line.split(':')[1],
    );
    expect(lines).toEqual(['1', '2', '3']);
  });
});

describe('the scenarios that come with Lifeboat', () => {
  it('are those that are promised', () => {
    expect(shipped.map(([file]) => file).sort()).toEqual([
      'blind-observer.yaml',
      'blip.yaml',
      'both-regions.yaml',
      'calm-day.yaml',
      'corrupted-backup.yaml',
      'damaged-backup.yaml',
      'duplicate-events.yaml',
      'expired-point.yaml',
      'late-and-doubled-events.yaml',
      'late-volume-list.yaml',
      'loss-mid-backup.yaml',
      'missing-kopia-blob.yaml',
      'partial-replication.yaml',
      'primary-returns.yaml',
      'ransomware.yaml',
      'region-loss-approved.yaml',
      'region-loss.yaml',
      'replication-stall.yaml',
      'silent-backup-failure.yaml',
      'stale-tarball.yaml',
      'unmounted-volume.yaml',
      'us-east-1-loss.yaml',
      'weekly-verification.yaml',
    ]);
  });

  it.each(shipped)('%s is right, has a source and an expectation, and names only roles', (file, text) => {
    const scenario = read(text);
    expect(`${scenario.name}.yaml`).toBe(file);
    expect(scenario.source).toBeTruthy();
    expect(scenario.expect.outcome).toBeDefined();
    const places = scenario.faults.flatMap((fault) => [
      ...('region' in fault && fault.region !== undefined ? [fault.region] : []),
      ...('between' in fault ? fault.between : []),
    ]);
    expect(places.filter((place) => place !== 'internet' && !ROLES.some((role) => role === place))).toEqual([]);
  });
});

describe('scenario.schema.json', () => {
  it('is in step with the schema (npm run schemas)', () => {
    const written: unknown = JSON.parse(readFileSync(new URL('../../scenario.schema.json', import.meta.url), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });
});
