import { describe, expect, it } from '@jest/globals';
import { claim, mounting, pod, podSpec, Rig, readyOf, storageClass } from '../rig.ts';

const phase = (rig: Rig, name = 'data') => rig.get('persistentvolumeclaims', name, 'default')?.status.phase;
const reasons = (rig: Rig) => rig.cluster.store.list('events').map((each) => each.reason);

describe('a claim', () => {
  it('waits for its first consumer, and gets its volume in the zone of that pod', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(storageClass('ebs', 'ebs.csi.aws.com'), claim('data', 'ebs'));
    await rig.pass(60);
    expect(phase(rig)).toBe('Pending');
    rig.create(pod('p', mounting('data')));
    await rig.pass(120);
    expect([phase(rig), readyOf(rig.pods()).length]).toEqual(['Bound', 1]);
    const [volume] = rig.cluster.store.list('persistentvolumes');
    const node = rig.get('nodes', rig.pods()[0]?.spec.nodeName);
    expect(volume?.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values).toEqual([
      node.metadata.labels['topology.kubernetes.io/zone'],
    ]);
    expect(volume?.spec).toMatchObject({
      csi: { driver: 'ebs.csi.aws.com' },
      claimRef: { name: 'data' },
      capacity: { storage: '10Gi' },
    });
  });

  it('gets its volume at once when its class binds immediately', async () => {
    const rig = new Rig({ autoMode: false });
    rig.create(storageClass('ebs', 'ebs.csi.aws.com', { volumeBindingMode: 'Immediate' }), claim('data', 'ebs'));
    await rig.pass(120);
    expect(phase(rig)).toBe('Bound');
  });

  it('of a class that is not there stays pending, until it is', async () => {
    const rig = new Rig();
    rig.create(claim('data', 'gp3'), pod('p', mounting('data')));
    await rig.pass(60);
    expect([phase(rig), reasons(rig)]).toEqual([
      'Pending',
      expect.arrayContaining(['ProvisioningFailed', 'FailedScheduling']),
    ]);
    rig.create(storageClass('gp3'));
    await rig.pass(300);
    expect(phase(rig)).toBe('Bound');
  });

  it('of a provisioner that this cluster does not have stays pending', async () => {
    const rig = new Rig();
    rig.create(storageClass('gp3', 'ebs.csi.aws.com'), claim('data', 'gp3'), pod('p', mounting('data')));
    await rig.pass(600);
    expect(phase(rig)).toBe('Pending');
    expect(rig.pods()[0]?.status.phase).toBe('Pending');
  });

  it('binds to the volume that was made for it', async () => {
    const rig = new Rig({ autoMode: false });
    rig.create(
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'mine' },
        spec: {
          capacity: { storage: '10Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/x' },
          claimRef: { namespace: 'default', name: 'data' },
        },
      },
      claim('data', 'none'),
    );
    await rig.pass(1);
    expect(rig.get('persistentvolumeclaims', 'data', 'default').spec.volumeName).toBe('mine');
  });

  it('stays while a pod uses it, and takes its volume with it or not as the class says', async () => {
    for (const [reclaimPolicy, left] of [
      ['Delete', 0],
      ['Retain', 1],
    ] as const) {
      const rig = new Rig({ autoMode: false, nodes: 3 });
      rig.create(
        storageClass('ebs', 'ebs.csi.aws.com', { reclaimPolicy }),
        claim('data', 'ebs'),
        pod('p', mounting('data')),
      );
      await rig.pass(120);
      rig.request('DELETE', '/api/v1/namespaces/default/persistentvolumeclaims/data');
      await rig.pass(60);
      expect(phase(rig)).toBe('Bound');
      rig.request('DELETE', '/api/v1/namespaces/default/pods/p');
      await rig.pass(60);
      expect(phase(rig)).toBeUndefined();
      expect(rig.cluster.store.list('persistentvolumes')).toHaveLength(left);
      expect(rig.cluster.volumes.names()).toHaveLength(left);
    }
  });

  it('holds its pod to the zone of its volume', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(storageClass('ebs', 'ebs.csi.aws.com'), claim('data', 'ebs'), pod('p', mounting('data')));
    await rig.pass(120);
    const node = rig.pods()[0]?.spec.nodeName;
    rig.request('DELETE', '/api/v1/namespaces/default/pods/p');
    await rig.pass(60);
    rig.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
    rig.create(pod('q', mounting('data')));
    await rig.pass(60);
    expect(rig.pods()[0]?.spec.nodeName).toBeUndefined();
    expect(rig.pods()[0]?.status.conditions[0].message).toMatch(/volume node affinity conflict/);
  });
});

describe('what volumes hold', () => {
  const rigWithWriter = async (spec = mounting('data')) => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(storageClass('ebs', 'ebs.csi.aws.com'), claim('data', 'ebs'), pod('p', spec));
    await rig.pass(120);
    const [volume = ''] = rig.cluster.volumes.names();
    return { rig, volume, volumes: rig.cluster.volumes };
  };

  it('is nothing at first, and then what the running application wrote', async () => {
    const { rig, volume, volumes } = await rigWithWriter();
    const start = Date.parse(rig.pods()[0]?.status.containerStatuses[0].state.running.startedAt);
    expect(volumes.contentAt(volume, start - 1000)).toMatchObject({ lastWrite: null, bytes: 0 });
    const now = volumes.contentAt(volume);
    expect(rig.kernel.now - (now.lastWrite ?? 0)).toBeLessThan(1000);
    await rig.pass(60);
    expect(volumes.contentAt(volume).lastWrite).toBe((now.lastWrite ?? 0) + 60_000);
    expect(volumes.contentAt(volume, rig.kernel.now - 60_000)).toEqual(now);
    expect(volumes.writesBetween(volume, rig.kernel.now - 60_000)).toBe(60);
  });

  it('stays as it is when nobody writes: no pod, pause, an init container, a read-only mount', async () => {
    const idle = [
      mounting('data', { image: 'registry.k8s.io/pause:3.10' }),
      mounting('data', { volumeMounts: [{ name: 'data', mountPath: '/d', readOnly: true }] }),
      {
        ...podSpec(),
        ...{
          volumes: mounting('data').volumes,
          initContainers: mounting('data').containers.map((each: object) => ({ ...each, name: 'init' })),
        },
      },
    ];
    for (const spec of idle) {
      const { rig, volume, volumes } = await rigWithWriter(spec);
      expect(readyOf(rig.pods())).toHaveLength(1);
      expect(volumes.contentAt(volume).lastWrite).toBeNull();
    }
    const { rig, volume, volumes } = await rigWithWriter();
    rig.request('DELETE', '/api/v1/namespaces/default/pods/p');
    await rig.pass(60);
    const { lastWrite } = volumes.contentAt(volume);
    await rig.pass(60);
    expect(volumes.contentAt(volume).lastWrite).toBe(lastWrite);
  });

  it('goes on from what a restore filled in, with its origin', async () => {
    const { rig, volume, volumes } = await rigWithWriter();
    volumes.fill(volume, { lastWrite: 5, bytes: 7, origin: 'west/pvc-1' });
    expect(volumes.base(volume)).toMatchObject({ lastWrite: 5, bytes: 7, filledAt: rig.kernel.now });
    await rig.pass(10);
    expect(volumes.contentAt(volume)).toMatchObject({ lastWrite: rig.kernel.now, origin: 'west/pvc-1' });
  });

  it('is not written to while the region is lost', async () => {
    const { rig, volume, volumes } = await rigWithWriter();
    const lost = rig.kernel.now;
    rig.regionUp = false;
    rig.cluster.stop();
    await rig.pass(300);
    expect(volumes.writesBetween(volume, lost)).toBe(0);
    rig.regionUp = true;
    rig.cluster.start();
    const back = rig.kernel.now;
    await rig.pass(10);
    expect(volumes.contentAt(volume).lastWrite).toBeGreaterThanOrEqual(back);
  });
});
