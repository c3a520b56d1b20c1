import { describe, expect, it } from '@jest/globals';
import { ask, pass } from './data-cloud.ts';
import { PRIMARY, PRIMARY_NAME, STANDBY, STANDBY_NAME, switchable } from './switchable-cloud.ts';

/** Traffic of one name, moved by the metric OnStandby of the standby's region. */
function metricSwitch() {
  const cloud = switchable();
  const { make } = cloud;
  const metric = { Namespace: 'Lifeboat', MetricName: 'OnStandby', Dimensions: [{ Name: 'EntryPoint', Value: 'web' }] };
  make(
    'CloudWatch::Alarm',
    {
      AlarmName: 'on-standby',
      ...metric,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    },
    STANDBY,
  );
  const config = {
    Type: 'CLOUDWATCH_METRIC',
    AlarmIdentifier: { Region: STANDBY, Name: 'on-standby' },
    InsufficientDataHealthStatus: 'LastKnownStatus',
  };
  const HealthCheckId = make('Route53::HealthCheck', { HealthCheckConfig: config }, STANDBY);
  const record = { HostedZoneId: 'Z0123456789ABC', Name: 'shop.example.com', Type: 'CNAME', TTL: '60' };
  make(
    'Route53::RecordSet',
    { ...record, SetIdentifier: 'primary', Failover: 'PRIMARY', HealthCheckId, ResourceRecords: [PRIMARY_NAME] },
    STANDBY,
    'A',
  );
  make(
    'Route53::RecordSet',
    { ...record, SetIdentifier: 'standby', Failover: 'SECONDARY', ResourceRecords: [STANDBY_NAME] },
    STANDBY,
    'B',
  );
  cloud.route53.deployed();
  const put = (Value: number) =>
    ask(cloud.world, STANDBY, 'cloudwatch:PutMetricData', {
      Namespace: 'Lifeboat',
      MetricData: [{ ...metric, Namespace: undefined, Value }],
    });
  return { ...cloud, put };
}

describe('Route 53 records', () => {
  it('move traffic when the metric says so, with nothing of us-east-1 or the primary', async () => {
    const { world, put, route53 } = metricSwitch();
    expect(route53.answer('shop.example.com')).toEqual({ records: [PRIMARY_NAME], ttl: 60 });
    expect(world.resolve('shop.example.com', 'internet')).toBe(PRIMARY_NAME);
    for (const region of ['us-east-1', PRIMARY]) world.network.lose(region);
    await put(1);
    await pass(world, 68);
    expect(world.resolve('shop.example.com', 'internet')).toBe(STANDBY_NAME);
    await put(0);
    await pass(world, 130);
    expect(world.resolve('shop.example.com', 'internet')).toBe(PRIMARY_NAME);
  });

  it('keep the last known status when the data end', async () => {
    const { world, put } = metricSwitch();
    await put(1);
    await pass(world, 3600);
    expect(world.resolve('shop.example.com', 'internet')).toBe(STANDBY_NAME);
    world.network.lose(STANDBY);
    await pass(world, 600);
    expect(world.resolve('shop.example.com', 'internet')).toBe(STANDBY_NAME);
  });

  it('answer the primary when nothing is healthy', async () => {
    const { world, route53, make, endpoint } = switchable();
    const HealthCheckId = endpoint();
    const record = { HostedZoneId: 'Z1', Name: 'a.example.com.', Type: 'CNAME', TTL: 30, HealthCheckId };
    make(
      'Route53::RecordSet',
      { ...record, SetIdentifier: '1', Failover: 'PRIMARY', ResourceRecords: [PRIMARY_NAME] },
      STANDBY,
      'A',
    );
    make(
      'Route53::RecordSet',
      { ...record, SetIdentifier: '2', Failover: 'SECONDARY', ResourceRecords: [STANDBY_NAME] },
      STANDBY,
      'B',
    );
    world.network.lose(PRIMARY);
    await pass(world, 120);
    expect(route53.answer('a.example.com')).toEqual({ records: [PRIMARY_NAME], ttl: 30 });
  });

  it('are refused where they contradict each other', () => {
    const { make } = switchable();
    const record = {
      HostedZoneId: 'Z1',
      Name: 'a.example.com',
      Type: 'CNAME',
      TTL: 30,
      ResourceRecords: ['x.example.com'],
    };
    make('Route53::RecordSet', record);
    expect(() => make('Route53::RecordSet', { ...record, SetIdentifier: '2', Failover: 'SECONDARY' })).toThrow(
      /other RRSets exist/,
    );
    expect(() => make('Route53::RecordSet', { ...record, Name: 'b.example.com', HealthCheckId: 'none' })).toThrow(
      /No health check found/,
    );
    expect(() => make('Route53::RecordSet', { ...record, Name: 'c.example.com', TTL: undefined })).toThrow(/TTL/);
  });

  it('are listed and changed by a control plane that is in us-east-1 wherever it is called', async () => {
    const { world } = metricSwitch();
    const { ResourceRecordSets } = await ask(world, STANDBY, 'route53:ListResourceRecordSets', {
      HostedZoneId: 'Z0123456789ABC',
      StartRecordName: 'shop.example.com',
    });
    expect(ResourceRecordSets).toMatchObject([
      {
        Name: 'shop.example.com.',
        Type: 'CNAME',
        SetIdentifier: 'primary',
        Failover: 'PRIMARY',
        TTL: 60,
        ResourceRecords: [{ Value: PRIMARY_NAME }],
      },
      { SetIdentifier: 'standby', Failover: 'SECONDARY' },
    ]);
    const seen: boolean[] = [];
    world.observe((call) => seen.push(call.usEast1ControlPlane));
    const change = {
      Action: 'UPSERT',
      ResourceRecordSet: { Name: 'new.example.com', Type: 'CNAME', TTL: 5, ResourceRecords: [{ Value: STANDBY_NAME }] },
    };
    const input = { HostedZoneId: 'Z0123456789ABC', ChangeBatch: { Changes: [change] } };
    await ask(world, 'us-east-1', 'route53:ChangeResourceRecordSets', input);
    expect(world.resolve('new.example.com', 'internet')).toBe(STANDBY_NAME);
    expect(seen).toEqual([true]);
    world.network.lose('us-east-1');
    await expect(ask(world, STANDBY, 'route53:ChangeResourceRecordSets', input)).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
  });

  it('follow an alias to a load balancer only while it is healthy', () => {
    const { route53, make, shop } = switchable();
    const alias = (DNSName: string) => ({ AliasTarget: { DNSName, HostedZoneId: 'Z9', EvaluateTargetHealth: true } });
    const record = { HostedZoneId: 'Z1', Name: 'a.example.com', Type: 'A' };
    make(
      'Route53::RecordSet',
      { ...record, SetIdentifier: '1', Failover: 'PRIMARY', ...alias(`${PRIMARY_NAME}.`) },
      STANDBY,
      'A',
    );
    make(
      'Route53::RecordSet',
      { ...record, SetIdentifier: '2', Failover: 'SECONDARY', ...alias(STANDBY_NAME) },
      STANDBY,
      'B',
    );
    expect(route53.answer('a.example.com')?.records).toEqual([PRIMARY_NAME]);
    shop.status = 503;
    expect(route53.answer('a.example.com')?.records).toEqual([STANDBY_NAME]);
  });
});
