import { describe, expect, it } from '@jest/globals';
import { CloudWatch } from '../../../src/rehearsal/cloud/cloudwatch.ts';
import { ElasticLoadBalancing } from '../../../src/rehearsal/cloud/elasticloadbalancingv2.ts';
import { Route53 } from '../../../src/rehearsal/cloud/route53.ts';
import { ask, emptyWorld, pass, START, templatePlace } from './data-cloud.ts';

const PRIMARY = 'us-west-2';
const STANDBY = 'us-east-2';
const PRIMARY_NAME = 'web-1.elb.us-west-2.amazonaws.com';
const STANDBY_NAME = 'web-2.elb.us-east-2.amazonaws.com';

function switchable({ fixed = {} }: { fixed?: Record<string, number> } = {}) {
  const cloud = emptyWorld({ fixed: { 'cloudwatch.alarmEvaluation': 5, 'route53.aggregate': 2, ...fixed } });
  const { world } = cloud;
  const cloudWatch = new CloudWatch(world);
  const elb = new ElasticLoadBalancing(world);
  const route53 = new Route53(world, cloudWatch, elb);
  for (const service of [cloudWatch, elb, route53]) world.register(service);
  const shop = { status: 200 };
  for (const [region, dnsName] of [
    [PRIMARY, PRIMARY_NAME],
    [STANDBY, STANDBY_NAME],
  ] as const)
    elb.addDirect({
      region,
      dnsName,
      name: dnsName.slice(0, 5),
      type: 'network',
      serve: () => ({ status: region === PRIMARY ? shop.status : 200, body: 'shop is well' }),
    });
  const make = (type: string, properties: Record<string, unknown>, region = 'us-east-1', id = type) => {
    const resource = { ...cloudWatch.resources, ...route53.resources }[`AWS::${type}`];
    if (resource === undefined) throw new Error(`no type ${type}`);
    return resource(properties, templatePlace(region, id)).ref;
  };
  const endpoint = (more: Record<string, unknown> = {}) =>
    make(
      'Route53::HealthCheck',
      {
        HealthCheckConfig: {
          Type: 'HTTP',
          FullyQualifiedDomainName: PRIMARY_NAME,
          ResourcePath: '/health',
          RequestInterval: 10,
          FailureThreshold: 3,
          ...more,
        },
      },
      'us-east-1',
      `check${JSON.stringify(more)}`,
    );
  const history: [number, boolean][] = [];
  world.listen((entry) => {
    if (entry.what === 'health check') history.push([(entry.at - START) / 1000, entry.healthy === true]);
  });
  return { ...cloud, cloudWatch, elb, route53, shop, make, endpoint, history };
}

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
