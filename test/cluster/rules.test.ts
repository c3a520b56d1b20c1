import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { VELERO_VERSION } from '../../src/domain/velero-images.ts';
import { veleroSchedule } from '../../src/domain/velero-locations.ts';
import { longestInterval } from '../../src/plan/intervals.ts';
import { scheduledNamespaces, tierNamespaces } from '../../src/plan/places.ts';
import { planIn } from '../examples/example-files.ts';
import { alerts, facts, groups, labelsIn, labelsOf, type Rule, rules, TARGET_LABELS } from './known-metrics.ts';
import { groupedBy, metricsOf } from './promql.ts';

const named = (list: Rule[]) => list.map((rule, index) => [rule.alert ?? rule.record ?? `${index}`, rule] as const);
const { plan } = planIn('lifeboat.yaml');

describe('a rule', () => {
  it.each(named(rules))('%s asks for metrics that there are, by labels that they have', (_, { expr }) => {
    for (const { metric, labels } of metricsOf(expr)) {
      expect({ metric, there: labelsOf(metric) !== undefined }).toEqual({ metric, there: true });
      for (const label of labels) expect([...(labelsOf(metric) ?? []), ...TARGET_LABELS]).toContain(label);
    }
    for (const label of groupedBy(expr)) expect([...labelsIn(expr)]).toContain(label);
  });

  it('is about the Velero that Lifeboat installs', () => {
    expect(facts.velero.version).toBe(VELERO_VERSION);
  });
});

/** Heading, as a page's address names it. https://docs.github.com/en/get-started/writing-on-github */
const anchorsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );

describe('an alert', () => {
  it.each(named(alerts))('%s says how bad it is, what it is and what to do', (_, { labels, annotations = {} }) => {
    expect(['critical', 'warning']).toContain(labels?.severity);
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.description).toMatch(/\.$/);
    const [page = '', anchor] = (annotations.runbook ?? '').split('#');
    expect(page).toMatch(/^docs\/runbooks\/.*\.md$/);
    expect(existsSync(page)).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(page)).toContain(anchor);
  });

  it.each(named(alerts))('%s names no label that it has not', (_, { expr, labels, annotations = {} }) => {
    const there = [...labelsIn(expr), ...Object.keys(labels ?? {})];
    for (const text of Object.values(annotations))
      for (const [, label] of text.matchAll(/\$labels\.(\w+)/g)) expect(there).toContain(label);
  });

  it('has a name of its own', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });
});

type Cases = {
  alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[];
  promql_expr_test?: { expr: string; exp_samples: unknown[] }[];
};
const FOLDER = 'test/cluster/prometheus';
const cases = readdirSync(FOLDER).flatMap((file) => {
  const { tests }: { tests: Cases[] } = parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
  return tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
});

describe("promtool's tests", () => {
  it.each(named(alerts))('know when %s speaks and when it is silent', (alert) => {
    const of = cases.filter(({ alertname }) => alertname === alert);
    expect(of.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    expect(of.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
  });

  it('are about alerts that there are', () => {
    expect(alerts.map(({ alert }) => alert)).toEqual(expect.arrayContaining(cases.map(({ alertname }) => alertname)));
  });
});

describe("the plan's rules", () => {
  const recorded = (name: string) => rules.filter(({ record }) => record === name);

  it("are the example's schedules, as Velero knows them, and their intervals", () => {
    expect(recorded('lifeboat:schedule_interval:seconds').map(({ expr, labels }) => [labels?.schedule, expr])).toEqual(
      plan.stores.backups.schedules.map((schedule) => [
        veleroSchedule(plan, schedule).metadata.name,
        `vector(${longestInterval(schedule)})`,
      ]),
    );
  });

  it("are the example's tiers, each with a schedule that brings back all of it", () => {
    const targets = recorded('lifeboat:rpo_target:seconds');
    expect(targets.map(({ expr, labels }) => [labels?.tier, expr])).toEqual(
      plan.tiers.map(({ name, rpo }) => [name, `vector(${rpo})`]),
    );
    for (const { labels } of targets) {
      const schedule = plan.stores.backups.schedules.find(({ name }) => name === labels?.schedule);
      expect(schedule?.contents).toBe('everything');
      expect(schedule && scheduledNamespaces(plan, schedule)).toEqual(
        expect.arrayContaining(tierNamespaces(plan, labels?.tier ?? '')),
      );
    }
  });
});

describe('the manifest for the Prometheus Operator', () => {
  it('holds every group as it is, the plan first', () => {
    const manifest = parse(execFileSync('sh', ['cluster/prometheus/prometheus-rule.sh'], { encoding: 'utf8' }));
    expect(manifest).toMatchObject({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' });
    expect(manifest.spec.groups.map(({ name }: { name: string }) => name)).toEqual([
      'lifeboat-plan',
      'lifeboat-backups',
      'lifeboat-alerts',
    ]);
    expect(manifest.spec.groups).toEqual(expect.arrayContaining(groups));
  });
});
