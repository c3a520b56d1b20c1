import { describe, expect, it } from '@jest/globals';
import { Rig, readyOf, workload, ZONES } from '../rig.ts';

describe('a DaemonSet', () => {
  it('runs a pod on every node, also on one that comes later', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    rig.create(workload('DaemonSet', 'agent'));
    await rig.pass(30);
    expect(
      readyOf(rig.pods())
        .map((each) => each.spec.nodeName)
        .sort(),
    ).toEqual(['node-0', 'node-1']);
    rig.cluster.addNodes({ zone: ZONES[2] as string, name: 'late' });
    await rig.pass(30);
    expect(readyOf(rig.pods())).toHaveLength(3);
    expect(rig.get('daemonsets.apps', 'agent', 'default').status).toMatchObject({
      desiredNumberScheduled: 3,
      numberReady: 3,
    });
  });

  it('leaves out nodes that its pods may not run on', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    rig.cluster.addNodes({
      zone: ZONES[0] as string,
      name: 'special',
      taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }],
    });
    rig.create(workload('DaemonSet', 'agent'));
    await rig.pass(30);
    expect(rig.pods().map((each) => each.spec.nodeName)).not.toContain('special');
  });
});
