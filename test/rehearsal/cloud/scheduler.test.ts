import { describe, expect, it } from '@jest/globals';
import { recurrenceOf } from '../../../src/rehearsal/cloud/scheduler-expression.ts';
import { allow, CoreTwin, functionNamed, roleNamed, START } from './core-twin.ts';

const iso = (moment: number | undefined): string => (moment === undefined ? 'never' : new Date(moment).toISOString());

describe('a schedule expression', () => {
  const after = Date.UTC(2026, 2, 1, 4, 30, 10);
  it.each([
    ['cron(0 5 * * ? *)', '2026-03-01T05:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-03-01T04:45:00.000Z'],
    ['cron(30 4 * * ? *)', '2026-03-02T04:30:00.000Z'],
    ['cron(0 3 ? * SUN *)', '2026-03-08T03:00:00.000Z'],
    ['cron(0 3 ? * MON-FRI *)', '2026-03-02T03:00:00.000Z'],
    ['cron(0 0 1 JAN ? *)', '2027-01-01T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2020)', 'never'],
    ['at(2026-03-01T06:00:00)', '2026-03-01T06:00:00.000Z'],
    ['at(2026-02-01T06:00:00)', 'never'],
    ['rate(1 hour)', '2026-03-01T05:30:00.000Z'],
    ['rate(5 minutes)', '2026-03-01T04:35:00.000Z'],
  ])('%s falls due next at %s', (expression, next) => {
    expect(iso(recurrenceOf(expression, START)(after))).toBe(next);
  });

  it.each(['rate(five minutes)', 'cron(* * *)', 'cron(0 0 1 1 1 *)', 'hourly'])('%s is refused', (expression) => {
    expect(() => recurrenceOf(expression, START)).toThrow('Invalid Schedule Expression');
  });
});

const scheduled = (properties: Record<string, unknown>, ...statements: unknown[]) => {
  const fired: { at: number; event: unknown }[] = [];
  const twin: CoreTwin = new CoreTwin(() => async (event) => {
    fired.push({ at: twin.kernel.now, event });
    return null;
  });
  const Role = roleNamed('scheduler', 'scheduler.amazonaws.com', ...statements);
  const { Target = {}, ...rest } = properties;
  const target = {
    Arn: { 'Fn::GetAtt': ['f', 'Arn'] },
    RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
    ...(Target as object),
  };
  const all = {
    Name: 's',
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: target,
    ...rest,
  };
  twin.deploy({ ...functionNamed('f'), Role, Schedule: { Type: 'AWS::Scheduler::Schedule', Properties: all } });
  twin.scheduler.start();
  return { twin, fired };
};
const MAY = allow('lambda:InvokeFunction');

describe('the scheduler', () => {
  it('fires at the same second of every minute', async () => {
    const { twin, fired } = scheduled({}, MAY);
    await twin.run(10);
    expect(fired).toHaveLength(10);
    const gaps = fired.slice(1).map(({ at }, index) => Math.round((at - (fired[index]?.at ?? 0)) / 1000));
    expect(gaps.every((gap) => gap >= 59 && gap <= 61)).toBe(true);
  });

  it('tells a target without Input what fell due', async () => {
    const { twin, fired } = scheduled({}, MAY);
    await twin.run(2);
    expect(fired[0]?.event).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      resources: [expect.stringContaining('schedule/default/s')],
    });
  });

  it('fills in its attributes in Input', async () => {
    const { twin, fired } = scheduled(
      { ScheduleExpression: 'cron(0 5 * * ? *)', Target: { Input: '{"at":"<aws.scheduler.scheduled-time>"}' } },
      MAY,
    );
    await twin.run(40);
    expect(fired.map(({ event }) => event)).toEqual([{ at: '2026-03-01T05:00:00Z' }]);
  });

  it('skips what falls due while its region is down, and goes on afterwards', async () => {
    const { twin, fired } = scheduled({}, MAY);
    twin.world.network.lose('eu-west-1');
    await twin.run(10);
    expect(fired).toHaveLength(0);
    twin.world.network.restore('eu-west-1');
    await twin.run(5);
    expect(fired).toHaveLength(5);
  });

  it('says which schedule may not call its target', async () => {
    const { twin, fired } = scheduled({});
    await twin.run(1);
    expect(fired).toHaveLength(0);
    expect(twin.happened('schedule failed')[0]).toMatchObject({
      schedule: 's',
      error: expect.stringContaining('lambda:InvokeFunction'),
    });
  });

  it('does not deploy with a role that it cannot take', () => {
    const twin = new CoreTwin();
    const Target = { Arn: { 'Fn::GetAtt': ['f', 'Arn'] }, RoleArn: { 'Fn::GetAtt': ['fRole', 'Arn'] } };
    const Schedule = {
      Type: 'AWS::Scheduler::Schedule',
      Properties: { Name: 's', ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' }, Target },
    };
    expect(() => twin.deploy({ ...functionNamed('f'), Schedule })).toThrow(/schedule s: .*scheduler\.amazonaws\.com/);
  });
});
