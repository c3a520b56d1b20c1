import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { alerts, labelsIn, labelsOf, TARGET_LABELS } from './known-metrics.ts';
import { groupedBy, metricsOf } from './promql.ts';

type Target = { refId: string; expr: string; legendFormat: string; datasource: { type: string; uid: string } };
type Panel = {
  id: number;
  type: string;
  title: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: Target[];
};
type Dashboard = {
  uid: string;
  title: string;
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
};

const dashboard: Dashboard = JSON.parse(readFileSync('cluster/grafana/velero-dashboard.json', 'utf8'));
const drawn = dashboard.panels.filter(({ type }) => type !== 'row').map((panel) => [panel.title, panel] as const);

describe('the Grafana dashboard', () => {
  it('is one that Grafana 10 and newer read', () => {
    expect(dashboard.schemaVersion).toBe(39);
    expect(dashboard.uid).toMatch(/^[\w-]{1,40}$/);
  });

  it('gives each panel an id and a place of its own', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const taken = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(taken).size).toBe(taken.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it('lets its reader choose the data source', () => {
    expect(dashboard.templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' }),
    );
  });

  it.each(drawn)(
    '%s asks that data source, for metrics that there are, by labels that they have',
    (_, { targets = [] }) => {
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { expr, legendFormat, datasource } of targets) {
        expect(datasource).toEqual({ type: 'prometheus', uid: expect.stringMatching(/^\$\{datasource\}$/) });
        for (const { metric, labels } of metricsOf(expr)) {
          expect({ metric, there: labelsOf(metric) !== undefined }).toEqual({ metric, there: true });
          for (const label of labels) expect([...(labelsOf(metric) ?? []), ...TARGET_LABELS]).toContain(label);
        }
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        for (const label of [...groupedBy(expr), ...shown]) expect([...labelsIn(expr)]).toContain(label);
      }
    },
  );

  it('lists every alert that there is', () => {
    const expr = drawn.find(([title]) => title === 'Alarms now')?.[1].targets?.[0]?.expr ?? '';
    const pattern = new RegExp(`^(?:${/alertname=~"([^"]+)"/.exec(expr)?.[1]})$`);
    for (const { alert } of alerts) expect(alert).toMatch(pattern);
  });
});
