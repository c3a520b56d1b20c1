import { describe, expect, it } from '@jest/globals';
import { monthlyCost } from '../../infra/cost.ts';
import { assemble } from './assembly.ts';

const { plan, templates } = assemble();
const cost = monthlyCost(Object.values(templates), plan);

describe('the cost of a month in which nothing happens', () => {
  it('is at most 15 dollars for the control plane', () => {
    expect(cost.totals.controlPlane).toBeGreaterThan(5);
    expect(cost.totals.controlPlane).toBeLessThanOrEqual(15);
  });

  it('shows what stands by apart from it', () => {
    expect(cost.standby.map(({ what, monthlyUsd }) => [what, Math.round(monthlyUsd)])).toEqual([
      ["the cluster's control plane", 73],
      ['NAT gateways', 33],
      ['their public addresses', 4],
    ]);
  });

  it('grows with each entry point', () => {
    const [first] = plan.entryPoints;
    const one = assemble('lifeboat.yaml', {
      change: (input) => ({ ...input, entryPoints: (input.entryPoints ?? []).slice(0, 1) }),
    });
    const less = monthlyCost(Object.values(one.templates), one.plan);
    expect(first).toBeDefined();
    expect(cost.totals.entryPoints).toBeCloseTo(less.totals.entryPoints * plan.entryPoints.length);
  });

  it('is counted from the schedules', () => {
    const starts = cost.controlPlane.find(({ what }) => what === 'starts by schedule');
    // Two probers and the traffic each minute, the capture and the machine protect each hour.
    expect(starts?.quantity).toBe(3 * 730 * 60 + 2 * 730);
  });

  it('says of each price where it is from and how sure it is', () => {
    for (const { price } of [...cost.controlPlane, ...cost.entryPoints, ...cost.standby]) {
      expect(price.source).toMatch(/^https:/);
      expect(['A', 'B', 'U']).toContain(price.grade);
    }
  });
});
