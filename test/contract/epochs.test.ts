import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EpochSuperseded } from '../../src/domain/errors.ts';
import { FIRST_OWNERSHIP, type Ownership } from '../../src/domain/run.ts';
import type { People } from '../../src/gateways/aws/people.ts';
import type { RunsTable } from '../../src/gateways/aws/runs-table.ts';
import { raiseEpoch } from '../../src/operations/raise-epoch.ts';

/** A table that keeps its conditions, and answers in whatever order the scheduler likes. */
function tableOn(scheduler: fc.Scheduler) {
  const history: Ownership[] = [FIRST_OWNERSHIP];
  const newest = (): Ownership => history.at(-1) ?? FIRST_OWNERSHIP;
  const inItsTurn = async <T>(act: () => T): Promise<T> => {
    await scheduler.schedule(Promise.resolve());
    return act();
  };
  const runs: Pick<RunsTable, 'ownership' | 'changeOwnership' | 'note'> = {
    ownership: () => inItsTurn(newest),
    changeOwnership: (from, to) =>
      inItsTurn(() => {
        if (newest().epoch !== from.epoch) return false;
        history.push(to);
        return true;
      }),
    note: () => inItsTurn(() => undefined),
  };
  return { history, runs: runs as RunsTable };
}

const silent = peopleWho(() => undefined);
const clock = { now: () => new Date('2026-03-01T04:45:00Z'), sleep: () => Promise.resolve() };

function peopleWho(hear: (subject: string, message: string) => void): People {
  const people: Pick<People, 'tell'> = { tell: async (subject, message) => hear(subject, message) };
  return people as People;
}

describe('the epoch', () => {
  it('is told to people when it is raised, with the run, the reason and where to follow it', async () => {
    const told: string[] = [];
    const people = peopleWho((subject, message) => told.push(subject, message));
    const scheduler = fc.sample(fc.scheduler(), { numRuns: 1, seed: 1 })[0];
    if (scheduler === undefined) throw new Error('no scheduler');
    const raising = raiseEpoch({ ...tableOn(scheduler), people, clock }, 'shop', 'a', 'control says down');
    await scheduler.waitFor(raising);
    expect(told).toEqual([
      'shop: failover has begun',
      expect.stringMatching(/^Run a, epoch 2: control says down\n.*lifeboat status/),
    ]);
  });

  it('grows by one for each run that raises it, in whatever order calls are answered, repeated or lost', async () => {
    const asks = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 });
    const property = fc.asyncProperty(asks, fc.scheduler(), async (names, scheduler) => {
      const { history, runs } = tableOn(scheduler);
      const calls = names.map((name) =>
        raiseEpoch({ runs, people: silent, clock }, 'shop', name, 'fire').then(
          ({ epoch, run }) => ({ epoch, run }),
          (error: unknown) => {
            expect(error).toBeInstanceOf(EpochSuperseded);
            return undefined;
          },
        ),
      );
      const answers = (await scheduler.waitFor(Promise.all(calls))).filter((answer) => answer !== undefined);
      expect(history.map(({ epoch }) => epoch)).toEqual(history.map((_, index) => index + 1));
      for (const { epoch, run } of answers)
        expect(history.find((one) => one.run === run && one.epoch === epoch)).toBeDefined();
      expect(answers.length).toBeGreaterThan(0);
    });
    await fc.assert(property, { seed: 20_261_120, numRuns: 100 });
  });
});
