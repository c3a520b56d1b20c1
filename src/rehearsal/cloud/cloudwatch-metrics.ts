/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
export type Metric = { namespace: string; name: string; dimensions: Record<string, string> };
export type StatisticSet = { sum: number; count: number; min: number; max: number };
export type Statistic = 'Average' | 'Minimum' | 'Maximum' | 'Sum' | 'SampleCount';

/** A service's own metrics that are worked out when somebody reads them: what one was in a span of time. */
export type MetricSource = (metric: Metric, from: number, to: number) => StatisticSet | undefined;
/** Which metrics vanish; undefined members mean all. */
export type MetricFilter = { region?: string; namespace?: string };

type Series = { resolutionMs: number; points: Map<number, StatisticSet> };
type Outage = MetricFilter & { from: number; until: number };

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

export function metricKey(region: string, { namespace, name, dimensions }: Metric): string {
  const pairs = Object.keys(dimensions)
    .sort()
    .map((dimension) => `${dimension}=${dimensions[dimension]}`);
  return `${region}|${namespace}|${name}|${pairs.join(',')}`;
}

export const single = (value: number): StatisticSet => ({ sum: value, count: 1, min: value, max: value });

export function statisticOf(set: StatisticSet, statistic: Statistic): number {
  switch (statistic) {
    case 'Average':
      return set.sum / set.count;
    case 'Minimum':
      return set.min;
    case 'Maximum':
      return set.max;
    case 'Sum':
      return set.sum;
    case 'SampleCount':
      return set.count;
  }
}

/** Data points of every region. */
export class MetricStore {
  readonly #series = new Map<string, Series>();
  readonly #sources = new Map<string, MetricSource>();
  readonly #outages: Outage[] = [];

  sourceBy(region: string, namespace: string, source: MetricSource): void {
    this.#sources.set(`${region}|${namespace}`, source);
  }

  /** Points of that time are nowhere, those that come and those that a service would work out. */
  beginOutage(filter: MetricFilter, now: number): (endedAt: number) => void {
    const outage: Outage = { ...filter, from: now, until: Number.POSITIVE_INFINITY };
    this.#outages.push(outage);
    return (endedAt) => {
      outage.until = endedAt;
    };
  }

  /** Answers whether the point was kept. */
  record(region: string, metric: Metric, set: StatisticSet, at: number, now: number, highResolution = false): boolean {
    if (this.#lost(region, metric, now, now + 1)) return false;
    const key = metricKey(region, metric);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { resolutionMs: highResolution ? SECOND_MS : MINUTE_MS, points: new Map() };
      this.#series.set(key, series);
    }
    const bucket = at - (at % series.resolutionMs);
    series.points.set(bucket, merged(series.points.get(bucket), set));
    return true;
  }

  /** Everything in [from, to) together. */
  read(region: string, metric: Metric, from: number, to: number): StatisticSet | undefined {
    const source = this.#sources.get(`${region}|${metric.namespace}`);
    if (source !== undefined) return this.#lost(region, metric, from, to) ? undefined : source(metric, from, to);
    const series = this.#series.get(metricKey(region, metric));
    if (series === undefined) return undefined;
    let total: StatisticSet | undefined;
    for (let bucket = from; bucket < to; bucket += series.resolutionMs) {
      const point = series.points.get(bucket);
      if (point !== undefined) total = merged(total, point);
    }
    return total;
  }

  #lost(region: string, { namespace }: Metric, from: number, to: number): boolean {
    return this.#outages.some(
      (outage) =>
        outage.from < to &&
        outage.until > from &&
        (outage.region === undefined || outage.region === region) &&
        (outage.namespace === undefined || outage.namespace === namespace),
    );
  }
}

function merged(a: StatisticSet | undefined, b: StatisticSet): StatisticSet {
  if (a === undefined) return b;
  return { sum: a.sum + b.sum, count: a.count + b.count, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
