import type { Plan } from '../src/plan/schema.ts';
import { measuredStores } from '../src/plan/stores.ts';
import { HOURS_A_MONTH, PRICES, type Price } from './prices.ts';
import { backupsAMonth, idleStarts } from './starts.ts';
import { type Resource, resourcesOf, type Template } from './template.ts';

type CostLine = { what: string; quantity: number; price: Price; monthlyUsd: number };

/** What a month costs in which nothing happens. Data is not in it: backups cost by the gigabyte, not by the plan. */
export type MonthlyCost = {
  controlPlane: CostLine[];
  /** What comes with backups that are replicated and proven, besides their gigabytes: it grows with the schedules. */
  backups: CostLine[];
  /** Load balancers made ahead: they belong to the posture. */
  entryPoints: CostLine[];
  /** Capacity that stands by: it belongs to the posture. */
  standby: CostLine[];
  totals: { controlPlane: number; backups: number; entryPoints: number; standby: number };
};

/**
 * What an account has for nothing, always, and which nothing else in it is taken to use up: Route 53's checks of
 * endpoints in AWS; CloudWatch's metrics, alarms, requests, and dashboards of up to 50 metrics.
 * https://aws.amazon.com/route53/pricing/, https://aws.amazon.com/cloudwatch/pricing/
 */
const FREE = { healthChecks: 50, metrics: 10, alarms: 10, metricRequests: 1e6, dashboards: 3, metricsOfADashboard: 50 };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html: billed like metrics of our own. */
const METRICS_A_REPLICATION_RULE = 4;

/**
 * Of the plan, beside one for each store and each tier: the worst age, failures, age, success rate, lag, deviation;
 * what is not verified, and for how long.
 */
const METRICS_OF_THE_PLAN = 8;

/** A start of a function, generously: none of it is measured. */
const SECONDS_A_START = 1;
const LOG_BYTES_A_START = 2000;
const READS_A_START = 2;
const WRITES_A_START = 1;

/** Of the buckets, by the function that seals and by those that judge: as a rehearsed calm day had them, rounded up. */
const WRITES_A_BACKUP = 10;
const READS_A_BACKUP = 50;

/** Functions that put metrics, in one request a start. */
const PUBLISHERS = ['publish-traffic', 'measure-rpo'];
/** It reads the metrics of each application's bucket in one more. */
const READER = 'measure-rpo';

export function monthlyCost(templates: Template[], plan: Plan): MonthlyCost {
  const controlPlane = [...watching(templates, plan), ...running(templates, plan)];
  const backups = keeping(templates, plan);
  const entryPoints = traffic(templates);
  const standby = capacity(templates);
  const totals = {
    controlPlane: sum(controlPlane),
    backups: sum(backups),
    entryPoints: sum(entryPoints),
    standby: sum(standby),
  };
  return { controlPlane, backups, entryPoints, standby, totals };
}

/** What is paid for being there. */
function watching(templates: Template[], plan: Plan): CostLine[] {
  const alarms = resourcesOf(templates, 'AWS::CloudWatch::Alarm').length;
  const metrics = metricsOf(plan);
  const dashboards = resourcesOf(templates, 'AWS::CloudWatch::Dashboard').map(metricsShown);
  const checks = resourcesOf(templates, 'AWS::Route53::HealthCheck').map((check) => check.Properties.HealthCheckConfig);
  const options = checks.map(
    (check) =>
      [
        check.RequestInterval === 10,
        check.MeasureLatency === true,
        /HTTPS/.test(check.Type),
        /STR_MATCH/.test(check.Type),
      ].filter(Boolean).length,
  );
  return [
    line('alarms', beyond(FREE.alarms, alarms), PRICES.alarm),
    line('metrics, of recovery points and of traffic', beyond(FREE.metrics, metrics), PRICES.metric),
    line('dashboards', dashboardsPaidFor(dashboards), PRICES.dashboard),
    line('health checks', beyond(FREE.healthChecks, checks.length), PRICES.healthCheck),
    line(
      'options of health checks',
      sumOf(options, (some) => some),
      PRICES.healthCheckOption,
    ),
    line('keys that sign', keysOf(templates, signs).length, PRICES.key),
  ];
}

const signs = ({ Properties }: Resource): boolean => Properties.KeyUsage === 'SIGN_VERIFY';

const keysOf = (templates: Template[], which: (key: Resource) => boolean): Resource[] =>
  resourcesOf(templates, 'AWS::KMS::Key').filter(which);

const beyond = (free: number, used: number): number => Math.max(0, used - free);

const metricsOf = (plan: Plan): number =>
  measuredStores(plan).length + plan.tiers.length + METRICS_OF_THE_PLAN + plan.entryPoints.length;

/** A body is text with the account's number left open. */
function metricsShown({ Properties }: Resource): number {
  const parts: unknown[] = Properties.DashboardBody['Fn::Join']?.[1] ?? [Properties.DashboardBody];
  const body = JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '')).join(''));
  const widgets: { properties: { metrics?: unknown[] } }[] = body.widgets;
  return widgets.reduce((all, { properties }) => all + (properties.metrics?.length ?? 0), 0);
}

const dashboardsPaidFor = (metrics: number[]): number => {
  const large = metrics.filter((count) => count > FREE.metricsOfADashboard).length;
  return large + beyond(FREE.dashboards, metrics.length - large);
};

function keeping(templates: Template[], plan: Plan): CostLine[] {
  const rules = resourcesOf(templates, 'AWS::S3::Bucket')
    .flatMap(({ Properties }) => Properties.ReplicationConfiguration?.Rules ?? [])
    .filter((rule) => rule.Destination.Metrics?.Status === 'Enabled');
  const backups = backupsAMonth(plan);
  return [
    line('keys that encrypt', keysOf(templates, (key) => !signs(key)).length, PRICES.key),
    line('metrics of replication', rules.length * METRICS_A_REPLICATION_RULE, PRICES.metric),
    line('writes and lists that seal and judge', backups * WRITES_A_BACKUP, PRICES.objectWrite),
    line('reads that seal and judge', backups * READS_A_BACKUP, PRICES.objectRead),
  ];
}

/** What is paid for what schedules start. */
function running(templates: Template[], plan: Plan): CostLine[] {
  const starts = idleStarts(templates, plan);
  const functions = [...starts.functions].map(([{ Properties, Metadata }, times]) => ({
    times,
    gigabyteSeconds: (times * SECONDS_A_START * Properties.MemorySize) / 1024,
    traced: Properties.TracingConfig?.Mode === 'Active',
    name: String(Metadata?.['lifeboat:function']),
  }));
  type Started = (typeof functions)[number];
  const timesOf = (which: (each: Started) => boolean): number => sumOf(functions.filter(which), ({ times }) => times);
  const times = timesOf(() => true);
  const published = timesOf(({ name }) => PUBLISHERS.includes(name));
  const read = timesOf(({ name }) => name === READER) * plan.stores.buckets.length;
  return [
    line('starts by schedule', starts.scheduled, PRICES.scheduledStart),
    line('starts of functions', times, PRICES.functionRequest),
    line(
      'time of functions',
      sumOf(functions, ({ gigabyteSeconds }) => gigabyteSeconds),
      PRICES.functionTime,
    ),
    line(
      'traces',
      timesOf(({ traced }) => traced),
      PRICES.trace,
    ),
    line('gigabytes of logs', (times * LOG_BYTES_A_START) / 1e9, PRICES.logGigabyte),
    line('state transitions', starts.transitions, PRICES.transition),
    line('reads of tables', times * READS_A_START, PRICES.tableRead),
    line('writes to tables', times * WRITES_A_START, PRICES.tableWrite),
    line('requests about metrics', beyond(FREE.metricRequests, published + read), PRICES.metricRequest),
  ];
}

function traffic(templates: Template[]): CostLine[] {
  const balancers = resourcesOf(templates, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const addresses = sumOf(balancers, ({ Properties }) => Properties.Subnets.length);
  return [
    line('load balancers', balancers.length, hourly(PRICES.loadBalancer)),
    line('their public addresses, one a zone', addresses, hourly(PRICES.publicAddress)),
  ];
}

function capacity(templates: Template[]): CostLine[] {
  return [
    line("the cluster's control plane", resourcesOf(templates, 'AWS::EKS::Cluster').length, hourly(PRICES.cluster)),
    line('NAT gateways', resourcesOf(templates, 'AWS::EC2::NatGateway').length, hourly(PRICES.natGateway)),
    line('their public addresses', resourcesOf(templates, 'AWS::EC2::EIP').length, hourly(PRICES.publicAddress)),
  ];
}

const line = (what: string, quantity: number, price: Price): CostLine => ({
  what,
  quantity,
  price,
  monthlyUsd: quantity * price.usd,
});

/** A price per hour, for a month. */
const hourly = (price: Price): Price => ({
  ...price,
  usd: price.usd * HOURS_A_MONTH,
  per: `month; ${price.usd} per ${price.per}`,
});

const sum = (lines: CostLine[]): number => sumOf(lines, ({ monthlyUsd }) => monthlyUsd);

const sumOf = <T>(items: T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);
