import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError } from './aws-error.ts';
import type { Alarm } from './cloudwatch-alarm.ts';
import type { Alarms } from './cloudwatch-alarms.ts';
import {
  type Metric,
  type MetricStore,
  type Statistic,
  type StatisticSet,
  single,
  statisticOf,
} from './cloudwatch-metrics.ts';
import type { Input, Operation } from './service.ts';

/** What operations do their work on. */
export type MetricsAndAlarms = {
  readonly metrics: MetricStore;
  readonly alarms: Alarms;
  readonly now: number;
  readonly account: string;
  record(region: string, metric: Metric, set: StatisticSet, options: { at: number; highResolution: boolean }): void;
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const MAX_DATA = 1000;
const OLDEST_MS = 14 * 86_400_000;
const NEWEST_MS = 2 * 3_600_000;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export function cloudWatchOperations(cloudWatch: MetricsAndAlarms): Record<string, Operation> {
  const onAll =
    (action: string): Operation['permissions'] =>
    () => [{ action: `cloudwatch:${action}`, resource: '*' }];
  return {
    PutMetricData: {
      permissions: (input) => [
        {
          action: 'cloudwatch:PutMetricData',
          resource: '*',
          context: { 'cloudwatch:namespace': String(input.Namespace) },
        },
      ],
      answer: (input, at) => putMetricData(cloudWatch, input, at.region),
    },
    GetMetricData: {
      permissions: onAll('GetMetricData'),
      answer: (input, at) => getMetricData(cloudWatch, input, at.region),
    },
    GetMetricStatistics: {
      permissions: onAll('GetMetricStatistics'),
      answer: (input, at) => getMetricStatistics(cloudWatch, input, at.region),
    },
    DescribeAlarms: {
      permissions: (input, at) =>
        (input.AlarmNames ?? ['*']).map((name: string) => ({
          action: 'cloudwatch:DescribeAlarms',
          resource: `arn:aws:cloudwatch:${at.region}:${cloudWatch.account}:alarm:${name}`,
        })),
      answer: (input, at) => describeAlarms(cloudWatch, input, at.region),
    },
  };
}

const metricFrom = (namespace: string, input: Input): Metric => ({
  namespace,
  name: input.MetricName,
  dimensions: Object.fromEntries((input.Dimensions ?? []).map((dimension: Input) => [dimension.Name, dimension.Value])),
});

function putMetricData(cloudWatch: MetricsAndAlarms, input: Input, region: string): unknown {
  const data: Input[] = input.MetricData ?? [];
  if (/^AWS\//.test(input.Namespace))
    throw new AwsError('InvalidParameterValueException', 'The value AWS/ for parameter Namespace is invalid.', 400);
  if (data.length > MAX_DATA)
    throw new AwsError(
      'RequestEntityTooLargeException',
      'The collection MetricData must not have a size greater than 1000.',
      413,
    );
  for (const datum of data) {
    const at = datum.Timestamp === undefined ? cloudWatch.now : datum.Timestamp.getTime();
    if (at < cloudWatch.now - OLDEST_MS || at > cloudWatch.now + NEWEST_MS)
      throw new AwsError(
        'InvalidParameterValueException',
        `The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks and the next two hours.`,
        400,
      );
    const highResolution = datum.StorageResolution === 1;
    for (const set of setsOf(datum))
      cloudWatch.record(region, metricFrom(input.Namespace, datum), set, { at, highResolution });
  }
  return {};
}

function setsOf(datum: Input): StatisticSet[] {
  if (datum.StatisticValues !== undefined) {
    const { Sum: sum, SampleCount: count, Minimum: min, Maximum: max } = datum.StatisticValues;
    return [{ sum, count, min, max }];
  }
  if (datum.Values !== undefined)
    return (datum.Values as number[]).map((value, index) => {
      const count: number = datum.Counts?.[index] ?? 1;
      return { sum: value * count, count, min: value, max: value };
    });
  if (typeof datum.Value !== 'number')
    throw new AwsError(
      'MissingRequiredParameterException',
      'At least one of the parameters must be specified: Value, Values, StatisticValues',
      400,
    );
  return [single(datum.Value)];
}

type Span = { from: number; to: number; periodMs: number };
type Point = { at: number; set: StatisticSet };

function points(cloudWatch: MetricsAndAlarms, region: string, metric: Metric, { from, to, periodMs }: Span): Point[] {
  const found: Point[] = [];
  for (let at = from - (from % periodMs); at < to; at += periodMs) {
    const set = cloudWatch.metrics.read(region, metric, at, at + periodMs);
    if (set !== undefined) found.push({ at, set });
  }
  return found;
}

function getMetricData(cloudWatch: MetricsAndAlarms, input: Input, region: string): unknown {
  const MetricDataResults = (input.MetricDataQueries as Input[]).map((query) => {
    if (query.MetricStat === undefined) throw new NotSimulated('cloudwatch:GetMetricData with metric math');
    const { Metric: metric, Period, Stat } = query.MetricStat;
    const span = { from: input.StartTime.getTime(), to: input.EndTime.getTime(), periodMs: 1000 * Period };
    const ordered = points(cloudWatch, region, metricFrom(metric.Namespace, metric), span);
    // Newest first unless asked otherwise. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    if (input.ScanBy !== 'TimestampAscending') ordered.reverse();
    return {
      Id: query.Id,
      Label: query.Label ?? metric.MetricName,
      StatusCode: 'Complete',
      Timestamps: ordered.map(({ at }) => new Date(at)),
      Values: ordered.map(({ set }) => statisticOf(set, Stat as Statistic)),
    };
  });
  return { MetricDataResults, Messages: [] };
}

function getMetricStatistics(cloudWatch: MetricsAndAlarms, input: Input, region: string): unknown {
  const span = { from: input.StartTime.getTime(), to: input.EndTime.getTime(), periodMs: 1000 * input.Period };
  const statistics: Statistic[] = input.Statistics ?? [];
  const Datapoints = points(cloudWatch, region, metricFrom(input.Namespace, input), span).map(({ at, set }) => ({
    Timestamp: new Date(at),
    ...Object.fromEntries(statistics.map((statistic) => [statistic, statisticOf(set, statistic)])),
  }));
  return { Label: input.MetricName, Datapoints };
}

function describeAlarms(cloudWatch: MetricsAndAlarms, input: Input, region: string): unknown {
  const names: string[] | undefined = input.AlarmNames;
  const types: string[] = input.AlarmTypes ?? ['MetricAlarm'];
  const chosen = cloudWatch.alarms
    .all(region)
    .filter(({ name }) => names === undefined || names.includes(name))
    .filter(({ name }) => name.startsWith(input.AlarmNamePrefix ?? ''))
    .filter(({ state }) => input.StateValue === undefined || state.value === input.StateValue);
  const ofKind = (kind: Alarm['kind'], type: string): unknown[] =>
    types.includes(type) ? chosen.filter((alarm) => alarm.kind === kind).map(describe) : [];
  return { MetricAlarms: ofKind('metric', 'MetricAlarm'), CompositeAlarms: ofKind('composite', 'CompositeAlarm') };
}

function describe(alarm: Alarm): unknown {
  const { condition, state } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ...(alarm.description === undefined ? {} : { AlarmDescription: alarm.description }),
    ActionsEnabled: alarm.actionsEnabled,
    AlarmActions: alarm.actions.ALARM,
    OKActions: alarm.actions.OK,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    StateValue: state.value,
    StateReason: state.reason,
    StateUpdatedTimestamp: new Date(state.at),
    ...(condition === undefined
      ? { AlarmRule: alarm.rule }
      : {
          Namespace: condition.metric.namespace,
          MetricName: condition.metric.name,
          Dimensions: Object.entries(condition.metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
          Statistic: condition.statistic,
          Period: condition.periodMs / 1000,
          EvaluationPeriods: condition.evaluationPeriods,
          DatapointsToAlarm: condition.datapointsToAlarm,
          Threshold: condition.threshold,
          ComparisonOperator: condition.comparison,
          TreatMissingData: condition.missing,
        }),
  };
}
