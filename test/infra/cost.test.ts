import { describe, expect, it } from '@jest/globals';
import { monthlyCost } from '../../infra/cost.ts';
import { assemble, resources } from './assembly.ts';

const assembly = assemble();
const { plan, templates } = assembly;
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

  it('counts metrics and alarms beyond what every account has for nothing', () => {
    const quantity = (what: RegExp) => cost.controlPlane.find((line) => what.test(line.what))?.quantity;
    // Seven namespaces, a bucket, Git, three tiers, eight of the whole plan, and one for each of four entry points.
    expect(quantity(/^metrics, /)).toBe(7 + 1 + 1 + 3 + 8 + 4 - 10);
    expect(quantity(/^alarms$/)).toBe(resources(assembly, 'AWS::CloudWatch::Alarm').length - 10);
    expect(quantity(/^dashboards$/)).toBe(0);
  });

  it('counts a dashboard that shows more than fifty metrics', () => {
    const wide = assemble('lifeboat.yaml', {
      change: (input) => ({
        ...input,
        workloads: input.workloads.map((workload, index) =>
          index > 0
            ? workload
            : {
                ...workload,
                namespaces: [...workload.namespaces, ...Array.from({ length: 30 }, (_, n) => `more-${n}`)],
              },
        ),
      }),
    });
    const lines = monthlyCost(Object.values(wide.templates), wide.plan).controlPlane;
    expect(lines.find(({ what }) => what === 'dashboards')?.quantity).toBe(1);
  });

  it('shows what comes with the backups apart from it: their keys and S3’s own metrics of replication first', () => {
    expect(cost.backups.map(({ what }) => what).slice(0, 2)).toEqual(['keys that encrypt', 'metrics of replication']);
    expect(cost.backups[0]?.monthlyUsd).toBeCloseTo(2);
    expect(cost.backups[1]?.monthlyUsd).toBeCloseTo(2 * 4 * 0.3);
    expect(cost.totals.backups).toBeLessThan(7);
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
    // Two probers, the traffic and the recovery points each minute, the capture and the machine protect each hour,
    // the verification each week.
    expect(starts?.quantity).toBeCloseTo(4 * 730 * 60 + 2 * 730 + 730 / 168);
  });

  it('says of each price where it is from and how sure it is', () => {
    for (const { price } of [...cost.controlPlane, ...cost.backups, ...cost.entryPoints, ...cost.standby]) {
      expect(price.source).toMatch(/^https:/);
      expect(['A', 'B', 'U']).toContain(price.grade);
    }
  });
});
