import { describe, expect, it } from '@jest/globals';
import { groupedBy, keptBy, metricsOf } from './promql.ts';

describe('the metrics of an expression', () => {
  it('are told with the labels that they are matched by', () => {
    expect(
      metricsOf('sum by (node) (increase(a_total{schedule!="", outcome=~"b|c"}[5m])) > 0 and on () lifeboat:d:seconds'),
    ).toEqual([
      { metric: 'a_total', labels: ['schedule', 'outcome'] },
      { metric: 'lifeboat:d:seconds', labels: [] },
    ]);
  });

  it('are no function, number, length of time or label', () => {
    expect(metricsOf('clamp_max(vector(300), 1) * time() - 5m_x offset 1d').map(({ metric }) => metric)).toEqual([]);
    expect(groupedBy('a * on (schedule) group_left (tier) b unless on () c')).toEqual(['schedule', 'tier']);
  });
});

describe('the labels that an expression keeps', () => {
  it('are those that it aggregates by, none without any, and all where nothing is aggregated', () => {
    expect(keptBy('sum by (schedule, le) (a)')).toEqual(['schedule', 'le']);
    expect(keptBy('sum(a) / sum(b)')).toEqual([]);
    expect(keptBy('time() - a')).toBeUndefined();
  });
});
