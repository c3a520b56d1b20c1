import { type CataloguedPoint, catalogue, type ScheduleState } from '../../../../src/domain/catalogue.ts';
import type { StoreAge } from '../../../../src/domain/store-ages.ts';
import type { Verification } from '../../../../src/domain/verification.ts';
import { CatalogueTable } from '../../../../src/gateways/aws/catalogue-table.ts';
import { sealOf } from '../../../domain/sealed.ts';
import { REGION } from '../place.ts';
import type { Suite } from '../suite.ts';
import { tableWith } from './table.ts';

/** Velero's schedules whose names begin alike, as their backups' names then do. */
const SCHEDULES = ['critical', 'critical-2', 'critical-20260301', 'critical-20m', 'criticals'];

function point(minutes: number, schedule = 'critical'): CataloguedPoint {
  const { backup, ...seal } = sealOf(minutes);
  const stamp = backup.slice(-14);
  return catalogue({ ...seal, backup: `${schedule}-${stamp}`, schedule }, true, { files: [], repositories: new Map() });
}

const state = (moment: string): ScheduleState => ({
  ...{ schedule: 'critical', newest: { backup: 'critical-1', moment } },
  ...{ restorable: null, judged: [] },
});
const EARLY = state('2026-03-01T04:30:00.000Z');
const LATE = state('2026-03-01T04:35:00.000Z');
const verified = (schedule: string, run: string): Verification => ({
  ...{ run, schedule, at: EARLY.newest.moment, backup: null, moment: null, stores: [], kinds: { 'v1/Pod': 2 } },
  ...{ named: 0, compared: 0, findings: [], notes: [] },
});
const AGE: StoreAge = {
  ...{ kind: 'namespace', store: 'orders', tier: 'critical', targetSeconds: 900 },
  ...{ ageSeconds: null, moment: null, recoveryPoint: null },
};

export const catalogueTable: Suite<CatalogueTable> = {
  gateway: CatalogueTable,
  resources: tableWith('catalogue', 'kind', 'name'),
  connect: ({ wires }) => new CatalogueTable(wires, REGION, 'catalogue'),
  cases: {
    point: [{ title: 'is not there before it is put', ask: (table) => table.point('critical-1'), answers: undefined }],
    putPoint: [
      {
        title: 'opens a point, closes it, and closes it again',
        ask: async (table) => {
          const one = point(0);
          await table.putPoint(one, true);
          const opened = await table.open();
          await table.putPoint({ ...one, verdict: 'restorable' }, false);
          await table.putPoint({ ...one, verdict: 'restorable' }, false);
          return [opened, await table.open(), (await table.point(one.backup))?.verdict];
        },
        answers: [[point(0).backup], [], 'restorable'],
      },
    ],
    newest: [
      {
        title: 'answers a schedule’s own points, newest first, whatever other names begin alike',
        ask: async (table) => {
          for (const schedule of SCHEDULES)
            for (const minutes of [5, 0, 10]) await table.putPoint(point(minutes, schedule), false);
          const names = async (schedule: string, limit: number) =>
            (await table.newest(schedule, limit)).map(({ backup }) => backup);
          return [await names('critical', 2), await names('critical-20m', 10), await names('crit', 10)];
        },
        answers: [
          [point(10).backup, point(5).backup],
          [10, 5, 0].map((minutes) => point(minutes, 'critical-20m').backup),
          [],
        ],
      },
    ],
    open: [
      {
        title: 'lists what is open by name',
        ask: async (table) => {
          for (const minutes of [5, 0]) await table.putPoint(point(minutes), true);
          return table.open();
        },
        answers: [point(0).backup, point(5).backup],
      },
    ],
    openPoints: [
      {
        title: 'answers the open points alone',
        ask: async (table) => {
          await table.putPoint(point(0), false);
          await table.putPoint(point(5), true);
          return (await table.openPoints()).map(({ backup }) => backup);
        },
        answers: [point(5).backup],
      },
    ],
    schedules: [{ title: 'are none at first', ask: (table) => table.schedules(), answers: [] }],
    newestRestorable: [
      {
        title: 'is none until one was, and then the point itself',
        ask: async (table) => {
          const one = point(0);
          const none = [await table.newestRestorable('critical')];
          await table.changeSchedule('critical', () => EARLY);
          none.push(await table.newestRestorable('critical'));
          await table.putPoint(one, false);
          const { backup, moment, expiration } = one;
          await table.changeSchedule('critical', () => ({ ...EARLY, restorable: { backup, moment, expiration } }));
          return [none, (await table.newestRestorable('critical'))?.backup];
        },
        answers: [[undefined, undefined], point(0).backup],
      },
    ],
    changeSchedule: [
      {
        title: 'changes what is there',
        ask: async (table) => {
          const seen: unknown[] = [];
          const to = (next: ScheduleState) => (before: ScheduleState | undefined) => {
            seen.push(before);
            return next;
          };
          await table.changeSchedule('critical', to(EARLY));
          await table.changeSchedule('critical', to(LATE));
          return [seen, await table.schedules()];
        },
        answers: [[undefined, EARLY], [LATE]],
      },
      {
        title: 'loses no change of those made at once',
        ask: async (table) => {
          const add = (moment: string) => (before: ScheduleState | undefined) => ({
            ...EARLY,
            judged: [...(before?.judged ?? []), { moment, restorable: true, items: 1, bytes: 1 }],
          });
          await Promise.all(
            ['2026-03-01T04:30:00.000Z', '2026-03-01T04:35:00.000Z'].map((moment) =>
              table.changeSchedule('critical', add(moment)),
            ),
          );
          const [only] = await table.schedules();
          return only?.judged.map(({ moment }) => moment).sort();
        },
        answers: ['2026-03-01T04:30:00.000Z', '2026-03-01T04:35:00.000Z'],
      },
    ],
    repositories: [
      { title: 'are none at first', ask: async (table) => [...(await table.repositories())], answers: [] },
    ],
    prove: [
      {
        title: 'keeps the later proof, numbers compared as numbers',
        ask: async (table) => {
          await table.prove('kopia/orders/', { at: 999, backup: 'a' });
          await table.prove('kopia/orders/', { at: 1000, backup: 'b' });
          await table.prove('kopia/orders/', { at: 1000, backup: 'c' });
          await table.prove('kopia/orders/', { at: 2, backup: 'd' });
          return [...(await table.repositories())];
        },
        answers: [['kopia/orders/', { at: 1000, backup: 'b' }]],
      },
    ],
    writeVerification: [
      {
        title: 'replaces the schedule’s last',
        ask: async (table) => {
          for (const run of ['a', 'b']) await table.writeVerification(verified('critical', run));
          await table.writeVerification(verified('critical-20m', 'a'));
          return table.verifications();
        },
        answers: [verified('critical', 'b'), verified('critical-20m', 'a')],
      },
    ],
    verifications: [{ title: 'are none at first', ask: (table) => table.verifications(), answers: [] }],
    writeAges: [
      {
        title: 'replaces what was written of the same moment',
        ask: async (table) => {
          await table.writeAges(new Date('2026-03-01T04:30:00Z'), []);
          await table.writeAges(new Date('2026-03-01T04:30:00Z'), [AGE]);
          return table.ages(10);
        },
        answers: [{ at: '2026-03-01T04:30:00.000Z', ages: [AGE] }],
      },
    ],
    ages: [
      {
        title: 'answers the newest first, no more than asked for',
        ask: async (table) => {
          for (const minute of ['31', '30', '32']) await table.writeAges(new Date(`2026-03-01T04:${minute}:00Z`), []);
          return (await table.ages(2)).map(({ at }) => at);
        },
        answers: ['2026-03-01T04:32:00.000Z', '2026-03-01T04:31:00.000Z'],
      },
    ],
  },
};
