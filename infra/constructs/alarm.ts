import type { CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

type FaultAlarm = {
  name: string;
  what: string;
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  statistic?: 'Sum' | 'Maximum';
  /** The topic that people hear it by. */
  topic: string;
};

/** Tells people of anything above zero within five minutes. No data means that nothing happened. */
export function faultAlarm(scope: Construct, id: string, alarm: FaultAlarm): CfnAlarm {
  return new CfnAlarm(scope, id, {
    alarmName: alarm.name,
    alarmDescription: alarm.what,
    namespace: alarm.namespace,
    metricName: alarm.metric,
    dimensions: dimensions(alarm.dimensions),
    statistic: alarm.statistic ?? 'Sum',
    period: 300,
    evaluationPeriods: 1,
    threshold: 0,
    comparisonOperator: 'GreaterThanThreshold',
    treatMissingData: 'notBreaching',
    alarmActions: [alarm.topic],
  });
}

export function dimensions(values: Record<string, string>): NonNullable<CfnAlarmProps['dimensions']> {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
