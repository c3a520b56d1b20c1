import { describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../../src/rehearsal/cluster/cluster.ts';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { MOVED, movedRig } from './moved-rig.ts';
import { storageClass } from './rig-platform.ts';
import { filled, stuckPods, type VeleroRig } from './velero-rig.ts';

const CLASSES = { 'velero.io/plugin-config': '', 'velero.io/change-storage-class': 'RestoreItemAction' };

const configMap = (name: string, data: Record<string, string>, labels: KubeObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'velero', name, labels },
  data,
});

/** Pods that need a node each. */
function enlarge({ store }: Cluster): void {
  const resources = { requests: { cpu: '3' } };
  store.patch({ resource: 'statefulsets.apps', namespace: 'queue', name: 'rabbit' }, (set) => {
    const { template } = set.spec;
    const containers = template.spec.containers.map((each: KubeObject) => ({ ...each, resources }));
    return { ...set, spec: { ...set.spec, template: { ...template, spec: { ...template.spec, containers } } } };
  });
}

/** A backup made in the west, and restored in an east of Auto Mode. */
async function restoredInAutoMode(prepare: (rig: VeleroRig) => void = () => {}, ...flags: string[]) {
  const rig = await movedRig({
    east: { autoMode: true },
    flags,
    prepare: (at) => {
      at.east.store.create({ ...storageClass('auto'), provisioner: 'ebs.csi.eks.amazonaws.com' });
      at.east.store.create(configMap('classes', { gp3: 'auto' }, CLASSES));
      prepare(at);
    },
  });
  await rig.pass(120);
  await rig.backUp('b1', MOVED);
  rig.copy();
  await rig.synced('b1');
  return { rig, restore: await rig.restore('b1') };
}

describe('a restore of moved volumes in EKS Auto Mode', () => {
  it('is whole where the nodes are there', async () => {
    const { rig, restore } = await restoredInAutoMode();
    expect(restore.status).toMatchObject({ phase: 'Completed', restoreItemOperationsCompleted: 4 });
    expect(stuckPods(rig.east)).toEqual([]);
    expect(Object.values(filled(rig.east))).not.toContain(null);
  });

  // https://github.com/velero-io/velero/issues/9411
  it('fails in part where pods bring new nodes, which have not the image of the mover yet', async () => {
    const { rig, restore } = await restoredInAutoMode(({ west }) => enlarge(west));
    expect(restore.status.phase).toBe('PartiallyFailed');
    const cancelled = rig.east.store
      .list('datadownloads.velero.io')
      .filter(({ status }: KubeObject) => status.phase === 'Canceled');
    expect(cancelled.length).toBeGreaterThan(0);
    for (const { status } of cancelled) expect(status.message).toContain('ErrImageNeverPull');
    expect(stuckPods(rig.east)).not.toEqual([]);
  });

  it('is whole on new nodes too, where movers need not wait for who uses the volume', async () => {
    const config = configMap('agents', { 'config.json': '{"restorePVC": {"ignoreDelayBinding": true}}' });
    const { rig, restore } = await restoredInAutoMode(({ west, east }) => {
      enlarge(west);
      for (const cluster of [west, east]) cluster.store.create(config);
    }, '--node-agent-configmap=agents');
    expect(restore.status.phase).toBe('Completed');
    await rig.pass(300);
    expect(stuckPods(rig.east)).toEqual([]);
    expect(Object.values(filled(rig.east))).not.toContain(null);
  });
});
