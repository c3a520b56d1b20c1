import { NotSimulated } from '../kernel/not-simulated.ts';
import { alarmCondition, alarmSettings } from './cloudwatch-alarm.ts';
import { Alarms } from './cloudwatch-alarms.ts';
import {
  type Metric,
  type MetricFilter,
  type MetricSource,
  MetricStore,
  type StatisticSet,
  single,
} from './cloudwatch-metrics.ts';
import { cloudWatchOperations } from './cloudwatch-operations.ts';
import { physicalName } from './physical-name.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

export type RecordOptions = { at?: number; highResolution?: boolean };

/** Amazon CloudWatch: metrics, and the alarms of the region that a metric is in. */
export class CloudWatch implements Service {
  readonly id = 'cloudwatch';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly metrics = new MetricStore();
  readonly alarms: Alarms;
  readonly #world: World;
  /** Ends of the outages that lost regions are. */
  readonly #lostRegions = new Map<string, (endedAt: number) => void>();

  constructor(world: World) {
    this.#world = world;
    this.alarms = new Alarms(world, this.metrics);
    this.operations = cloudWatchOperations(this);
    this.resources = {
      'AWS::CloudWatch::Alarm': (properties, at) => this.#alarm(properties, at),
      'AWS::CloudWatch::CompositeAlarm': (properties, at) => this.#composite(properties, at),
      'AWS::CloudWatch::Dashboard': (properties, at) => ({ ref: physicalName(properties.DashboardName, at) }),
    };
    world.network.onChange(() => this.#followRegions());
  }

  get now(): number {
    return this.#world.kernel.now;
  }

  get account(): string {
    return this.#world.account;
  }

  /** A data point: a client's, a service's own, or one of the history that a world is built with. */
  record(
    region: string,
    metric: Metric,
    value: number | StatisticSet,
    { at = this.now, highResolution = false }: RecordOptions = {},
  ): void {
    const set = typeof value === 'number' ? single(value) : value;
    if (this.metrics.record(region, metric, set, at, this.now, highResolution)) this.alarms.touched(region, metric);
  }

  /** A service works out its metrics of a namespace when they are read; it says `changed` when a value is another than before. */
  sourceBy(region: string, namespace: string, source: MetricSource): { changed: (metric: Metric) => void } {
    this.metrics.sourceBy(region, namespace, source);
    return { changed: (metric) => this.alarms.touched(region, metric) };
  }

  /** A fault: data points vanish until the returned function is called. */
  loseMetrics(filter: MetricFilter = {}): () => void {
    const end = this.metrics.beginOutage(filter, this.now);
    this.alarms.touchedAll();
    return () => {
      end(this.now);
      this.alarms.touchedAll();
    };
  }

  /** Every alarm as its data say now, without telling anybody. */
  settle(): void {
    this.alarms.settle();
  }

  #followRegions(): void {
    const regions = new Set([...this.#lostRegions.keys(), ...this.alarms.regions()]);
    for (const region of regions) {
      const end = this.#lostRegions.get(region);
      if (this.#world.network.up(region)) {
        end?.(this.now);
        this.#lostRegions.delete(region);
      } else if (end === undefined) this.#lostRegions.set(region, this.metrics.beginOutage({ region }, this.now));
    }
  }

  #alarm(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    const settings = alarmSettings(properties, at, this.account);
    this.alarms.add(settings, alarmCondition(properties, at));
    return { ref: settings.name, attributes: { Arn: settings.arn } };
  }

  #composite(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    if (properties.ActionsSuppressor !== undefined) throw new NotSimulated(`an action suppressor (${at.logicalId})`);
    const settings = alarmSettings(properties, at, this.account);
    this.alarms.addComposite(settings, properties.AlarmRule);
    return { ref: settings.name, attributes: { Arn: settings.arn } };
  }
}
