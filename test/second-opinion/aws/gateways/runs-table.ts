import { RunsTable } from '../../../../src/gateways/aws/runs-table.ts';
import { REGION } from '../place.ts';
import type { Suite } from '../suite.ts';
import { tableWith } from './table.ts';

const AT = '2026-03-01T04:30:00.000Z';
const MINE = { run: 'a', takenAt: AT };
const THEIRS = { run: 'b', takenAt: AT };
const FIRST = { owner: 'primary', epoch: 1, since: '1970-01-01T00:00:00.000Z' } as const;
const SECOND = { owner: 'standby', epoch: 2, since: AT, run: 'a' } as const;
const RUN = { id: 'a', startedAt: AT, trigger: { kind: 'alarm', alarm: 'down' } } as const;
const step = (status: 'Started' | 'Succeeded' | 'Failed', name = 'fence') => ({ step: name, status, startedAt: AT });
const orders = (owner: 'primary' | 'standby', epoch: number) => ({ entryPoint: 'orders', owner, epoch }) as const;

export const runsTable: Suite<RunsTable> = {
  gateway: RunsTable,
  resources: tableWith('runs', 'id', 'item'),
  connect: ({ wires }) => new RunsTable(wires, REGION, 'runs'),
  cases: {
    lock: [{ title: 'is not there at first', ask: (runs) => runs.lock(), answers: undefined }],
    takeLock: [
      {
        title: 'takes a free lock',
        ask: async (runs) => [await runs.takeLock(MINE, undefined), await runs.lock()],
        answers: [true, MINE],
      },
      {
        title: 'does not take one that is held',
        ask: async (runs) => {
          await runs.takeLock(MINE, undefined);
          return [await runs.takeLock(THEIRS, undefined), await runs.lock()];
        },
        answers: [false, MINE],
      },
      {
        title: 'replaces the one that it has seen, and no other',
        ask: async (runs) => {
          await runs.takeLock(MINE, undefined);
          return [await runs.takeLock(THEIRS, MINE), await runs.takeLock(MINE, MINE), await runs.lock()];
        },
        answers: [true, false, THEIRS],
      },
      {
        title: 'is given to one of many at once',
        ask: async (runs) => {
          const names = ['a', 'b', 'c', 'd'];
          const taken = await Promise.all(names.map((run) => runs.takeLock({ run, takenAt: AT }, undefined)));
          return taken.filter(Boolean).length;
        },
        answers: 1,
      },
    ],
    releaseLock: [
      {
        title: 'leaves what another holds alone, and releases its own',
        ask: async (runs) => {
          await runs.takeLock(MINE, undefined);
          await runs.releaseLock(THEIRS);
          const before = await runs.lock();
          await runs.releaseLock(MINE);
          await runs.releaseLock(MINE);
          return [before, await runs.lock()];
        },
        answers: [MINE, undefined],
      },
    ],
    ownership: [{ title: 'is the primary’s at first', ask: (runs) => runs.ownership(), answers: FIRST }],
    changeOwnership: [
      {
        title: 'is given to the first, and to nobody from an epoch that is past',
        ask: async (runs) => [
          await runs.changeOwnership(FIRST, SECOND),
          await runs.changeOwnership(FIRST, { ...SECOND, run: 'b' }),
          await runs.ownership(),
          await runs.changeOwnership(SECOND, { ...FIRST, epoch: 3 }),
          (await runs.ownership()).epoch,
        ],
        answers: [true, false, SECOND, true, 3],
      },
    ],
    traffic: [{ title: 'is empty at first', ask: (runs) => runs.traffic(), answers: [] }],
    moveTraffic: [
      {
        title: 'moves it, again in the same epoch, and never back to an earlier one',
        ask: async (runs) => [
          await runs.moveTraffic(orders('standby', 2)),
          await runs.moveTraffic(orders('standby', 2)),
          await runs.moveTraffic(orders('primary', 1)),
          await runs.moveTraffic({ ...orders('standby', 10), entryPoint: 'billing' }),
          await runs.traffic(),
        ],
        answers: [true, true, false, true, [{ ...orders('standby', 10), entryPoint: 'billing' }, orders('standby', 2)]],
      },
    ],
    createRun: [
      {
        title: 'writes a run',
        ask: async (runs) => {
          await runs.createRun(RUN);
          return runs.history('a');
        },
        answers: { run: RUN, facts: {}, steps: [] },
      },
    ],
    note: [
      {
        title: 'replaces a fact',
        ask: async (runs) => {
          await runs.createRun(RUN);
          await runs.note('a', 'points', [1]);
          await runs.note('a', 'points', { 'ünï "quoted"': null });
          return (await runs.history('a'))?.facts;
        },
        answers: { points: { 'ünï "quoted"': null } },
      },
    ],
    history: [
      { title: 'knows no run that was not created', ask: (runs) => runs.history('none'), answers: undefined },
      {
        title: 'reads a run of several pages',
        ask: async (runs) => {
          await runs.createRun(RUN);
          // Three times 400 kB: pages end at 1 MB.
          for (const fact of ['x', 'y', 'z']) await runs.note('a', fact, 'l'.repeat(390_000));
          return Object.values((await runs.history('a'))?.facts ?? {}).map((fact) => String(fact).length);
        },
        answers: [390_000, 390_000, 390_000],
      },
    ],
    beginStep: [
      {
        title: 'begins what did not end or failed again, and answers what succeeded',
        ask: async (runs) => {
          const begun = [await runs.beginStep('a', step('Started')), await runs.beginStep('a', step('Started'))];
          await runs.endStep('a', step('Failed'));
          begun.push(await runs.beginStep('a', step('Started')));
          await runs.endStep('a', step('Succeeded'));
          begun.push(await runs.beginStep('a', step('Started')), await runs.beginStep('b', step('Started')));
          return begun;
        },
        answers: [undefined, undefined, undefined, step('Succeeded'), undefined],
      },
    ],
    endStep: [
      {
        title: 'records how a step ended, in the order of names',
        ask: async (runs) => {
          await runs.createRun(RUN);
          await runs.endStep('a', step('Succeeded', 'shift/web'));
          await runs.endStep('a', step('Failed', 'prepare'));
          return (await runs.history('a'))?.steps;
        },
        answers: [step('Failed', 'prepare'), step('Succeeded', 'shift/web')],
      },
    ],
  },
};
