import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parsePlan } from '../../src/plan/parse.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { parseScenario } from '../../src/rehearsal/scenario.ts';
import { resolveFaults } from '../../src/rehearsal/scenario-faults.ts';

function plan(): Plan {
  const parsed = parsePlan(readFileSync(new URL('../../lifeboat.yaml', import.meta.url), 'utf8'), 'lifeboat.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message);
  return parsed.plan;
}

function resolved(faults: string, on: Plan = plan()) {
  const parsed = parseScenario(`name: x\nfaults:\n${faults}`, 'x.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return resolveFaults(parsed.scenario, on);
}

describe('the faults of a scenario, for a plan', () => {
  it('have regions for roles, and say in words what they do', () => {
    const { faults } = resolved('  - { at: 10m, kind: region-loss, region: primary, for: 43s }');
    expect(faults).toEqual([
      { at: 600, kind: 'region-loss', region: 'us-west-2', for: 43, text: 'loss of us-west-2 (primary) for 43s' },
    ]);
  });

  it('name services as the SDK does', () => {
    const { faults } = resolved('  - { at: 10m, kind: service-error, service: elasticloadbalancing, region: standby }');
    expect(faults[0]).toMatchObject({
      serviceId: 'elasticloadbalancingv2',
      region: 'us-east-1',
      text: 'errors of elasticloadbalancing in us-east-1 (standby)',
    });
  });

  it('come in order of time', () => {
    const { faults } = resolved(
      '  - { at: 20m, kind: primary-returns }\n  - { at: 10m, kind: region-loss, region: primary }',
    );
    expect(faults.map(({ at }) => at)).toEqual([600, 1200]);
  });

  it('resolve both ends of a partition, and leave the internet as it is', () => {
    const { faults } = resolved('  - { at: 10m, kind: partition, between: [primary, internet] }');
    expect(faults[0]).toMatchObject({
      between: ['us-west-2', 'internet'],
      text: 'partition between us-west-2 (primary) and internet',
    });
  });

  it('are a problem where the plan lacks the role', () => {
    const { witness: _, ...without } = plan();
    const { problems } = resolved('  - { at: 10m, kind: region-loss, region: witness }', without);
    expect(problems).toEqual([`faults.0.region: the plan ${without.name} has no witness`]);
  });
});
