import { CloudWatchClient, GetMetricStatisticsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Measure } from '../../../../src/domain/rpo.ts';
import { Metrics } from '../../../../src/gateways/aws/metrics.ts';
import { ReplicationMetrics } from '../../../../src/gateways/aws/replication-metrics.ts';
import { TrafficSwitch } from '../../../../src/gateways/aws/traffic-switch.ts';
import { clientOf, type Place, REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What lies in CloudWatch of a metric with exactly these dimensions, in the last hour. */
async function maximum(place: Place, name: string, dimensions: Record<string, string>): Promise<number[]> {
  const now = place.now().getTime();
  const { Datapoints } = await clientOf(place, CloudWatchClient).send(
    new GetMetricStatisticsCommand({
      ...{ Namespace: 'Lifeboat', MetricName: name, Period: 3600, Statistics: ['Maximum'] },
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(now - 2 * HOUR_MS),
      EndTime: new Date(now + HOUR_MS),
    }),
  );
  return (Datapoints ?? []).map(({ Maximum }) => Maximum ?? Number.NaN);
}

const age = (value: number, dimensions: Measure['dimensions'] = {}): Measure => ({
  ...{ name: 'RecoveryPointAge', unit: 'Seconds', value },
  dimensions,
});

export const metrics: Suite<Metrics> = {
  gateway: Metrics,
  resources: {},
  connect: ({ wires }) => new Metrics(wires, REGION, 'shop'),
  cases: {
    publish: [
      {
        title: 'keeps metrics of one name apart by their dimensions',
        ask: async (published, place) => {
          await published.publish([age(900), age(60, { Store: 'orders' }), age(120, { Tier: 'normal' })], place.now());
          return [
            await maximum(place, 'RecoveryPointAge', { Plan: 'shop' }),
            await maximum(place, 'RecoveryPointAge', { Plan: 'shop', Store: 'orders' }),
            await maximum(place, 'RecoveryPointAge', { Plan: 'shop', Store: 'billing' }),
          ];
        },
        answers: [[900], [60], []],
      },
      {
        title: 'publishes more than one call takes',
        ask: async (published, place) => {
          const many = Array.from({ length: 1001 }, (_, number) => age(number, { Store: `store-${number}` }));
          await published.publish(many, place.now());
          return maximum(place, 'RecoveryPointAge', { Plan: 'shop', Store: 'store-1000' });
        },
        answers: [1000],
      },
      {
        title: 'throws for what is more than two weeks old',
        ask: (published, place) => errorOf(published.publish([age(1)], new Date(place.now().getTime() - 15 * DAY_MS))),
        answers: 'InvalidParameterValueException',
        moto: { differs: 'cloudwatch-old', answers: 'none' },
      },
    ],
  },
};

const REPLICATION = { name: 'files', replica: 'files-copy', rule: 'all' };

/** As S3 publishes it. */
async function told(place: Place, at: Date, seconds: number, rule: string): Promise<void> {
  const Dimensions = [
    { Name: 'SourceBucket', Value: 'files' },
    { Name: 'DestinationBucket', Value: 'files-copy' },
    { Name: 'RuleId', Value: rule },
  ];
  const datum = { MetricName: 'ReplicationLatency', Dimensions, Timestamp: at, Value: seconds };
  await clientOf(place, CloudWatchClient).send(new PutMetricDataCommand({ Namespace: 'AWS/S3', MetricData: [datum] }));
}

export const replicationMetrics: Suite<ReplicationMetrics> = {
  gateway: ReplicationMetrics,
  resources: {},
  connect: ({ wires }) => new ReplicationMetrics(wires, REGION),
  cases: {
    behind: [
      {
        title: 'answers nothing where S3 has told nothing',
        ask: (replication, place) => replication.behind(REPLICATION, place.now()),
        answers: [],
      },
      {
        title: 'answers what S3 told of that rule in the last minutes',
        only: 'moto',
        ask: async (replication, place) => {
          const now = place.now();
          const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
          await told(place, before(3), 70, 'all');
          await told(place, before(30), 80, 'all');
          await told(place, before(3), 90, 'other');
          return (await replication.behind(REPLICATION, now)).map(({ seconds }) => seconds);
        },
        answers: [70],
      },
    ],
  },
};

export const trafficSwitch: Suite<TrafficSwitch> = {
  gateway: TrafficSwitch,
  resources: {},
  connect: ({ wires }) => new TrafficSwitch(wires, REGION, 'shop'),
  cases: {
    publish: [
      {
        title: 'says 1 for what is on the standby and 0 for what is not, and nothing of nothing',
        ask: async (positions, place) => {
          await positions.publish([], place.now());
          await positions.publish(
            [
              { entryPoint: 'orders', onStandby: true },
              { entryPoint: 'wiki', onStandby: false },
            ],
            place.now(),
          );
          const of = (EntryPoint: string) => maximum(place, 'OnStandby', { Plan: 'shop', EntryPoint });
          return [await of('orders'), await of('wiki'), await of('other')];
        },
        answers: [[1], [0], []],
      },
    ],
  },
};
