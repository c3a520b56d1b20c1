import type { Service } from './service.ts';
import type { World } from './world.ts';

type Metric = { namespace: string; name: string; dimensions: Record<string, string> };
type StatisticSet = { sum: number; count: number; min: number; max: number };
type Source = (metric: Metric, from: number, to: number) => StatisticSet | undefined;
type Metrics = {
  record?: (region: string, metric: Metric, value: number) => void;
  sourceBy?: (region: string, namespace: string, source: Source) => { changed: (metric: Metric) => void };
};

/** CloudWatch, where the world has it: services tell it of themselves, and need nothing of it. */
function metricsOf(world: World): Metrics | undefined {
  const cloudWatch: (Service & Metrics) | undefined = world.services.get('cloudwatch');
  return cloudWatch;
}

/** A data point of an AWS service's own metric. */
export function measure(world: World, region: string, metric: Metric, value: number): void {
  metricsOf(world)?.record?.(region, metric, value);
}

/** Works a namespace's metrics out when they are read. Answers what to call when one has changed. */
export function measureBy(world: World, region: string, namespace: string, source: Source): (metric: Metric) => void {
  return metricsOf(world)?.sourceBy?.(region, namespace, source).changed ?? (() => {});
}
