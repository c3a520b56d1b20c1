import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ClaimStatus,
  decideHealth,
  type HealthFacts,
  mountedClaims,
  servesMetric,
  wantedReplicas,
} from '../../src/domain/health.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { always } from './always.ts';

const data: ClaimStatus = {
  namespace: 'orders',
  name: 'data',
  phase: 'Bound',
  mounted: true,
  waitsForConsumer: true,
};
const well: HealthFacts = {
  readyNodes: 2,
  workloads: [{ kind: 'Deployment', namespace: 'orders', name: 'orders', wanted: 3, ready: 3 }],
  claims: [data],
  entryPoints: [{ name: 'orders', healthyTargets: 1, targets: 3 }],
  checks: [{ name: 'orders/health answers 200', passed: true, found: 'it answers 200' }],
  waitedSeconds: 60,
};
const [workload] = well.workloads;
const short = workload === undefined ? [] : [{ ...workload, ready: 2 }];

const ills: [string, Partial<HealthFacts>, string][] = [
  ['no node is ready', { readyNodes: 0 }, 'a node to be ready'],
  ['a pod is not ready', { workloads: short }, 'Deployment orders/orders: 2 of 3 ready'],
  ['a volume is not bound', { claims: [{ ...data, phase: 'Pending' }] }, 'volume orders/data to be bound'],
  [
    'no target is healthy',
    { entryPoints: [{ name: 'orders', healthyTargets: 0, targets: 3 }] },
    'entry point orders: 0 of 3 targets healthy',
  ],
  [
    'a check does not pass',
    { checks: [{ name: 'orders serves builds_total', passed: false, found: 'nobody answers' }] },
    'orders serves builds_total: nobody answers',
  ],
];

describe('a tier', () => {
  it('is healthy when nodes, pods, volumes, entry points and its own checks all are', () => {
    expect(decideHealth(well)).toEqual({ kind: 'healthy', passed: 3 });
  });

  it.each(ills)('is waited for while %s, and it is said', (_, change, reason) => {
    expect(decideHealth({ ...well, ...change })).toEqual({ kind: 'wait', waitingFor: [reason] });
  });

  it('has failed when it is not well after 25 minutes', () => {
    const ill = { ...well, readyNodes: 0 };
    expect(decideHealth({ ...ill, waitedSeconds: 1500 }).kind).toBe('wait');
    expect(decideHealth({ ...ill, waitedSeconds: 1501 }).kind).toBe('failed');
  });

  it('is healthy at last, however late', () => {
    expect(decideHealth({ ...well, waitedSeconds: 9999 }).kind).toBe('healthy');
  });

  it('needs no volume that no pod mounts, when its class makes one only for the first that does', () => {
    const pending = { ...data, phase: 'Pending', mounted: false };
    expect(decideHealth({ ...well, claims: [pending] })).toEqual({ kind: 'healthy', passed: 2 });
    expect(decideHealth({ ...well, claims: [{ ...pending, waitsForConsumer: false }] }).kind).toBe('wait');
    expect(decideHealth({ ...well, claims: [{ ...pending, phase: 'Lost' }] }).kind).toBe('wait');
  });

  it('needs no node when it runs nothing', () => {
    expect(decideHealth({ ...well, readyNodes: 0, workloads: [] }).kind).toBe('healthy');
  });

  it('is never healthy with anything amiss, and tells each of it', () => {
    always(
      fc.property(fc.subarray(ills), (some) => {
        const decision = decideHealth(Object.assign({}, well, ...some.map(([, change]) => change)) as HealthFacts);
        expect(decision.kind).toBe(some.length === 0 ? 'healthy' : 'wait');
        if (decision.kind !== 'healthy') expect(decision.waitingFor).toEqual(some.map(([, , reason]) => reason));
      }),
    );
  });
});

describe('the claims that pods mount', () => {
  const pod = (phase: string, claimName: string) => ({
    metadata: { name: 'orders-0' },
    spec: { volumes: [{ name: 'tmp' }, { name: 'data', persistentVolumeClaim: { claimName } }] },
    status: { phase },
  });

  it('are those of pods that have not ended, with those that are made for a pod alone', () => {
    const scratch = { metadata: { name: 'job' }, spec: { volumes: [{ name: 'scratch', ephemeral: {} }] } };
    const pods = [pod('Pending', 'a'), pod('Running', 'b'), pod('Succeeded', 'c'), pod('Failed', 'd'), scratch];
    expect([...mountedClaims(pods)]).toEqual(['a', 'b', 'job-scratch']);
  });
});

describe('the replicas that must be ready', () => {
  const hasTwo = SMALL_PLAN.replace('checks: [{', 'replicas: { Deployment/orders: 5 }\n    checks: [{');
  const { workloads } = planOf(hasTwo).plan;

  it('are the number that the plan names for the object, else what the object asks for', () => {
    expect(wantedReplicas(workloads, 'Deployment', 'orders', 'orders', 1)).toBe(5);
    expect(wantedReplicas(workloads, 'StatefulSet', 'orders', 'orders', 2)).toBe(2);
    expect(wantedReplicas(workloads, 'Deployment', 'wiki', 'orders', 3)).toBe(3);
    expect(wantedReplicas(workloads, 'Deployment', 'ingress', 'nginx', 0)).toBe(0);
  });
});

describe('a page of metrics', () => {
  const page = '# HELP builds_total Builds.\n# TYPE builds_total counter\nbuilds_total{status="ok"} 3\nup 1\n';

  it.each([
    ['builds_total', true],
    ['up', true],
    ['builds', false],
    ['HELP', false],
    ['failed_builds_total', false],
  ])('serves %s: %s', (metric, served) => {
    expect(servesMetric(page, metric)).toBe(served);
  });
});
