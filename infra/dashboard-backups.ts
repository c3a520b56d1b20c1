import { Duration } from 'aws-cdk-lib';
import {
  GraphWidget,
  type HorizontalAnnotation,
  type IWidget,
  Metric,
  Shading,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { durationText } from '../src/plan/duration.ts';
import type { Plan } from '../src/plan/schema.ts';
import { gitStore, tierStores } from '../src/plan/stores.ts';
import type { LifeboatStack } from './stack.ts';

const WIDTH = 8;
const HEIGHT = 6;
const RED = '#d13212';
const REPLICATION_MINUTES = 15;

/** What a tier's stores would lose now, each against what the plan lets go. */
export function agesOfTier(stack: LifeboatStack, { name, rpo }: Plan['tiers'][number]): IWidget {
  const stores = tierStores(stack.plan, name).map((store) => ofPlan(stack, 'RecoveryPointAge', { Store: store }));
  return new GraphWidget({
    title: `What ${name} would lose now, of ${durationText(rpo)} at most`,
    width: Math.max(6, Math.floor(24 / stack.plan.tiers.length)),
    height: HEIGHT,
    left: [ofPlan(stack, 'RecoveryPointAge', { Tier: name }), ...stores],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    leftAnnotations: [limit(rpo, 'target')],
  });
}

/** How old the newest that can be restored is: of all stores, of all backups, and of Git, which is no tier's. */
export function restorable(stack: LifeboatStack): IWidget {
  const { git } = stack.plan.stores;
  const ofGit = git && ofPlan(stack, 'RecoveryPointAge', { Store: gitStore(git.name) });
  return graph('Age of what can be restored', {
    left: [ofPlan(stack, 'RecoveryPointAge'), ofPlan(stack, 'BackupAge'), ...(ofGit ? [ofGit] : [])],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
  });
}

/**
 * As Lifeboat counts it, by what was sealed and has not arrived; and as S3 says, which publishes it beside the
 * destination. https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export function replicationLag(stack: LifeboatStack): IWidget {
  const { bucket, replica } = stack.plan.stores.backups;
  const byS3 = new Metric({
    namespace: 'AWS/S3',
    metricName: 'ReplicationLatency',
    dimensionsMap: { SourceBucket: bucket, DestinationBucket: replica, RuleId: 'all' },
    statistic: 'Maximum',
    period: Duration.minutes(1),
    region: stack.plan.sites.standby.region,
    label: 'as S3 says',
  });
  return graph('Replication lag', {
    left: [ofPlan(stack, 'ReplicationLag'), byS3],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    leftAnnotations: [limit(REPLICATION_MINUTES * 60, 'replication time control')],
  });
}

export function storage(stack: LifeboatStack): IWidget {
  const { bucket, replica, storageLimitGb } = stack.plan.stores.backups;
  const { primary, standby } = stack.plan.sites;
  const size = (name: string, region: string): Metric =>
    new Metric({
      namespace: 'AWS/S3',
      metricName: 'BucketSizeBytes',
      dimensionsMap: { BucketName: name, StorageType: 'StandardStorage' },
      statistic: 'Average',
      period: Duration.days(1),
      region,
      label: name,
    });
  return graph('Storage', {
    left: [size(replica, standby.region), size(bucket, primary.region)],
    leftYAxis: { min: 0, label: 'bytes', showUnits: false },
    leftAnnotations: [limit(storageLimitGb * 1e9, 'limit')],
  });
}

export function backupsOverTime(stack: LifeboatStack): IWidget[] {
  return [
    graph('Backups of the last 24 hours that can be restored', {
      left: [ofPlan(stack, 'BackupSuccessRate')],
      leftYAxis: { min: 0, max: 100, label: 'percent', showUnits: false },
    }),
    graph('Schedules whose newest backup cannot be restored, or was found wanting when it was verified', {
      left: [ofPlan(stack, 'BackupsFailing'), ofPlan(stack, 'VerificationFailures')],
      leftYAxis: { min: 0, showUnits: false },
    }),
    graph('How far the newest backup is off its trend', {
      left: [ofPlan(stack, 'BackupDeviation')],
      leftYAxis: { min: 0, label: 'percent', showUnits: false },
    }),
  ];
}

/** Stores that the last verification could not verify. It is told once per verification, so the newest of a fortnight. */
export const verified = (stack: LifeboatStack): IWidget =>
  new SingleValueWidget({
    title: 'Stores that the last verification found wanting',
    width: WIDTH,
    height: HEIGHT,
    start: '-P14D',
    sparkline: true,
    metrics: [ofPlan(stack, 'VerificationFailures')],
  });

type Graph = Omit<ConstructorParameters<typeof GraphWidget>[0], 'title' | 'width' | 'height'>;

const graph = (title: string, rest: Graph): IWidget =>
  new GraphWidget({ title, width: WIDTH, height: HEIGHT, ...rest });

/** One of Lifeboat's own metrics, named after what it is of. */
function ofPlan({ plan }: LifeboatStack, metricName: string, of: Record<string, string> = {}): Metric {
  return new Metric({
    namespace: 'Lifeboat',
    metricName,
    dimensionsMap: { Plan: plan.name, ...of },
    statistic: 'Maximum',
    period: Duration.minutes(1),
    label: of.Tier === undefined ? (of.Store ?? metricName) : `worst of ${of.Tier}`,
  });
}

const limit = (value: number, label: string): HorizontalAnnotation => ({
  value,
  label,
  color: RED,
  fill: Shading.ABOVE,
});
