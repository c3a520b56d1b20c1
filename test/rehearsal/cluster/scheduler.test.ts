import { describe, expect, it } from '@jest/globals';
import { deployment, pod, podSpec, Rig, readyOf, ZONES } from './rig.ts';

const nodes = (rig: Rig) => rig.cluster.store.list('nodes');
const zones = (rig: Rig) => nodes(rig).map((each) => each.metadata.labels['topology.kubernetes.io/zone']);
const asking = (cpu: string, rest: object = {}) => podSpec(rest, { resources: { requests: { cpu, memory: '1Gi' } } });

describe('fixed nodes', () => {
  it('take pods while they have room, and the rest waits', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(deployment('web', { replicas: 3 }, asking('1500m')));
    await rig.pass(60);
    expect(readyOf(rig.pods())).toHaveLength(2);
    const waiting = rig.pods().find((each) => !each.spec.nodeName);
    expect(waiting?.status.conditions[0]).toMatchObject({
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
    });
    rig.cluster.addNodes({ zone: ZONES[1] as string });
    await rig.pass(60);
    expect(readyOf(rig.pods())).toHaveLength(3);
  });

  it('are chosen by selector, affinity and taint', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.cluster.addNodes(
      { zone: ZONES[0] as string, name: 'fast', labels: { disk: 'fast' } },
      { zone: ZONES[0] as string, name: 'gpu', taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
    );
    const nodeSelectorTerms = [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['fast'] }] }];
    rig.create(
      pod('selected', podSpec({ nodeSelector: { disk: 'fast' } })),
      pod(
        'attracted',
        podSpec({
          affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
        }),
      ),
      pod(
        'tolerant',
        podSpec({
          nodeSelector: { 'kubernetes.io/hostname': 'gpu' },
          tolerations: [{ key: 'gpu', operator: 'Exists' }],
        }),
      ),
      pod('intolerant', podSpec({ nodeSelector: { 'kubernetes.io/hostname': 'gpu' } })),
    );
    await rig.pass(60);
    expect(Object.fromEntries(rig.pods().map((each) => [each.metadata.name, each.spec.nodeName]))).toEqual({
      selected: 'fast',
      attracted: 'fast',
      tolerant: 'gpu',
      intolerant: undefined,
    });
  });

  it('do not share what repels itself', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    const requiredDuringSchedulingIgnoredDuringExecution = [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } },
    ];
    rig.create(
      deployment(
        'db',
        { replicas: 3 },
        podSpec({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution } } }),
      ),
    );
    await rig.pass(60);
    expect(
      rig
        .pods()
        .map((each) => each.spec.nodeName ?? 'none')
        .sort(),
    ).toEqual(['node-0', 'node-1', 'none']);
  });
});

describe('Auto Mode', () => {
  it('brings nodes for pods that wait, as many as they need, and takes them away when they are empty', async () => {
    const rig = new Rig();
    rig.create(deployment('web', { replicas: 4 }, asking('1800m')));
    await rig.pass(10);
    expect(nodes(rig)).toEqual([]);
    await rig.pass(170);
    expect(readyOf(rig.pods())).toHaveLength(4);
    expect(nodes(rig)).toHaveLength(2);
    expect(new Set(zones(rig)).size).toBe(2);
    rig.patch('/apis/apps/v1/namespaces/default/deployments/web', { spec: { replicas: 0 } });
    await rig.pass(90);
    expect(nodes(rig)).toEqual([]);
  });

  it('takes a bigger node for a bigger pod', async () => {
    const rig = new Rig();
    rig.create(pod('big', asking('12')));
    await rig.pass(180);
    expect(nodes(rig)[0]?.metadata.labels['node.kubernetes.io/instance-type']).toBe('m6a.4xlarge');
  });

  it('goes to another zone when one has no capacity, and tries again later when none has', async () => {
    const rig = new Rig();
    rig.fullZones.add(ZONES[0] as string);
    rig.create(pod('a'));
    await rig.pass(180);
    expect(zones(rig)).toEqual([ZONES[1]]);
    const full = new Rig();
    for (const zone of ZONES) full.fullZones.add(zone);
    full.create(pod('a'));
    await full.pass(300);
    expect(nodes(full)).toEqual([]);
    expect(full.cluster.store.list('events').map((each) => each.message)).toContainEqual(
      expect.stringMatching(/InsufficientInstanceCapacity/),
    );
    full.fullZones.clear();
    await full.pass(400);
    expect(readyOf(full.pods())).toHaveLength(1);
  });

  it('makes no node for a pod that wants what no node has', async () => {
    const rig = new Rig();
    rig.create(pod('odd', podSpec({ nodeSelector: { disk: 'fast' } })));
    await rig.pass(300);
    expect(nodes(rig)).toEqual([]);
  });
});
