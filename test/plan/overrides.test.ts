import { describe, expect, it } from '@jest/globals';
import { applyOverrides } from '../../src/plan/overrides.ts';
import { problemLine } from '../../src/plan/problem.ts';
import type { PlanInput } from '../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from './small-plan.ts';

const { input } = planOf(SMALL_PLAN);

function overridden(set: Record<string, unknown>): PlanInput {
  const result = applyOverrides(input, set);
  if ('problems' in result) throw new Error(result.problems.map(problemLine).join('\n'));
  return result.input;
}

const linesOf = (set: Record<string, unknown>): string[] => {
  const result = applyOverrides(input, set, 'scenarios/blip.yaml');
  return 'problems' in result ? result.problems.map(problemLine) : [];
};

describe('overriding fields of a plan', () => {
  it('sets a field, also where its section was not written', () => {
    expect(overridden({ 'decision.approval': 'required' }).decision).toEqual({ approval: 'required' });
    expect(overridden({ 'traffic.zone.name': 'example.org' }).traffic.zone).toEqual({
      id: 'Z0123456789ABC',
      name: 'example.org',
    });
  });

  it('finds items of lists by name and by position', () => {
    expect(overridden({ 'tiers.normal.rto': '5h' }).tiers[1]).toEqual({ name: 'normal', rto: '5h', rpo: '4h' });
    expect(overridden({ 'tiers.0.rto': '5h' }).tiers[0]?.rto).toBe('5h');
    expect(overridden({ 'workloads.orders.checks.0.path': '/ready' }).workloads[0]?.checks?.[0]?.path).toBe('/ready');
    expect(overridden({ 'workloads.orders.replicas.Deployment/orders': 3 }).workloads[0]?.replicas).toEqual({
      'Deployment/orders': 3,
    });
  });

  it('takes a field away with null', () => {
    expect(overridden({ witness: null })).not.toHaveProperty('witness');
    expect(overridden({ 'stores.backups.schedules.daily': null }).stores.backups.schedules).toHaveLength(2);
  });

  it('leaves the plan that it was given as it was', () => {
    const before = JSON.stringify(input);
    overridden({ 'tiers.critical.rto': '1h', 'decision.approval': 'automatic' });
    expect(JSON.stringify(input)).toBe(before);
  });

  it('refuses unknown paths, all at once, with what is near', () => {
    expect(
      linesOf({
        'decision.aproval': 'required',
        'tiers.gold.rto': '1h',
        'tiers.7.rto': '1h',
        'name.first': 'x',
        '': 1,
      }),
    ).toEqual([
      'scenarios/blip.yaml: decision.aproval: found an unknown field aproval, allowed: approval (did you mean that?)',
      'scenarios/blip.yaml: tiers.gold.rto: found no item gold, allowed: critical, normal',
      'scenarios/blip.yaml: tiers.7.rto: found no item 7, allowed: critical, normal',
      'scenarios/blip.yaml: name.first: found an unknown field first, allowed: nothing inside it',
      expect.stringContaining('found an unknown field , allowed: name, sites'),
    ]);
  });
});
