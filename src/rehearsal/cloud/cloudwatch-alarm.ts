import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError } from './aws-error.ts';
import { type AlarmCondition, type AlarmState, isComparison, type MissingData } from './cloudwatch-evaluation.ts';
import type { Statistic } from './cloudwatch-metrics.ts';
import { physicalName } from './physical-name.ts';
import type { Input, ResourcePlace } from './service.ts';

type AlarmActions = Record<AlarmState, string[]>;

export type StateRecord = { value: AlarmState; reason: string; reasonData?: string; at: number };

export type AlarmSettings = {
  name: string;
  arn: string;
  region: string;
  description: string | undefined;
  actionsEnabled: boolean;
  actions: AlarmActions;
};

export type Alarm = AlarmSettings & {
  kind: 'metric' | 'composite';
  state: StateRecord;
  condition?: AlarmCondition;
  rule?: string;
};

const STATISTICS: ReadonlySet<string> = new Set(['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount']);

export function alarmSettings(properties: Input, at: ResourcePlace, account: string): AlarmSettings {
  const name = physicalName(properties.AlarmName, at, 255);
  const actions = {
    ALARM: properties.AlarmActions ?? [],
    OK: properties.OKActions ?? [],
    INSUFFICIENT_DATA: properties.InsufficientDataActions ?? [],
  };
  return {
    name,
    region: at.region,
    arn: `arn:aws:cloudwatch:${at.region}:${account}:alarm:${name}`,
    description: properties.AlarmDescription,
    actionsEnabled: properties.ActionsEnabled !== false && properties.ActionsEnabled !== 'false',
    actions,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
export function alarmCondition(properties: Input, at: ResourcePlace): AlarmCondition {
  const source = metricOf(properties, at);
  const periodMs = 1000 * Number(source.period);
  if (!STATISTICS.has(source.statistic))
    throw new NotSimulated(`an alarm on the statistic ${source.statistic} (${at.logicalId})`);
  if (!isComparison(properties.ComparisonOperator))
    throw new NotSimulated(`an alarm that compares by ${properties.ComparisonOperator}`);
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  if (periodMs !== 10_000 && periodMs !== 20_000 && periodMs !== 30_000 && (periodMs === 0 || periodMs % 60_000 !== 0))
    throw new AwsError('ValidationError', `Period must be 10, 20, 30 or a multiple of 60 (${at.logicalId})`);
  const evaluationPeriods = Number(properties.EvaluationPeriods);
  const datapointsToAlarm = Number(properties.DatapointsToAlarm ?? evaluationPeriods);
  if (datapointsToAlarm > evaluationPeriods)
    throw new AwsError(
      'ValidationError',
      'Datapoints to alarm must be less than or equal to the number of evaluation periods',
    );
  const dimensions: Input[] = source.dimensions ?? [];
  return {
    metric: {
      namespace: source.namespace,
      name: source.name,
      dimensions: Object.fromEntries(dimensions.map((dimension) => [dimension.Name, dimension.Value])),
    },
    statistic: source.statistic,
    periodMs,
    evaluationPeriods,
    datapointsToAlarm,
    threshold: Number(properties.Threshold),
    comparison: properties.ComparisonOperator,
    missing: (properties.TreatMissingData ?? 'missing') as MissingData,
  };
}

type Source = { namespace: string; name: string; dimensions: Input[]; statistic: Statistic; period: number };

/** Directly, or as the only member of `Metrics`; metric math is not simulated. */
function metricOf(properties: Input, at: ResourcePlace): Source {
  const metrics: Input[] | undefined = properties.Metrics;
  if (metrics === undefined) {
    const {
      Namespace: namespace,
      MetricName: name,
      Dimensions: dimensions,
      Statistic: statistic,
      Period: period,
    } = properties;
    return { namespace, name, dimensions, statistic, period };
  }
  const [only, ...others] = metrics;
  if (only?.MetricStat === undefined || others.length > 0)
    throw new NotSimulated(`an alarm on metric math (${at.logicalId})`);
  const { Metric: metric, Stat: statistic, Period: period } = only.MetricStat;
  return { namespace: metric.Namespace, name: metric.MetricName, dimensions: metric.Dimensions, statistic, period };
}
