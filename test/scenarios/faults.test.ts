import { describe, expect, it } from '@jest/globals';
import { platformOf } from '../../src/rehearsal/platform.ts';
import { rehearseAssembly } from '../../src/rehearsal/rehearse.ts';
import { parseScenario } from '../../src/rehearsal/scenario.ts';
import type { Twin } from '../../src/rehearsal/twin.ts';
import { scenarioNamed, synthesizedFor } from './scene.ts';

/** The world after a scenario of these faults, with the example's plan. */
async function worldAfter(faults: string, endsAt: string, seed = 1): Promise<Twin> {
  const parsed = parseScenario(`name: x\nendsAt: ${endsAt}\nfaults:\n${faults}`, 'x.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { plan, planInput, repeat } = scenarioNamed('region-loss');
  const options = { scenario: parsed.scenario, plan, planInput, repeat, seed };
  const worlds: Twin[] = [];
  await rehearseAssembly(platformOf(plan, planInput, undefined), synthesizedFor('region-loss'), options, (twin) =>
    worlds.push(twin),
  );
  const [world] = worlds;
  if (world === undefined) throw new Error('nothing ran');
  return world;
}

const { bucket, replica } = scenarioNamed('region-loss').plan.stores.backups;
const overwritten = (twin: Twin, name: string, prefix: string): string[] =>
  twin.s3
    .list(name, prefix)
    .filter(({ bytes }) => Buffer.from(bytes).toString().startsWith('garbage'))
    .map(({ key }) => key);

describe('backup-corruption', () => {
  it("overwrites what is like its keys in the primary's bucket, and the damage is replicated", async () => {
    const twin = await worldAfter(
      "  - { at: 1m, kind: backup-corruption, keys: 'velero/backups/*.tar.gz', probability: 0.5 }",
      '12m',
    );
    const here = overwritten(twin, bucket, 'velero/');
    const all = twin.s3.list(bucket, 'velero/backups/').filter(({ key }) => key.endsWith('.tar.gz'));
    expect(here.length).toBeGreaterThan(all.length / 5);
    expect(here.length).toBeLessThan(all.length);
    expect(here.every((key) => key.endsWith('.tar.gz'))).toBe(true);
    expect(overwritten(twin, replica, 'velero/')).toEqual(here);
    const [first = ''] = here;
    expect(twin.s3.find(bucket)?.versionsOf(first)).toHaveLength(2);
  }, 60_000);

  it("can begin in the standby's bucket, which replicates what is written there to the primary's", async () => {
    const twin = await worldAfter(
      '  - { at: 1m, kind: backup-corruption, region: standby, keys: velero/backups/full-*, probability: 0.5 }',
      '8m',
    );
    const there = overwritten(twin, replica, 'velero/');
    expect(there.length).toBeGreaterThan(0);
    expect(overwritten(twin, bucket, 'velero/')).toEqual(there);
  }, 60_000);
});

describe('backup-silent-failure', () => {
  it.each([1, 5])(
    'leaves Completed backups without a byte of a volume (seed %d)',
    async (seed) => {
      const twin = await worldAfter('  - { at: 0s, kind: backup-silent-failure }', '12m', seed);
      const { store } = twin.clusters.primary;
      const begun = twin.world.kernel.now - 12 * 60_000;
      const backups = store
        .list('backups.velero.io')
        .filter(({ status }) => Date.parse(status?.startTimestamp) > begun && status.completionTimestamp);
      expect(backups.length).toBeGreaterThan(0);
      expect(backups.every(({ status }) => status.phase === 'Completed')).toBe(true);
      const names = new Set(backups.map(({ metadata }) => metadata.name));
      const volumes = store
        .list('podvolumebackups.velero.io')
        .filter(({ metadata }) => names.has(metadata.labels['velero.io/backup-name']));
      expect(volumes.filter(({ status }) => status.snapshotID)).toEqual([]);
    },
    60_000,
  );
});

describe('clock-skew', () => {
  it('puts the clocks of the functions in its region ahead, and no others', async () => {
    const twin = await worldAfter('  - { at: 0s, kind: clock-skew, region: witness, by: 90s, for: 5m }', '4m');
    expect(twin.world.faults.clockSkew('eu-west-1')).toBe(90_000);
    expect(twin.world.faults.clockSkew('us-east-1')).toBe(0);
  }, 60_000);
});
