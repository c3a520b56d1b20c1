import { describe, expect, it } from '@jest/globals';
import { crashStartingPods } from '../../src/rehearsal/cluster-faults.ts';
import { Random } from '../../src/rehearsal/kernel/random.ts';
import { Rig } from './cluster/rig.ts';

const deployment = (name: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'default', name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: `${name}:1.0` }] } },
  },
});

const restartsOf = (rig: Rig, app: string): number[] =>
  rig.pods('default', `app=${app}`).map(({ status }) => status?.containerStatuses?.[0]?.restartCount ?? 0);

describe('pods that crash as they start', () => {
  it('crash again whenever they are started again, and come up when it is over', async () => {
    const rig = new Rig({ nodes: 2, autoMode: false });
    rig.create(deployment('before', 1));
    await rig.pass(60);
    const stop = crashStartingPods(rig.cluster, new Random('test'), 1);
    rig.create(deployment('after', 2));
    await rig.pass(120);
    expect(restartsOf(rig, 'before')).toEqual([0]);
    expect(Math.min(...restartsOf(rig, 'after'))).toBeGreaterThan(1);
    expect(rig.get('deployments.apps', 'after', 'default').status.readyReplicas ?? 0).toBe(0);
    stop();
    await rig.pass(400);
    expect(rig.get('deployments.apps', 'after', 'default').status.readyReplicas).toBe(2);
  });

  it('are those that chance draws', async () => {
    const rig = new Rig({ nodes: 2, autoMode: false });
    crashStartingPods(rig.cluster, new Random('test'), 0.5);
    rig.create(deployment('web', 20));
    await rig.pass(300);
    const crashed = restartsOf(rig, 'web').filter((restarts) => restarts > 0);
    expect(crashed.length).toBeGreaterThan(2);
    expect(crashed.length).toBeLessThan(18);
  });
});
