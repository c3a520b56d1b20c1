import type { Plan } from '../src/plan/schema.ts';
import { HOURS_A_MONTH, PRICES, type Price } from './prices.ts';
import { idleStarts } from './starts.ts';
import { type Resource, resourcesOf, type Template } from './template.ts';

type CostLine = { what: string; quantity: number; price: Price; monthlyUsd: number };

/** What a month costs in which nothing happens. Data is not in it: backups cost by the gigabyte, not by the plan. */
export type MonthlyCost = {
  controlPlane: CostLine[];
  /** Load balancers made ahead: they belong to the posture. */
  entryPoints: CostLine[];
  /** Capacity that stands by: it belongs to the posture. */
  standby: CostLine[];
  totals: { controlPlane: number; entryPoints: number; standby: number };
};

/** Checks of endpoints in AWS that Route 53 does not charge for. */
const FREE_HEALTH_CHECKS = 50;

/** A start of a function, generously: none of it is measured. */
const SECONDS_A_START = 1;
const LOG_BYTES_A_START = 2000;
const READS_A_START = 2;
const WRITES_A_START = 1;

export function monthlyCost(templates: Template[], plan: Plan): MonthlyCost {
  const controlPlane = [...watching(templates), ...running(templates, plan)];
  const entryPoints = traffic(templates);
  const standby = capacity(templates);
  const totals = { controlPlane: sum(controlPlane), entryPoints: sum(entryPoints), standby: sum(standby) };
  return { controlPlane, entryPoints, standby, totals };
}

/** What is paid for being there. */
function watching(templates: Template[]): CostLine[] {
  const alarms = resourcesOf(templates, 'AWS::CloudWatch::Alarm');
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
    line('alarms', alarms.length, PRICES.alarm),
    line('metrics that traffic moves by', alarms.filter(ofOurs).length, PRICES.metric),
    line('health checks', Math.max(0, checks.length - FREE_HEALTH_CHECKS), PRICES.healthCheck),
    line(
      'options of health checks',
      options.reduce((all, some) => all + some, 0),
      PRICES.healthCheckOption,
    ),
    line('keys', resourcesOf(templates, 'AWS::KMS::Key').length, PRICES.key),
  ];
}

const ofOurs = (alarm: Resource): boolean => alarm.Properties.Namespace === 'Lifeboat';

/** What is paid for what schedules start. */
function running(templates: Template[], plan: Plan): CostLine[] {
  const starts = idleStarts(templates, plan);
  const functions = [...starts.functions].map(([{ Properties, Metadata }, times]) => ({
    times,
    gigabyteSeconds: (times * SECONDS_A_START * Properties.MemorySize) / 1024,
    publishes: Metadata?.['lifeboat:function'] === 'publish-traffic',
  }));
  const times = functions.reduce((all, each) => all + each.times, 0);
  const published = functions.filter((each) => each.publishes).reduce((all, each) => all + each.times, 0);
  return [
    line('starts by schedule', starts.scheduled, PRICES.scheduledStart),
    line('starts of functions', times, PRICES.functionRequest),
    line(
      'time of functions',
      functions.reduce((all, each) => all + each.gigabyteSeconds, 0),
      PRICES.functionTime,
    ),
    line('traces', times, PRICES.trace),
    line('gigabytes of logs', (times * LOG_BYTES_A_START) / 1e9, PRICES.logGigabyte),
    line('state transitions', starts.transitions, PRICES.transition),
    line('reads of tables', times * READS_A_START, PRICES.tableRead),
    line('writes to tables', times * WRITES_A_START, PRICES.tableWrite),
    line('metrics published', published, PRICES.metricRequest),
  ];
}

function traffic(templates: Template[]): CostLine[] {
  const balancers = resourcesOf(templates, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const addresses = balancers.reduce((all, { Properties }) => all + Properties.Subnets.length, 0);
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

const sum = (lines: CostLine[]): number => lines.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0);
