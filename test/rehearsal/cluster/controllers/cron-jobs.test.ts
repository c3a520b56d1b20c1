import { describe, expect, it } from '@jest/globals';
import { nextFire, parseCron } from '../../../../src/rehearsal/cluster/cron-schedule.ts';
import { job, podSpec, Rig } from '../rig.ts';

const cron = (spec: object = {}, podPart: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly', namespace: 'default' },
  spec: { schedule: '*/10 * * * *', jobTemplate: { spec: job('x', {}, podPart).spec }, ...spec },
});
const jobs = (rig: Rig) => rig.cluster.store.list('jobs.batch');

describe('a cron schedule', () => {
  const next = (schedule: string, after: string) => {
    const parsed = parseCron(schedule);
    const at = parsed && nextFire(parsed, Date.parse(after));
    return at === undefined ? undefined : new Date(at).toISOString();
  };

  it.each([
    ['*/5 * * * *', '2026-03-01T04:30:00Z', '2026-03-01T04:35:00.000Z'],
    ['0 2 * * *', '2026-03-01T04:30:00Z', '2026-03-02T02:00:00.000Z'],
    ['30 6 * * 1-5', '2026-03-06T07:00:00Z', '2026-03-09T06:30:00.000Z'],
    ['0 0 13 * 5', '2026-03-01T00:00:00Z', '2026-03-06T00:00:00.000Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['@hourly', '2026-03-01T04:30:00Z', '2026-03-01T05:00:00.000Z'],
    ['15 10-14/2 * mar sun', '2026-03-01T10:15:00Z', '2026-03-01T12:15:00.000Z'],
  ])('%s after %s is %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each(['', '* * * *', '60 * * * *', 'a b c d e', '*/0 * * * *'])('"%s" is none', (text) => {
    expect(parseCron(text)).toBeUndefined();
  });
});

describe('a CronJob', () => {
  it('runs a Job at each of its times, and keeps the last ones', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(cron());
    await rig.pass(3600 + 200);
    expect(jobs(rig)).toHaveLength(3);
    expect(rig.get('cronjobs.batch', 'nightly', 'default').status.lastScheduleTime).toBe('2026-03-01T05:30:00Z');
  });

  it('rests while it is suspended, and then makes up for the newest time that it missed', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(cron({ suspend: true }));
    await rig.pass(3660);
    expect(jobs(rig)).toEqual([]);
    rig.patch('/apis/batch/v1/namespaces/default/cronjobs/nightly', { spec: { suspend: false } });
    await rig.pass(1);
    expect(jobs(rig)).toHaveLength(1);
  });

  it.each([
    ['Allow', 6],
    ['Forbid', 1],
    ['Replace', 1],
  ])('with %s has %d of its endless jobs active', async (concurrencyPolicy, active) => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.cluster.programs.set('endless', () => undefined);
    rig.create(cron({ concurrencyPolicy }, podSpec({}, { image: 'endless:1' })));
    await rig.pass(3600);
    expect(rig.get('cronjobs.batch', 'nightly', 'default').status.active).toHaveLength(active);
  });
});
