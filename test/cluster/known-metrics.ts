import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { keptBy, metricsOf } from './promql.ts';

export type Rule = {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};

type RuleFile = { groups: { name: string; rules: Rule[] }[] };
type Metric = { type: 'counter' | 'gauge' | 'histogram'; labels: string[] };
type Facts = { velero: { version: string } } & Record<
  'server' | 'nodeAgent' | 'process' | 'kubelet' | 'prometheus',
  Record<string, Metric>
>;

const FOLDER = 'cluster/prometheus';

export const facts: Facts = parse(readFileSync('test/cluster/metrics.yaml', 'utf8'));
export const ruleFiles = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
export const groups = ruleFiles.flatMap((file) => {
  const { groups: read }: RuleFile = parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
  return read;
});
export const rules = groups.flatMap((group) => group.rules);
export const alerts = rules.filter((rule) => rule.alert !== undefined);

/** What Prometheus adds to everything that it scrapes. https://prometheus.io/docs/concepts/jobs_instances/ */
export const TARGET_LABELS = ['job', 'instance'];

const known = new Map<string, Set<string>>();

/** The names under which a metric is kept. https://prometheus.io/docs/concepts/metric_types/#histogram */
function namesOf(name: string, { type, labels }: Metric): [string, string[]][] {
  if (type !== 'histogram') return [[name, labels]];
  return [
    [`${name}_bucket`, [...labels, 'le']],
    [`${name}_sum`, labels],
    [`${name}_count`, labels],
  ];
}

for (const part of [facts.server, facts.nodeAgent, facts.process, facts.kubelet, facts.prometheus])
  for (const [name, metric] of Object.entries(part))
    for (const [kept, labels] of namesOf(name, metric)) known.set(kept, new Set(labels));

for (const { record, expr, labels = {} } of rules) {
  if (record === undefined) continue;
  const own = keptBy(expr) ?? metricsOf(expr).flatMap(({ metric }) => [...(known.get(metric) ?? [])]);
  known.set(record, new Set([...(known.get(record) ?? []), ...own, ...Object.keys(labels)]));
}

/** The labels of a metric that is exported or recorded; undefined for one that is neither. */
export const labelsOf = (metric: string): Set<string> | undefined => known.get(metric);

/** Every label that some metric of the expression has. */
export const labelsIn = (expression: string): Set<string> =>
  new Set([...metricsOf(expression).flatMap(({ metric }) => [...(known.get(metric) ?? [])]), ...TARGET_LABELS]);
