import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CapacityFacts,
  decideCapacity,
  PLACEHOLDER_LABEL,
  placeholders,
  podRequests,
  quantity,
} from '../../src/domain/capacity.ts';
import type { Manifest } from '../../src/domain/velero.ts';
import { always } from './always.ts';

describe('a quantity', () => {
  it.each<[unknown, number]>([
    ['250m', 0.25],
    ['2', 2],
    [2, 2],
    ['1.5', 1.5],
    ['128Mi', 134_217_728],
    ['1Gi', 1_073_741_824],
    ['500M', 500_000_000],
    ['1k', 1000],
    ['1e3', 1000],
    [undefined, 0],
    ['nonsense', 0],
  ])('of %s is %s', (text, value) => {
    expect(quantity(text)).toBeCloseTo(value);
  });
});

const container = (cpu?: string, memory?: string) => ({ resources: { requests: { cpu, memory } } });

describe('what pods ask for', () => {
  it('is the sum of their containers, alike ones counted together, the largest first', () => {
    const pods = [
      [container('100m', '64Mi')],
      [container('500m', '1Gi'), container('50m', '128Mi')],
      [container('90m', '60Mi')],
      [{}],
    ];
    expect(podRequests(pods)).toEqual([
      { cpuMillis: 550, memoryMi: 1152, pods: 1 },
      { cpuMillis: 100, memoryMi: 64, pods: 2 },
      { cpuMillis: 0, memoryMi: 0, pods: 1 },
    ]);
  });

  it('is never less than what was asked for, and counts every pod', () => {
    const pod = fc.array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 8192 })), {
      maxLength: 4,
    });
    always(
      fc.property(fc.array(pod, { maxLength: 20 }), (pods) => {
        const requests = podRequests(
          pods.map((all) => all.map(([cpu, memory]) => container(`${cpu}m`, `${memory}Mi`))),
        );
        const sum = (which: 0 | 1) => pods.flat().reduce((total, one) => total + one[which], 0);
        expect(requests.reduce((total, one) => total + one.pods, 0)).toBe(pods.length);
        expect(requests.reduce((total, one) => total + one.pods * one.cpuMillis, 0)).toBeGreaterThanOrEqual(sum(0));
        expect(requests.reduce((total, one) => total + one.pods * one.memoryMi, 0)).toBeGreaterThanOrEqual(sum(1));
      }),
    );
  });
});

type Placeholder = Manifest & {
  spec: { priorityClassName: string; terminationGracePeriodSeconds: number; containers: Container[] };
};
type Container = { resources: { requests: { cpu: string; memory: string } } };

describe('placeholders', () => {
  const requests = [
    { cpuMillis: 550, memoryMi: 1152, pods: 1 },
    { cpuMillis: 100, memoryMi: 64, pods: 2 },
  ];
  const [priority, ...pods] = placeholders(requests, 'registry/velero:v1.18.3') as Placeholder[];

  it('are as many bare pods as there were, of their sizes: one that has made room does not come back', () => {
    expect(pods.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name])).toEqual([
      ['v1', 'Pod', 'placeholder-550m-1152mi-0'],
      ['v1', 'Pod', 'placeholder-100m-64mi-0'],
      ['v1', 'Pod', 'placeholder-100m-64mi-1'],
    ]);
    const sizes = pods.map(({ spec }) => spec.containers[0]?.resources.requests);
    expect(sizes).toEqual([
      { cpu: '550m', memory: '1152Mi' },
      { cpu: '100m', memory: '64Mi' },
      { cpu: '100m', memory: '64Mi' },
    ]);
  });

  it('lie in a namespace of their own under one label, by which they are all found again', () => {
    for (const { metadata } of pods)
      expect(metadata).toMatchObject({ namespace: 'lifeboat', labels: { [PLACEHOLDER_LABEL]: 'true' } });
  });

  it('give way to every other pod, at once, and drive none away', () => {
    expect(priority).toMatchObject({ kind: 'PriorityClass', preemptionPolicy: 'Never', globalDefault: false });
    expect(priority?.value).toBeLessThan(0);
    for (const { spec } of pods) {
      expect(spec.priorityClassName).toBe(priority?.metadata.name);
      expect(spec.terminationGracePeriodSeconds).toBe(0);
    }
  });

  it('are none when the primary had no pods', () => {
    expect(placeholders([], 'registry/velero:v1.18.3').map(({ kind }) => kind)).toEqual(['PriorityClass']);
  });
});

describe('the capacity of the standby', () => {
  const enough: CapacityFacts = {
    placeholdersWanted: 10,
    placeholdersPlaced: 10,
    readyNodes: 3,
    agentsWanted: 3,
    agentsReady: 3,
    waitedSeconds: 60,
  };

  it.each<[string, Partial<CapacityFacts>, string]>([
    ['is there when every pod has a place and every node its agent', {}, 'ready'],
    ['is waited for while a pod has no place', { placeholdersPlaced: 9 }, 'wait'],
    ['is waited for while an agent is not ready', { agentsReady: 2 }, 'wait'],
    ['is waited for while a node is too new to be counted among those that want an agent', { readyNodes: 4 }, 'wait'],
    ['is waited for while there is no node', { readyNodes: 0, agentsWanted: 0, agentsReady: 0 }, 'wait'],
    [
      'is there at once when the primary had no pods, with no node at all',
      {
        placeholdersWanted: 0,
        placeholdersPlaced: 0,
        readyNodes: 0,
        agentsWanted: 0,
        agentsReady: 0,
        waitedSeconds: 0,
      },
      'ready',
    ],
    [
      'is taken as it is after six minutes: less is better than nothing',
      { placeholdersPlaced: 2, waitedSeconds: 361 },
      'ready',
    ],
  ])('%s', (_, change, kind) => {
    expect(decideCapacity({ ...enough, ...change }).kind).toBe(kind);
  });
});
