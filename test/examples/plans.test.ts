import { describe, expect, it } from '@jest/globals';
import { longestInterval } from '../../src/plan/intervals.ts';
import { controlRegion, scheduledNamespaces, tierNamespaces } from '../../src/plan/places.ts';
import { planIn } from './example-files.ts';

describe('the example plans', () => {
  it('protect us-west-2 by us-east-1, with eyes in a third region', () => {
    const { plan } = planIn('lifeboat.yaml');
    expect(plan.sites).toMatchObject({
      primary: { region: 'us-west-2', cluster: 'homelab' },
      standby: { region: 'us-east-1', cluster: 'homelab-dr' },
    });
    expect(controlRegion(plan)).toBe('us-east-1');
    expect(plan.witness?.region).toBe('eu-west-1');
    expect(plan.stores.backups).toMatchObject({
      bucket: 'knative-lambda-velero-backups',
      replica: 'knative-lambda-dr-backups-us-east-1',
    });
  });

  it('promise at least what the tiers’ usual targets are, and all of it within an hour', () => {
    const { plan } = planIn('lifeboat.yaml');
    const usual = { critical: [7200, 900], important: [14_400, 3600], normal: [28_800, 14_400] };
    for (const { name, rto, rpo } of plan.tiers) {
      const [usualRto = 0, usualRpo = 0] = usual[name as keyof typeof usual];
      expect(rto).toBeLessThanOrEqual(Math.min(usualRto, 3600));
      expect(rpo).toBeLessThanOrEqual(usualRpo);
    }
  });

  it.each(['lifeboat.yaml', 'examples/mirrored.yaml'])('%s backs each tier up whole, well within its RPO', (file) => {
    const { plan } = planIn(file);
    for (const tier of plan.tiers) {
      const wanted = tierNamespaces(plan, tier.name);
      const intervals = plan.stores.backups.schedules
        .filter((schedule) => schedule.contents === 'everything')
        .filter((schedule) => wanted.every((name) => scheduledNamespaces(plan, schedule).includes(name)))
        .map(longestInterval);
      expect(Math.min(...intervals)).toBeLessThanOrEqual(tier.rpo / 2);
    }
  });

  it('protect the same platform the other way round in mirrored.yaml', () => {
    const { plan } = planIn('lifeboat.yaml');
    const { plan: mirrored } = planIn('examples/mirrored.yaml');
    expect(mirrored.sites.primary.region).toBe(plan.sites.standby.region);
    expect(mirrored.sites.standby.region).toBe(plan.sites.primary.region);
    expect(controlRegion(mirrored)).toBe('us-west-2');
    const ofPlace = ['sites', 'control', 'stores', 'entryPoints'];
    const rest = (of: object) => Object.entries(of).filter(([field]) => !ofPlace.includes(field));
    expect(rest(mirrored)).toEqual(rest(plan));
    expect(mirrored.stores.backups.schedules).toEqual(plan.stores.backups.schedules);
    expect(mirrored.entryPoints).toEqual(
      plan.entryPoints.map((entryPoint) => ({ ...entryPoint, primary: expect.stringContaining('us-east-1') })),
    );
  });

  it('can be read even when they cannot be kept: infeasible.yaml', () => {
    const { plan } = planIn('examples/infeasible.yaml');
    expect(plan.tiers).toEqual([{ name: 'critical', rto: 3600, rpo: 900 }]);
    expect(plan.stores.backups.schedules.map((schedule) => schedule.contents)).toEqual(['configuration', 'everything']);
  });
});
