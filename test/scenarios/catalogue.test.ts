import { describe, expect, it } from '@jest/globals';
import { namedBy } from '../../src/domain/arrival.ts';
import { SEAL_PREFIX, type Seal, type SealedRepository, signedSeal } from '../../src/domain/seal.ts';
import { platformOf } from '../../src/rehearsal/platform.ts';
import { rehearseAssembly } from '../../src/rehearsal/rehearse.ts';
import type { Twin } from '../../src/rehearsal/twin.ts';
import { scenarioNamed, synthesizedFor } from './scene.ts';

/** A rehearsal takes seconds, and longer on a busy machine. */
const LONG_MS = 120_000;

/** How late the catalogue may find what has arrived. */
const FOUND_WITHIN_MS = 2 * 60_000;

type Measured = { at: number; stores: { store: string; schedule: string; recoveryPoint: string | null }[] };
type Arrival = { backup: string; schedule: string; moment: number; wholeAt: number };

/** What the catalogue said, minute by minute, and when each sealed backup had truly arrived, by the twin. */
async function watch(scenario: string, seed: number): Promise<{ measured: Measured[]; arrivals: Arrival[] }> {
  const { plan, planInput, ...rest } = scenarioNamed(scenario);
  const found: { measured: Measured[]; arrivals: Arrival[] } = { measured: [], arrivals: [] };
  const look = (twin: Twin) => {
    found.arrivals = arrivalsIn(twin);
    found.measured = twin.invocations
      .of('measure-rpo')
      .flatMap(({ startedAt, output }) => (output === undefined ? [] : [{ at: startedAt, stores: output.ages }]));
  };
  const options = { ...rest, plan, planInput, seed };
  await rehearseAssembly(platformOf(plan, planInput, undefined), synthesizedFor(scenario), options, look);
  return found;
}

function arrivalsIn({ s3, plan }: Twin): Arrival[] {
  const { replica } = plan.stores.backups;
  const seals = new Map<string, Seal>();
  const sealArrived = new Map<string, number>();
  for (const version of s3.list(replica, SEAL_PREFIX)) {
    const { seal } = signedSeal.parse(JSON.parse(Buffer.from(version.bytes).toString()));
    seals.set(seal.backup, seal);
    sealArrived.set(seal.backup, version.arrivedAt ?? version.lastModified);
  }
  const arrivedAt = ({ key, versionId }: { key: string; versionId: string }): number => {
    const version = s3.find(replica)?.version(key, versionId);
    return version === undefined ? Number.POSITIVE_INFINITY : (version.arrivedAt ?? version.lastModified);
  };
  return [...seals.values()].map((seal) => {
    const needed = [
      ...seal.objects,
      ...seal.repositories.flatMap(({ folder }) => namedBy(chain(seals, seal.backup, folder))),
    ];
    const wholeAt = Math.max(sealArrived.get(seal.backup) ?? 0, ...needed.map(arrivedAt));
    return { backup: seal.backup, schedule: seal.schedule, moment: Date.parse(seal.moment), wholeAt };
  });
}

function chain(seals: Map<string, Seal>, backup: string, folder: string): SealedRepository[] {
  const repository = seals.get(backup)?.repositories.find((one) => one.folder === folder);
  if (repository === undefined) return [];
  return [...(repository.since === null ? [] : chain(seals, repository.since, folder)), repository];
}

const FOUND_IN = [
  ...['region-loss', 'duplicate-events', 'replication-stall', 'late-and-doubled-events', 'loss-mid-backup'],
  ...['partial-replication', 'stale-tarball', 'late-volume-list', 'expired-point'],
];

describe('the catalogue, in a rehearsal,', () => {
  it.each(FOUND_IN)(
    'of %s finds the newest point that is truly restorable within two minutes of its last byte, and none before it',
    async (scenario) => {
      for (const seed of [1, 2]) {
        const { measured, arrivals } = await watch(scenario, seed);
        expect(measured.length).toBeGreaterThan(10);
        let compared = 0;
        for (const { at, stores } of measured) {
          for (const { store, recoveryPoint } of stores) {
            const chosen = arrivals.find(({ backup }) => backup === recoveryPoint);
            if (chosen === undefined) continue;
            // It was called restorable by then, so it was whole by then.
            expect([store, recoveryPoint, chosen.wholeAt <= at + FOUND_WITHIN_MS / 2]).toEqual([
              store,
              recoveryPoint,
              true,
            ]);
            const newer = arrivals.filter(
              ({ schedule, moment, wholeAt }) =>
                schedule === chosen.schedule && moment > chosen.moment && wholeAt <= at - FOUND_WITHIN_MS,
            );
            expect([store, newer.map(({ backup }) => backup)]).toEqual([store, []]);
            compared += 1;
          }
        }
        expect(compared).toBeGreaterThan(10);
      }
    },
    LONG_MS,
  );
});

describe('the scenario stale-tarball', () => {
  it(
    'has backups in the replica that are Completed beside the first of their two tarballs',
    async () => {
      const { plan, planInput, ...rest } = scenarioNamed('stale-tarball');
      let stale: string[] = [];
      const look = ({ s3 }: Twin) => {
        const versions = (bucket: string) =>
          new Map(s3.list(bucket, 'velero/backups/').map(({ key, versionId }) => [key, versionId]));
        const { bucket, replica } = plan.stores.backups;
        const [written, arrived] = [versions(bucket), versions(replica)];
        stale = [...arrived]
          .filter(([key, version]) => key.endsWith('.tar.gz') && written.get(key) !== version)
          .map(([key]) => key.replace(/[^/]+$/, 'velero-backup.json'))
          .filter((key) => arrived.has(key) && written.get(key) === arrived.get(key));
      };
      const options = { ...rest, plan, planInput, seed: 1 };
      await rehearseAssembly(platformOf(plan, planInput, undefined), synthesizedFor('stale-tarball'), options, look);
      expect(stale.length).toBeGreaterThan(0);
    },
    LONG_MS,
  );
});
