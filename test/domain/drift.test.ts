import { describe, expect, it } from '@jest/globals';
import { type DriftFacts, type FailoverRecord, findDrift, type HealthCheckFacts } from '../../src/domain/drift.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';

const { plan } = planOf(SMALL_PLAN);
const [first] = plan.entryPoints;
if (first === undefined) throw new Error('the small plan has no entry point');
const { host, name } = first;

const deployedCheck = (entryPoint: string): HealthCheckFacts => ({
  type: 'CLOUDWATCH_METRIC',
  alarm: `lifeboat-${plan.name}-${entryPoint}-on-standby`,
  disabled: false,
  inverted: false,
});
const AS_DEPLOYED: DriftFacts = {
  versions: { primary: '1.34', standby: '1.34' },
  records: new Map(
    plan.entryPoints.map((entry) => [
      entry.host,
      [
        { failover: 'PRIMARY', value: entry.primary, healthCheckId: entry.name },
        { failover: 'SECONDARY', value: 'standby.example.com', healthCheckId: undefined },
      ],
    ]),
  ),
  checks: new Map(plan.entryPoints.map((entry) => [entry.name, deployedCheck(entry.name)])),
};

const withRecords = (change: (records: FailoverRecord[]) => FailoverRecord[]): DriftFacts => ({
  ...AS_DEPLOYED,
  records: new Map([...AS_DEPLOYED.records, [host, change(AS_DEPLOYED.records.get(host) ?? [])]]),
});
const withPrimary = (change: Partial<FailoverRecord>): DriftFacts =>
  withRecords((records) => records.map((one) => (one.failover === 'PRIMARY' ? { ...one, ...change } : one)));
const withCheck = (change: Partial<HealthCheckFacts>): DriftFacts => ({
  ...AS_DEPLOYED,
  checks: new Map([...AS_DEPLOYED.checks, [name, { ...deployedCheck(name), ...change }]]),
});
const withStandby = (standby: string | undefined): DriftFacts => ({
  ...AS_DEPLOYED,
  versions: { primary: '1.34', standby },
});

describe('drift', () => {
  it('is none while all stands as it was deployed', () => {
    expect(findDrift(plan, AS_DEPLOYED)).toEqual([]);
  });

  it.each<[string, DriftFacts, RegExp]>([
    ['a standby that is gone', withStandby(undefined), /cluster is not there/],
    ['a standby older than the primary, as versions count', withStandby('1.9'), /Kubernetes 1\.9, older than .* 1\.34/],
    ['a record without its counterpart', withRecords((all) => all.slice(0, 1)), /has no failover pair/],
    ['a name without records', withRecords(() => []), /has no failover pair/],
    ['a record that leads elsewhere', withPrimary({ value: 'other.example.com' }), /leads to other\.example\.com/],
    ['a record without a health check', withPrimary({ healthCheckId: undefined }), /can never move/],
    ['a health check that is gone', withPrimary({ healthCheckId: 'deleted' }), /can never move/],
    ['a health check that is turned off', withCheck({ disabled: true }), /health check is disabled/],
    ['a health check that is turned round', withCheck({ inverted: true }), /health check is inverted/],
    ['a health check that follows another alarm', withCheck({ alarm: 'cpu' }), /follows cpu, not the alarm lifeboat-/],
    ['a health check of another kind', withCheck({ alarm: undefined, type: 'HTTP' }), /follows HTTP, not the alarm/],
  ])('is said of %s, in one sentence', (_, facts, sentence) => {
    expect(findDrift(plan, facts)).toEqual([expect.stringMatching(sentence)]);
  });

  it('is none of a standby that is newer than the primary', () => {
    expect(findDrift(plan, withStandby('1.35'))).toEqual([]);
  });

  it('names the host that has come loose, and keeps quiet about the others', () => {
    const [sentence, ...others] = findDrift(plan, withPrimary({ value: 'other.example.com' }));
    expect(sentence).toContain(host);
    expect(others).toEqual([]);
  });
});
