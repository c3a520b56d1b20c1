import { describe, expect, it } from '@jest/globals';
import { ask, pass, START } from './data-cloud.ts';
import { PRIMARY, STANDBY, switchable } from './switchable-cloud.ts';

describe('Route 53 endpoint health checks', () => {
  it('call an endpoint unhealthy about thirty seconds after its region is lost, and healthy again after its return', async () => {
    const { world, endpoint, history, cloudWatch, make, events } = switchable();
    const HealthCheckId = endpoint();
    make('CloudWatch::Alarm', {
      AlarmName: 'web-down',
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      Dimensions: [{ Name: 'HealthCheckId', Value: HealthCheckId }],
      Statistic: 'Minimum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
    });
    cloudWatch.settle();
    await pass(world, 100);
    world.network.lose(PRIMARY);
    await pass(world, 200);
    // Probed at every tenth second: missed at 110, 120, 130, given up after four seconds, told two later.
    expect(history).toEqual([[136, false]]);
    expect(events.map(({ at, region, detail }) => [at, region, detail.alarmName, detail.state.value])).toEqual([
      [185, 'us-east-1', 'web-down', 'ALARM'],
    ]);
    world.network.restore(PRIMARY);
    await pass(world, 200);
    expect(history[1]).toEqual([332, true]);
    expect(events[1]).toMatchObject({ at: 425, detail: { state: { value: 'OK' } } });
  });

  it('overlook an outage shorter than three probes', async () => {
    const { world, endpoint, history } = switchable();
    endpoint();
    await pass(world, 101);
    world.network.lose(PRIMARY);
    await pass(world, 20);
    world.network.restore(PRIMARY);
    await pass(world, 300);
    expect(history).toEqual([]);
  });

  it('do not add up failures with a good probe between them', async () => {
    const { world, endpoint, history } = switchable();
    endpoint();
    for (let turn = 0; turn < 10; turn++) {
      world.network.lose(PRIMARY);
      await pass(world, 20);
      world.network.restore(PRIMARY);
      await pass(world, 10);
    }
    await pass(world, 100);
    expect(history).toEqual([]);
  });

  it('notice what only the answer tells, by status or by its text', async () => {
    const { world, route53, shop, endpoint, history } = switchable();
    endpoint();
    const text = endpoint({ Type: 'HTTP_STR_MATCH', SearchString: 'is well' });
    const other = endpoint({ Type: 'HTTP_STR_MATCH', SearchString: 'is ill' });
    route53.settle();
    expect([text, other].map((id) => route53.healthCheck(id)?.healthy)).toEqual([true, false]);
    await pass(world, 100);
    shop.status = 503;
    route53.look();
    await pass(world, 60);
    expect(history.map(([at, healthy]) => [at, healthy])).toEqual([
      [136, false],
      [136, false],
    ]);
  });

  it('stay healthy while a fifth of the checkers reaches the endpoint', async () => {
    const { world, endpoint, history } = switchable();
    endpoint();
    for (const region of ['us-east-1', 'us-west-1', 'eu-west-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1'])
      world.network.cut(region, PRIMARY);
    await pass(world, 300);
    expect(history).toEqual([]);
    world.network.cut('sa-east-1', PRIMARY);
    await pass(world, 300);
    expect(history).toMatchObject([[expect.any(Number), false]]);
  });

  it('have no metric outside us-east-1', async () => {
    const { world, kernel, endpoint } = switchable();
    const HealthCheckId = endpoint();
    await pass(world, 120);
    const MetricStat = {
      Metric: {
        Namespace: 'AWS/Route53',
        MetricName: 'HealthCheckStatus',
        Dimensions: [{ Name: 'HealthCheckId', Value: HealthCheckId }],
      },
      Period: 60,
      Stat: 'Minimum',
    };
    const values = async (region: string) =>
      (
        await ask(world, region, 'cloudwatch:GetMetricData', {
          StartTime: new Date(START),
          EndTime: new Date(kernel.now),
          MetricDataQueries: [{ Id: 'a', MetricStat }],
        })
      ).MetricDataResults[0].Values;
    expect(await values('us-east-1')).toEqual([1, 1]);
    expect(await values(STANDBY)).toEqual([]);
  });

  it('can be inverted, disabled, and counted together', async () => {
    const { world, route53, make, endpoint } = switchable();
    const plain = endpoint();
    const inverted = endpoint({ Inverted: true });
    const disabled = endpoint({ Disabled: true });
    const config = { Type: 'CALCULATED', ChildHealthChecks: [plain, disabled], HealthThreshold: 2 };
    const counted = make('Route53::HealthCheck', { HealthCheckConfig: config }, 'us-east-1', 'counted');
    const healthy = () => [plain, inverted, disabled, counted].map((id) => route53.healthCheck(id)?.healthy);
    expect(healthy()).toEqual([true, false, true, true]);
    world.network.lose(PRIMARY);
    await pass(world, 120);
    expect(healthy()).toEqual([false, true, true, false]);
  });
});
