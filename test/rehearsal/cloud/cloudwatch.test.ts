import { describe, expect, it } from '@jest/globals';
import { CloudWatch } from '../../../src/rehearsal/cloud/cloudwatch.ts';
import { compositeRule } from '../../../src/rehearsal/cloud/cloudwatch-composite.ts';
import { type AlarmCondition, stateFor, streamVerdict } from '../../../src/rehearsal/cloud/cloudwatch-evaluation.ts';
import { ask, emptyWorld, pass, START, templatePlace } from './data-cloud.ts';

const REGION = 'us-east-2';
const METRIC = { namespace: 'Lifeboat', name: 'OnStandby', dimensions: { Plan: 'p' } };

function withAlarm(properties: Record<string, unknown> = {}) {
  const cloud = emptyWorld({ fixed: { 'cloudwatch.alarmEvaluation': 5 } });
  const cloudWatch = new CloudWatch(cloud.world);
  cloud.world.register(cloudWatch);
  cloudWatch.resources['AWS::CloudWatch::Alarm']?.(
    {
      AlarmName: 'switch',
      Namespace: 'Lifeboat',
      MetricName: 'OnStandby',
      Dimensions: [{ Name: 'Plan', Value: 'p' }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
      ...properties,
    },
    templatePlace(REGION, 'Alarm'),
  );
  const put = (value: number) =>
    ask(cloud.world, REGION, 'cloudwatch:PutMetricData', {
      Namespace: 'Lifeboat',
      MetricData: [
        {
          MetricName: 'OnStandby',
          Dimensions: [{ Name: 'Plan', Value: 'p' }],
          Value: value,
          Timestamp: new Date(cloud.kernel.now),
        },
      ],
    });
  const state = async () =>
    (await ask(cloud.world, REGION, 'cloudwatch:DescribeAlarms', { AlarmNames: ['switch'] })).MetricAlarms[0]
      .StateValue;
  return { ...cloud, cloudWatch, put, state };
}

/** The documents' tables: X breaches, 0 does not, - is missing. */
const points = (text: string) => text.split(' ').map((point) => (point === '-' ? undefined : Number(point === 'X')));
const condition = (datapointsToAlarm: number, missing: AlarmCondition['missing']): AlarmCondition => ({
  metric: METRIC,
  statistic: 'Maximum',
  periodMs: 60_000,
  evaluationPeriods: 3,
  datapointsToAlarm,
  threshold: 1,
  comparison: 'GreaterThanOrEqualToThreshold',
  missing,
});

describe('CloudWatch alarm evaluation', () => {
  it.each([
    [3, '0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    [3, '0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    [3, '- - - - -', ['INSUFFICIENT_DATA', undefined, 'ALARM', 'OK']],
    [3, '0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, '- - X - -', ['ALARM', undefined, 'ALARM', 'OK']],
    [2, '0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    [2, '- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    [2, '- - - X -', ['ALARM', undefined, 'ALARM', 'OK']],
  ] as const)('agrees with the documents for %i of 3 and %s', (datapointsToAlarm, text, expected) => {
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    expect(treatments.map((missing) => stateFor(condition(datapointsToAlarm, missing), points(text)))).toEqual(
      expected,
    );
  });

  it('lets a health check see the data rather than the state', () => {
    const one = { ...condition(1, 'ignore'), evaluationPeriods: 1 };
    expect(['0 0 X', '- X -', '- - 0', '- - -'].map((text) => streamVerdict(one, points(text)))).toEqual([
      'breaching',
      'breaching',
      'ok',
      'insufficient',
    ]);
  });

  it('reads the rules of composite alarms', () => {
    const states: Record<string, 'ALARM' | 'OK'> = { a: 'ALARM', b: 'OK', 'c d': 'ALARM' };
    const holds = (text: string) => compositeRule(text).holds((name) => states[name]);
    expect(holds('ALARM(a) AND NOT ALARM("b")')).toBe(true);
    expect(holds('(ALARM("b") OR OK(a)) AND TRUE')).toBe(false);
    expect(holds('ALARM("c d") AND OK(arn:aws:cloudwatch:us-east-1:111122223333:alarm:b)')).toBe(true);
    expect(() => holds('ALARM(a) XOR OK(b)')).toThrow(/AlarmRule/);
  });
});

describe('CloudWatch', () => {
  it('changes an alarm a little after the end of the minute, and tells the default bus', async () => {
    const { world, put, events } = withAlarm();
    await pass(world, 30);
    await put(0);
    await put(1);
    await pass(world, 34);
    expect(events).toEqual([]);
    await pass(world, 1);
    expect(events).toMatchObject([
      {
        at: 65,
        region: REGION,
        busName: 'default',
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        resources: ['arn:aws:cloudwatch:us-east-2:111122223333:alarm:switch'],
        detail: {
          alarmName: 'switch',
          state: {
            value: 'ALARM',
            reason:
              'Threshold Crossed: 1 out of the last 1 datapoints [1.0] was greater than or equal to the threshold (1.0).',
            timestamp: '2026-03-01T04:31:05.000+0000',
          },
          previousState: { value: 'INSUFFICIENT_DATA' },
          configuration: {
            metrics: [{ metricStat: { metric: METRIC, period: 60, stat: 'Maximum' }, returnData: true }],
          },
        },
      },
    ]);
  });

  it('keeps its state without data where missing data are ignored, and has nothing more to do then', async () => {
    const { world, kernel, put, state, events } = withAlarm();
    await put(1);
    await pass(world, 3600);
    expect(await state()).toBe('ALARM');
    expect(events).toHaveLength(1);
    let idle = true;
    await kernel.run(kernel.now + 86_400_000, () => {
      idle = kernel.now < START + 3_700_000 || kernel.now >= START + 90_000_000;
      return !idle;
    });
    expect(idle).toBe(true);
  });

  it('has insufficient data some minutes after the data end where missing data are missing', async () => {
    const { world, put, state } = withAlarm({ TreatMissingData: 'missing' });
    await put(1);
    await pass(world, 120);
    expect(await state()).toBe('ALARM');
    await pass(world, 300);
    expect(await state()).toBe('INSUFFICIENT_DATA');
  });

  it('loses data points while a fault says so', async () => {
    const { world, cloudWatch, put, state } = withAlarm();
    const end = cloudWatch.loseMetrics({ namespace: 'Lifeboat' });
    await put(1);
    await pass(world, 120);
    expect(await state()).toBe('INSUFFICIENT_DATA');
    end();
    await put(1);
    await pass(world, 120);
    expect(await state()).toBe('ALARM');
  });

  it('does nothing in a lost region, and looks again when it is back', async () => {
    const { world, put, state, events } = withAlarm();
    await put(1);
    world.network.lose(REGION);
    await pass(world, 600);
    expect(events).toEqual([]);
    world.network.restore(REGION);
    expect(await state()).toBe('INSUFFICIENT_DATA');
    await put(1);
    await pass(world, 70);
    expect(events).toHaveLength(1);
  });

  it('knows what the data say from the start of a settled world, and tells nobody', async () => {
    const { world, cloudWatch, state, events } = withAlarm();
    cloudWatch.record(REGION, METRIC, 0, { at: START - 60_000 });
    cloudWatch.settle();
    expect(await state()).toBe('OK');
    await pass(world, 600);
    expect(events).toEqual([]);
  });

  it('gives back statistics of a metric by period', async () => {
    const { world, kernel, put } = withAlarm();
    await put(1);
    await put(3);
    await pass(world, 60);
    await put(5);
    await pass(world, 1);
    const MetricStat = {
      Metric: { Namespace: 'Lifeboat', MetricName: 'OnStandby', Dimensions: [{ Name: 'Plan', Value: 'p' }] },
      Period: 60,
      Stat: 'Sum',
    };
    const span = { StartTime: new Date(START), EndTime: new Date(kernel.now) };
    const { MetricDataResults } = await ask(world, REGION, 'cloudwatch:GetMetricData', {
      ...span,
      MetricDataQueries: [{ Id: 'a', MetricStat }],
    });
    expect(MetricDataResults).toMatchObject([{ Id: 'a', Values: [5, 4] }]);
  });

  it('follows children with a composite alarm', async () => {
    const { world, cloudWatch, put, events } = withAlarm();
    cloudWatch.resources['AWS::CloudWatch::CompositeAlarm']?.(
      { AlarmName: 'both', AlarmRule: 'ALARM("switch")' },
      templatePlace(REGION, 'Both'),
    );
    await put(1);
    await pass(world, 70);
    expect(events.map(({ detail }) => [detail.alarmName, detail.state.value])).toEqual([
      ['switch', 'ALARM'],
      ['both', 'ALARM'],
    ]);
  });
});
