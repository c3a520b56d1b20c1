import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IWidget, LogQueryWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MachineName } from './names.ts';
import type { LifeboatStack } from './stack.ts';

const NARROWEST = 6;

/** How often a state machine ended, and how: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const ENDINGS = ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'];

export function runs({ names }: LifeboatStack, machine: MachineName, ofHowMany: number): IWidget {
  return new GraphWidget({
    title: `Runs of ${machine}`,
    width: Math.max(NARROWEST, Math.floor(24 / ofHowMany)),
    height: 5,
    leftYAxis: { min: 0, showUnits: false },
    left: ENDINGS.map(
      (metricName) =>
        new Metric({
          namespace: 'AWS/States',
          metricName,
          dimensionsMap: { StateMachineArn: names.machineArn(machine) },
          statistic: 'Sum',
          period: Duration.hours(1),
          label: metricName.replace('Executions', '').toLowerCase(),
        }),
    ),
  });
}

/** Each failover's beginning and end. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
export function runHistory({ names, region }: LifeboatStack): IWidget {
  return new LogQueryWidget({
    title: 'Failovers, newest first',
    width: 16,
    height: 6,
    region,
    logGroupNames: [`/aws/vendedlogs/states/${names.of('failover')}`],
    queryLines: [
      'fields @timestamp, type, execution_arn, details.error, details.cause',
      'filter type like /^Execution/',
      'sort @timestamp desc',
      'limit 50',
    ],
  });
}
