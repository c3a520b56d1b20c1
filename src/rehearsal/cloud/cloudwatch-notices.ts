import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Alarm, StateRecord } from './cloudwatch-alarm.ts';
import type { AlarmCondition } from './cloudwatch-evaluation.ts';
import { publishEvent } from './eventbridge-publish.ts';
import type { Caller, Input } from './service.ts';
import type { World } from './world.ts';

/** Tells of a change of state: to the region's default bus, and to the alarm's own actions. */
export function notify(world: World, alarm: Alarm, previous: StateRecord): void {
  const { arn, name, region, state } = alarm;
  world.record('alarm', { alarm: name, region, from: previous.value, to: state.value, reason: state.reason });
  publishEvent(world, region, {
    source: 'aws.cloudwatch',
    type: 'CloudWatch Alarm State Change',
    resources: [arn],
    detail: detailOf(alarm, previous),
  });
  if (!alarm.actionsEnabled) return;
  for (const action of alarm.actions[state.value]) act(world, alarm, previous, action);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
function detailOf(alarm: Alarm, previous: StateRecord): Record<string, unknown> {
  return {
    alarmName: alarm.name,
    state: stateDetail(alarm.state),
    previousState: stateDetail(previous),
    configuration: {
      ...(alarm.description === undefined ? {} : { description: alarm.description }),
      ...configuration(alarm),
    },
  };
}

const timestamp = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

const stateDetail = ({ value, reason, reasonData, at }: StateRecord): Record<string, unknown> => ({
  value,
  reason,
  ...(reasonData === undefined ? {} : { reasonData }),
  timestamp: timestamp(at),
});

function configuration({ condition, rule }: Alarm): Record<string, unknown> {
  if (condition === undefined) return { alarmRule: rule };
  const { metric, periodMs, statistic } = condition;
  const { namespace, name, dimensions } = metric;
  const metricStat = { metric: { namespace, name, dimensions }, period: periodMs / 1000, stat: statistic };
  return { metrics: [{ id: 'm1', metricStat, returnData: true }] };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-actions */
function act(world: World, alarm: Alarm, previous: StateRecord, target: string): void {
  const [, , service = ''] = target.split(':');
  const [principal, operation, input]: [string, string, Input] =
    service === 'sns'
      ? [
          'cloudwatch.amazonaws.com',
          'Publish',
          { TopicArn: target, Subject: subject(alarm), Message: JSON.stringify(message(world, alarm, previous)) },
        ]
      : // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
        [
          'lambda.alarms.cloudwatch.amazonaws.com',
          'Invoke',
          {
            FunctionName: target,
            InvocationType: 'Event',
            Payload: JSON.stringify(invocation(world, alarm, previous)),
          },
        ];
  const caller: Caller = { kind: 'service', principal, sourceArn: alarm.arn };
  world.kernel.spawn(async () => {
    try {
      await world.act({ caller, region: alarm.region, service, operation, input });
    } catch (error) {
      if (error instanceof NotSimulated) throw error;
      world.record('alarm action failed', { alarm: alarm.name, target, error: String(error) });
    }
  });
}

const subject = ({ name, region, state }: Alarm): string => `${state.value}: "${name}" in ${region}`.slice(0, 100);

function message(world: World, alarm: Alarm, previous: StateRecord): Record<string, unknown> {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: world.account,
    NewStateValue: alarm.state.value,
    NewStateReason: alarm.state.reason,
    StateChangeTime: timestamp(alarm.state.at),
    Region: alarm.region,
    AlarmArn: alarm.arn,
    OldStateValue: previous.value,
    ...(alarm.condition === undefined ? { AlarmRule: alarm.rule } : { Trigger: trigger(alarm.condition) }),
  };
}

const trigger = (condition: AlarmCondition): Record<string, unknown> => ({
  MetricName: condition.metric.name,
  Namespace: condition.metric.namespace,
  StatisticType: 'Statistic',
  Statistic: condition.statistic.toUpperCase(),
  Unit: null,
  Dimensions: Object.entries(condition.metric.dimensions).map(([name, value]) => ({ name, value })),
  Period: condition.periodMs / 1000,
  EvaluationPeriods: condition.evaluationPeriods,
  DatapointsToAlarm: condition.datapointsToAlarm,
  ComparisonOperator: condition.comparison,
  Threshold: condition.threshold,
  TreatMissingData: condition.missing,
});

const invocation = (world: World, alarm: Alarm, previous: StateRecord): Record<string, unknown> => ({
  source: 'aws.cloudwatch',
  alarmArn: alarm.arn,
  accountId: world.account,
  time: timestamp(alarm.state.at),
  region: alarm.region,
  alarmData: detailOf(alarm, previous),
});
