import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { Measure } from '../../../../src/domain/rpo.ts';
import { Metrics } from '../../../../src/gateways/aws/metrics.ts';
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
