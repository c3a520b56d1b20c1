import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import { claim, deployment, pod, podSpec, Rig, readyOf, storageClass, ZONES } from './rig.ts';

const CLASSES = { spare: -1000, low: -10, high: 100 };

const classes = (): KubeObject[] =>
  Object.entries(CLASSES).map(([name, value]) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    ...(name === 'spare' && { preemptionPolicy: 'Never' }),
  }));

/** A pod of a class that asks for so many of a node's 3.92 CPUs; it goes at once unless told otherwise. */
const asking = (cpu: string, priorityClassName?: string, rest: KubeObject = {}): KubeObject =>
  podSpec(
    { terminationGracePeriodSeconds: 0, ...(priorityClassName && { priorityClassName }), ...rest },
    { resources: { requests: { cpu } } },
  );
const on = (name: string): KubeObject => ({ nodeSelector: { 'kubernetes.io/hostname': name } });

function rigOf(given: { autoMode?: boolean; nodes?: number }): Rig {
  const rig = new Rig(given);
  rig.create(...classes());
  return rig;
}

const placed = (rig: Rig): Record<string, string> =>
  Object.fromEntries(rig.pods().map((each) => [each.metadata.name, each.spec.nodeName ?? 'none']));
const nodeNames = (rig: Rig): string[] => rig.cluster.store.list('nodes').map(({ metadata }) => metadata.name);

describe('the queue of pods without a node', () => {
  it('goes by priority, then by age', async () => {
    const rig = rigOf({ autoMode: false });
    rig.create(pod('low', asking('3', 'low')));
    await rig.pass(2);
    rig.create(pod('plain-old', asking('3')));
    await rig.pass(2);
    rig.create(pod('plain-young', asking('3')), pod('high', asking('3', 'high')));
    await rig.pass(2);
    rig.cluster.addNodes({ zone: ZONES[0] as string, name: 'a' }, { zone: ZONES[1] as string, name: 'b' });
    await rig.pass(60);
    const byName = placed(rig);
    expect([byName.high, byName['plain-old']].sort()).toEqual(['a', 'b']);
    expect([byName['plain-young'], byName.low]).toEqual(['none', 'none']);
  });
});

describe('preemption', () => {
  it('evicts pods of lower priority, and only as many as it must', async () => {
    const rig = rigOf({ autoMode: false, nodes: 1 });
    rig.create(pod('a', asking('1', 'spare')), pod('b', asking('1', 'spare')), pod('c', asking('1', 'low')));
    await rig.pass(60);
    rig.create(pod('web', asking('1500m')));
    await rig.pass(60);
    expect(placed(rig)).toEqual({ a: 'node-0', c: 'node-0', web: 'node-0' });
    expect(rig.get('pods', 'web', 'default').status.nominatedNodeName).toBeUndefined();
    expect(rig.cluster.store.list('events').map((each) => each.reason)).toContain('Preempted');
  });

  it('lets victims end in their grace, and keeps their room for the pod that it nominated', async () => {
    const rig = rigOf({ autoMode: false, nodes: 1 });
    rig.create(pod('victim', asking('3', 'low', { terminationGracePeriodSeconds: 30 })));
    await rig.pass(60);
    rig.create(pod('web', asking('3')));
    await rig.pass(0.01);
    const victim = rig.get('pods', 'victim', 'default');
    expect(victim.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 });
    expect(victim.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'PreemptionByScheduler' }),
    );
    expect(rig.get('pods', 'web', 'default')).toMatchObject({ status: { nominatedNodeName: 'node-0' } });
    rig.create(pod('thief', asking('900m', 'low')), pod('guest', asking('900m', 'low')));
    await rig.pass(60);
    expect(placed(rig)).toMatchObject({ web: 'node-0' });
    expect(Object.values(placed(rig)).filter((node) => node === 'none')).toHaveLength(1);
  });

  it('takes the node where the least important pods go', async () => {
    const rig = rigOf({ autoMode: false, nodes: 3 });
    rig.create(
      pod('low', asking('3', 'low', on('node-0'))),
      pod('spare-1', asking('1500m', 'spare', on('node-1'))),
      pod('spare-2', asking('1500m', 'spare', on('node-1'))),
      pod('spare-3', asking('3', 'spare', on('node-2'))),
    );
    await rig.pass(60);
    rig.create(pod('web', asking('3')));
    await rig.pass(60);
    expect(placed(rig)).toEqual({ low: 'node-0', 'spare-1': 'node-1', 'spare-2': 'node-1', web: 'node-2' });
  });

  it('spares what a disruption budget protects, where it can', async () => {
    const rig = rigOf({ autoMode: false, nodes: 2 });
    rig.create({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'kept', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
    });
    rig.create(
      pod('kept', asking('3', 'spare', on('node-0')), { labels: { app: 'kept' } }),
      pod('other', asking('3', 'low', on('node-1'))),
    );
    await rig.pass(60);
    rig.create(pod('web', asking('3')));
    await rig.pass(60);
    expect(placed(rig)).toEqual({ kept: 'node-0', web: 'node-1' });
  });

  it('evicts nobody where that would not help: selector, taint, the zone of a volume, or a policy of Never', async () => {
    const rig = rigOf({ autoMode: false, nodes: 1 });
    rig.create(storageClass('disk', 'ebs.csi.aws.com'), claim('data', 'disk'));
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    rig.create(pod('first', asking('1', undefined, { volumes })));
    await rig.pass(60);
    rig.cluster.store.remove({ resource: 'pods', namespace: 'default', name: 'first' }, { gracePeriodSeconds: 0 });
    rig.cluster.addNodes(
      { zone: ZONES[1] as string, name: 'elsewhere' },
      { zone: ZONES[0] as string, name: 'tainted', taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
    );
    const tolerations = [{ operator: 'Exists' }];
    rig.create(
      pod('equal', asking('3', 'high', on('node-0'))),
      pod('low-elsewhere', asking('3', 'low', on('elsewhere'))),
      pod('low-tainted', asking('3', 'low', { ...on('tainted'), tolerations })),
    );
    await rig.pass(60);
    const before = placed(rig);
    rig.create(
      pod('bound-to-zone', asking('3', 'high', { volumes })),
      pod('odd', asking('3', 'high', { nodeSelector: { disk: 'fast' } })),
      pod('patient', asking('3', 'spare')),
    );
    await rig.pass(60);
    expect(placed(rig)).toEqual({ ...before, 'bound-to-zone': 'none', odd: 'none', patient: 'none' });
  });

  it('makes room for several pods at once, a place for each', async () => {
    const rig = rigOf({ autoMode: false, nodes: 2 });
    rig.create(deployment('spare', { replicas: 6 }, asking('1200m', 'spare')));
    await rig.pass(60);
    rig.create(deployment('web', { replicas: 6 }, asking('1200m')));
    await rig.pass(60);
    expect(readyOf(rig.pods('default', 'app=web'))).toHaveLength(6);
    expect(rig.pods('default', 'app=spare').every((each) => !each.spec.nodeName)).toBe(true);
  });

  it('keeps the room of a pod whose volume is being made', async () => {
    const rig = rigOf({ autoMode: false, nodes: 1 });
    rig.create(storageClass('disk', 'ebs.csi.aws.com'), claim('data', 'disk'));
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    rig.create(pod('db', asking('3', undefined, { volumes })));
    await rig.pass(0.01);
    rig.create(pod('web', asking('3', 'high')));
    await rig.pass(0.01);
    expect(placed(rig)).toEqual({ db: 'none', web: 'none' });
    await rig.pass(60);
    expect(placed(rig)).toEqual({ web: 'node-0' });
  });
});

describe('preemption in Auto Mode', () => {
  it('comes first: the pod takes the place of a placeholder, and the placeholder brings a node', async () => {
    const rig = rigOf({ autoMode: true });
    rig.create(deployment('spare', { replicas: 2 }, asking('3', 'spare')));
    await rig.pass(300);
    const nodes = nodeNames(rig);
    expect(nodes).toHaveLength(2);
    rig.create(deployment('web', {}, asking('3')));
    await rig.pass(10);
    expect(nodes).toContain(rig.pods('default', 'app=web')[0]?.spec.nodeName);
    expect(nodeNames(rig)).toEqual(nodes);
    await rig.pass(300);
    expect(readyOf(rig.pods('default', 'app=spare'))).toHaveLength(2);
    expect(nodeNames(rig)).toHaveLength(3);
  });

  it('has no node brought for a pod that is nominated for one', async () => {
    const rig = rigOf({ autoMode: true });
    rig.create(pod('victim', asking('3', 'low', { terminationGracePeriodSeconds: 30 })));
    await rig.pass(300);
    const nodes = nodeNames(rig);
    rig.create(pod('web', asking('3')));
    await rig.pass(300);
    expect(placed(rig)).toEqual({ web: nodes[0] });
    expect(nodeNames(rig)).toEqual(nodes);
  });

  it('leaves the room that DaemonSets need on a new node', async () => {
    const rig = rigOf({ autoMode: true });
    const agent = { selector: { matchLabels: { app: 'agent' } } };
    const template = { metadata: { labels: { app: 'agent' } }, spec: asking('500m') };
    const metadata = { name: 'agent', namespace: 'default' };
    rig.create({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { ...agent, template } });
    rig.create(pod('web', asking('3600m')));
    await rig.pass(300);
    expect(readyOf(rig.pods())).toHaveLength(2);
    expect(nodeNames(rig)).toHaveLength(1);
  });
});
