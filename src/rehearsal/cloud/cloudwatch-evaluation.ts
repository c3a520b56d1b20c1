import type { Metric, Statistic } from './cloudwatch-metrics.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export type AlarmCondition = {
  metric: Metric;
  statistic: Statistic;
  periodMs: number;
  /** N of "M out of N". */
  evaluationPeriods: number;
  /** M of "M out of N". */
  datapointsToAlarm: number;
  threshold: number;
  comparison: string;
  missing: MissingData;
};

/** What the data say by themselves; insufficient where there are none. */
export type StreamVerdict = 'breaching' | 'ok' | 'insufficient';
/** Values of complete periods, oldest first; undefined where there is none. */
export type Datapoints = (number | undefined)[];

/**
 * More periods are looked at than the alarm asks for; the documents' examples look at five for three.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export const evaluationRange = ({ evaluationPeriods }: AlarmCondition): number => evaluationPeriods + 2;

const COMPARISONS: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export const isComparison = (comparison: string): boolean => COMPARISONS[comparison] !== undefined;

const breaches = ({ comparison, threshold }: AlarmCondition, value: number): boolean =>
  COMPARISONS[comparison]?.(value, threshold) === true;

/**
 * The state that the data ask for, or nothing where the alarm keeps the one it has. Agrees with the tables of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function stateFor(condition: AlarmCondition, points: Datapoints): AlarmState | undefined {
  const { evaluationPeriods, datapointsToAlarm, missing } = condition;
  const real = points.filter((point) => point !== undefined).slice(-evaluationPeriods);
  if (real.length === 0) return withoutData(missing);
  const breaching = real.filter((point) => breaches(condition, point)).length;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  const gaps = evaluationPeriods - real.length;
  if (gaps === 0 || missing === 'notBreaching') return 'OK';
  if (missing === 'breaching') return breaching + gaps >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (breaching < real.length) return 'OK';
  if (missing === 'ignore') return undefined;
  // All there is breaches: an alarm, but not before the oldest of it is as old as the alarm wants.
  const oldest = points.findIndex((point) => point !== undefined);
  return points.length - oldest >= datapointsToAlarm ? 'ALARM' : undefined;
}

function withoutData(missing: MissingData): AlarmState | undefined {
  if (missing === 'ignore') return undefined;
  if (missing === 'missing') return 'INSUFFICIENT_DATA';
  return missing === 'breaching' ? 'ALARM' : 'OK';
}

/**
 * What a health check makes of an alarm's data: it looks at the data, not at the alarm's state.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export function streamVerdict(condition: AlarmCondition, points: Datapoints): StreamVerdict {
  const real = points.filter((point) => point !== undefined).slice(-condition.evaluationPeriods);
  if (real.length === 0) return 'insufficient';
  return real.length === condition.evaluationPeriods && real.every((point) => breaches(condition, point))
    ? 'breaching'
    : 'ok';
}

const WORDS: Record<string, string> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Why, in CloudWatch's words. */
export function reasonFor(condition: AlarmCondition, state: AlarmState, points: Datapoints): string {
  const real = points.filter((point) => point !== undefined).slice(-condition.evaluationPeriods);
  if (real.length === 0) {
    const how =
      state === 'INSUFFICIENT_DATA'
        ? ''
        : ` and ${points.length} missing datapoints were treated as [${condition.missing === 'breaching' ? 'Breaching' : 'NonBreaching'}]`;
    return state === 'INSUFFICIENT_DATA'
      ? 'Insufficient Data: 1 datapoint was unknown.'
      : `Threshold Crossed: no datapoints were received for ${condition.evaluationPeriods} periods${how}.`;
  }
  const crossing = real.filter((point) => breaches(condition, point)).length;
  const counted = state === 'ALARM' ? crossing : real.length - crossing;
  const not = state === 'ALARM' ? '' : 'not ';
  return `Threshold Crossed: ${counted} out of the last ${real.length} datapoints [${real.map(decimal).join(', ')}] ${counted === 1 ? 'was' : 'were'} ${not}${WORDS[condition.comparison]} the threshold (${decimal(condition.threshold)}).`;
}

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
