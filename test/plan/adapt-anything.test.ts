import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adaptPlan } from '../../src/plan/adapt.ts';
import type { ManifestObject } from '../../src/plan/manifest-object.ts';
import { parsePlanInput } from '../../src/plan/parse.ts';
import { problemLine } from '../../src/plan/problem.ts';
import type { PlanInput } from '../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from './small-plan.ts';

const small = planOf(SMALL_PLAN).input;

const problemsOf = (input: PlanInput): string[] => {
  const parsed = parsePlanInput(input, 'adapted');
  return 'problems' in parsed ? parsed.problems.map(problemLine) : [];
};

describe('adapting the plan to any manifests', () => {
  it('gives a plan that parses, and that adapting again leaves as it is, whatever the manifests', () => {
    const namespace = fc.constantFrom(
      'orders',
      'wiki',
      'ingress',
      'blog',
      'default',
      'kube-system',
      'velero',
      '0-odd',
      'a-namespace-with-a-very-long-name',
    );
    const name = fc.constantFrom(
      'orders',
      'wiki',
      'web',
      'web.v2',
      '1',
      'UPPER',
      'a-service-with-a-very-long-name-indeed',
    );
    const port = fc.record({
      name: fc.constantFrom('http', 'dns'),
      port: fc.integer({ min: 1, max: 65_535 }),
      protocol: fc.constantFrom('TCP', 'UDP'),
    });
    const service = fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constant('Service'),
      metadata: fc.record({ name, namespace }),
      spec: fc.record({ type: fc.constantFrom('LoadBalancer', 'ClusterIP'), ports: fc.array(port, { maxLength: 3 }) }),
      status: fc.constantFrom(
        {},
        { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
        { loadBalancer: { ingress: [{ hostname: 'x.elb.amazonaws.com' }] } },
      ),
    });
    const route = fc.record({
      path: fc.constantFrom('/', '/*', '/a b', '', '/files(/|$)(.*)'),
      backend: fc.record({
        service: fc.record({ name, port: fc.constantFrom<object>({ number: 80 }, { name: 'http' }, {}) }),
      }),
    });
    const rule = fc.record({
      host: fc.constantFrom('wiki.example.com', 'example.com', '*.example.com', 'x.example.org', ''),
      http: fc.record({ paths: fc.array(route, { maxLength: 3 }) }),
    });
    const ingress = fc.record({
      apiVersion: fc.constant('networking.k8s.io/v1'),
      kind: fc.constant('Ingress'),
      metadata: fc.record({ name, namespace }),
      spec: fc.record({ rules: fc.array(rule, { maxLength: 3 }) }, { requiredKeys: [] }),
    });
    const other = fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constantFrom('ConfigMap', 'Secret'),
      metadata: fc.record({ name, namespace }),
    });
    const clusterWide = fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constant('Namespace'),
      metadata: fc.record({ name: namespace }),
    });
    const plans = fc.constantFrom(
      small,
      planOf(SMALL_PLAN.replaceAll(/\bnormal\b(?!-)/g, 'gold')).input,
      planOf(SMALL_PLAN.replace('name: wiki\n    tier: normal', 'name: wiki\n    tier: critical')).input,
    );
    fc.assert(
      fc.property(
        plans,
        fc.uniqueArray(fc.oneof(service, ingress, other, clusterWide), {
          selector: (one) => JSON.stringify([one.kind, one.metadata]),
          maxLength: 12,
        }),
        (plan, objects) => {
          const { input } = adaptPlan(plan, objects as ManifestObject[]);
          expect(problemsOf(input)).toEqual([]);
          expect(adaptPlan(input, objects as ManifestObject[]).input).toEqual(input);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });
});
