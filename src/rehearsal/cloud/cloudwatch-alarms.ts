import type { Cancel } from '../kernel/kernel.ts';
import type { Alarm, AlarmSettings, StateRecord } from './cloudwatch-alarm.ts';
import { type CompositeRule, compositeRule } from './cloudwatch-composite.ts';
import {
  type AlarmCondition,
  type AlarmState,
  type Datapoints,
  evaluationRange,
  reasonFor,
  type StreamVerdict,
  stateFor,
  streamVerdict,
} from './cloudwatch-evaluation.ts';
import { type Metric, type MetricStore, metricKey, statisticOf } from './cloudwatch-metrics.ts';
import { notify } from './cloudwatch-notices.ts';
import type { World } from './world.ts';

type MetricAlarm = Alarm & { condition: AlarmCondition };
/** Until when an alarm's outcome may still change by itself, as its window moves on. */
type Watch = { alarm: MetricAlarm; until: number; timer: Cancel | undefined };
type Composite = { alarm: Alarm; rule: CompositeRule };

const MINUTE_MS = 60_000;
const INITIAL = 'Unchecked: Initial alarm creation';

/**
 * Alarms of every region. An alarm is evaluated each minute in AWS; here only in the minutes that new data, or the
 * lack of it, can still change its outcome.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export class Alarms {
  readonly #world: World;
  readonly #metrics: MetricStore;
  readonly #alarms = new Map<string, Alarm>();
  readonly #watches = new Map<string, Watch>();
  readonly #byMetric = new Map<string, Watch[]>();
  readonly #composites: Composite[] = [];
  readonly #listeners = new Map<string, ((verdict: StreamVerdict) => void)[]>();

  constructor(world: World, metrics: MetricStore) {
    this.#world = world;
    this.#metrics = metrics;
    world.network.onReturn((region) => {
      for (const watch of this.#watches.values()) if (watch.alarm.region === region) this.#awake(watch);
    });
  }

  all(region: string): Alarm[] {
    return [...this.#alarms.values()].filter((alarm) => alarm.region === region);
  }

  regions(): Set<string> {
    return new Set([...this.#alarms.values()].map(({ region }) => region));
  }

  find(region: string, name: string): Alarm | undefined {
    return this.#alarms.get(`${region}/${name}`);
  }

  add(settings: AlarmSettings, condition: AlarmCondition): void {
    const alarm: MetricAlarm = { ...settings, kind: 'metric', condition, state: this.#initial() };
    this.#alarms.set(`${alarm.region}/${alarm.name}`, alarm);
    const watch: Watch = { alarm, until: 0, timer: undefined };
    this.#watches.set(`${alarm.region}/${alarm.name}`, watch);
    const key = metricKey(alarm.region, condition.metric);
    this.#byMetric.set(key, [...(this.#byMetric.get(key) ?? []), watch]);
    this.#awake(watch);
  }

  addComposite(settings: AlarmSettings, rule: string): void {
    const alarm: Alarm = { ...settings, kind: 'composite', rule, state: this.#initial() };
    this.#alarms.set(`${alarm.region}/${alarm.name}`, alarm);
    this.#composites.push({ alarm, rule: compositeRule(rule) });
  }

  /** The metric has a new point, or a service would work out another value for it from now on. */
  touched(region: string, metric: Metric): void {
    for (const watch of this.#byMetric.get(metricKey(region, metric)) ?? []) this.#awake(watch);
  }

  touchedAll(): void {
    for (const watch of this.#watches.values()) this.#awake(watch);
  }

  /** Told what an alarm's data say, each time they are looked at; the alarm may be made later. */
  onData(region: string, name: string, listener: (verdict: StreamVerdict) => void): void {
    const key = `${region}/${name}`;
    this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener]);
  }

  /** Every alarm as its data say now, without telling anybody: for a world that is built with its history. */
  settle(): void {
    for (const { alarm } of this.#watches.values()) this.#evaluate(alarm, false);
    for (const composite of this.#composites) this.#evaluateComposite(composite, false);
  }

  #initial(): StateRecord {
    return { value: 'INSUFFICIENT_DATA', reason: INITIAL, at: this.#world.kernel.now };
  }

  #awake(watch: Watch): void {
    const { condition } = watch.alarm;
    watch.until = this.#world.kernel.now + (evaluationRange(condition) + 1) * condition.periodMs;
    if (watch.timer === undefined) this.#schedule(watch);
  }

  /** A little after the end of each minute; alarms of short periods every ten seconds. */
  #schedule(watch: Watch): void {
    const { now } = this.#world.kernel;
    const everyMs = watch.alarm.condition.periodMs < MINUTE_MS ? 10_000 : MINUTE_MS;
    const late = this.#world.latencies.draw('cloudwatch.alarmEvaluation') % everyMs;
    const boundary = now - (now % everyMs) + everyMs;
    watch.timer = this.#world.kernel.schedule(boundary - now + late, () => {
      watch.timer = undefined;
      if (!this.#world.network.up(watch.alarm.region)) return;
      this.#evaluate(watch.alarm, true);
      if (this.#world.kernel.now < watch.until) this.#schedule(watch);
    });
  }

  #evaluate(alarm: MetricAlarm, tell: boolean): void {
    const points = this.#datapoints(alarm);
    const { condition } = alarm;
    const verdict = streamVerdict(condition, points);
    for (const listener of this.#listeners.get(`${alarm.region}/${alarm.name}`) ?? []) listener(verdict);
    const state = stateFor(condition, points);
    if (state !== undefined && state !== alarm.state.value)
      this.#become(
        alarm,
        state,
        reasonFor(condition, state, points),
        tell,
        reasonData(condition, points, this.#world.kernel.now),
      );
  }

  /** Values of the complete periods that the alarm looks at, oldest first. */
  #datapoints({ region, condition }: MetricAlarm): Datapoints {
    const { metric, periodMs, statistic } = condition;
    const { now } = this.#world.kernel;
    const end = now - (now % periodMs);
    const points: Datapoints = [];
    for (let back = evaluationRange(condition); back > 0; back--) {
      const from = end - back * periodMs;
      const set = this.#metrics.read(region, metric, from, from + periodMs);
      points.push(set === undefined ? undefined : statisticOf(set, statistic));
    }
    return points;
  }

  #become(alarm: Alarm, value: AlarmState, reason: string, tell: boolean, data?: string): void {
    const previous = alarm.state;
    alarm.state = { value, reason, at: this.#world.kernel.now, ...(data === undefined ? {} : { reasonData: data }) };
    if (!tell) return;
    notify(this.#world, alarm, previous);
    for (const composite of this.#composites)
      if (composite.alarm.region === alarm.region && composite.rule.children.includes(alarm.name))
        this.#evaluateComposite(composite, true);
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html */
  #evaluateComposite({ alarm, rule }: Composite, tell: boolean): void {
    const state = rule.holds((name) => this.find(alarm.region, name)?.state.value) ? 'ALARM' : 'OK';
    if (state === alarm.state.value) return;
    const reason = `The composite alarm's rule ${alarm.rule} is ${state === 'ALARM' ? 'true' : 'false'}`;
    this.#become(alarm, state, reason, tell);
  }
}

function reasonData(condition: AlarmCondition, points: Datapoints, now: number): string {
  const recentDatapoints = points.filter((point) => point !== undefined).slice(-condition.evaluationPeriods);
  const start = now - (now % condition.periodMs) - condition.evaluationPeriods * condition.periodMs;
  return JSON.stringify({
    version: '1.0',
    queryDate: new Date(now).toISOString().replace('Z', '+0000'),
    startDate: new Date(start).toISOString().replace('Z', '+0000'),
    statistic: condition.statistic,
    period: condition.periodMs / 1000,
    recentDatapoints,
    threshold: condition.threshold,
  });
}
