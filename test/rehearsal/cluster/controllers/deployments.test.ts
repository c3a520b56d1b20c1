import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { deployment, podSpec, Rig, readyOf } from '../rig.ts';

const web = (rig: Rig) => rig.get('deployments.apps', 'web', 'default');
const images = (rig: Rig) =>
  rig
    .pods()
    .map((each) => each.spec.containers[0].image)
    .sort();
const change = (rig: Rig, spec: object) => rig.patch('/apis/apps/v1/namespaces/default/deployments/web', { spec });
const condition = (rig: Rig, type: string) =>
  web(rig).status.conditions.find((each: { type: string }) => each.type === type);

describe('a Deployment', () => {
  it('brings up its pods through a ReplicaSet, and reports it', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(deployment('web', { replicas: 3 }));
    await rig.pass(60);
    expect(readyOf(rig.pods())).toHaveLength(3);
    expect(web(rig).status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    });
    expect(condition(rig, 'Available').status).toBe('True');
    expect(new Set(rig.pods().map((each) => each.spec.nodeName)).size).toBe(3);
  });

  it('scales to zero and back', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(deployment('web', { replicas: 2 }));
    await rig.pass(60);
    change(rig, { replicas: 0 });
    await rig.pass(60);
    expect(rig.pods()).toEqual([]);
    expect(web(rig).status.replicas).toBeUndefined(); // Zero is left out.
    change(rig, { replicas: 2 });
    await rig.pass(60);
    expect(readyOf(rig.pods())).toHaveLength(2);
  });

  it('rolls to a new template without falling below what must be available', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(deployment('web', { replicas: 4 }));
    await rig.pass(60);
    let least = 4;
    rig.cluster.store.watch('pods', () => {
      least = Math.min(least, readyOf(rig.pods()).length);
    });
    change(rig, {
      template: { metadata: { labels: { app: 'web' } }, spec: podSpec({}, { image: 'registry/shop:2' }) },
    });
    await rig.pass(300);
    expect(images(rig)).toEqual(Array(4).fill('registry/shop:2'));
    expect(least).toBeGreaterThanOrEqual(3);
    expect(rig.cluster.store.list('replicasets.apps')).toHaveLength(2);
  });

  it('keeps the old pods when the new ones cannot start, and says so after its deadline', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(deployment('web', { replicas: 4 }));
    await rig.pass(60);
    rig.missingImages.add('registry/shop:none');
    change(rig, {
      template: { metadata: { labels: { app: 'web' } }, spec: podSpec({}, { image: 'registry/shop:none' }) },
    });
    await rig.pass(700);
    expect(readyOf(rig.pods())).toHaveLength(3);
    expect(condition(rig, 'Progressing')).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    rig.missingImages.clear();
    await rig.pass(700);
    expect(images(rig)).toEqual(Array(4).fill('registry/shop:none'));
    expect(condition(rig, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  });

  it('with strategy Recreate ends all old pods before it starts new ones', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(deployment('web', { replicas: 2, strategy: { type: 'Recreate' } }));
    await rig.pass(60);
    const seen = new Set<string>();
    rig.cluster.store.watch('pods', () => seen.add(images(rig).join()));
    change(rig, {
      template: { metadata: { labels: { app: 'web' } }, spec: podSpec({}, { image: 'registry/shop:2' }) },
    });
    await rig.pass(120);
    expect(images(rig)).toEqual(['registry/shop:2', 'registry/shop:2']);
    expect([...seen].some((each) => each.includes(':1') && each.includes(':2'))).toBe(false);
  });

  it('adopts restored ReplicaSets and pods, and starts no others', async () => {
    const source = new Rig({ autoMode: false, nodes: 3 });
    source.create(deployment('web', { replicas: 2 }));
    await source.pass(60);
    const bare = (object: KubeObject) => {
      const { uid: _u, ownerReferences: _o, resourceVersion: _r, ...metadata } = object.metadata;
      const { nodeName: _n, ...spec } = object.spec;
      return { ...object, metadata, spec };
    };
    const rig = new Rig({ autoMode: false, nodes: 3 });
    rig.create(...source.pods().map(bare));
    await rig.pass(1);
    rig.create(...source.cluster.store.list('replicasets.apps').map(bare));
    await rig.pass(1);
    rig.create(bare(web(source)));
    await rig.pass(60);
    expect(rig.pods().map((each) => each.metadata.name)).toEqual(source.pods().map((each) => each.metadata.name));
    expect(rig.cluster.store.list('replicasets.apps')).toHaveLength(1);
    expect(web(rig).status.readyReplicas).toBe(2);
  });

  it('takes everything with it when it is deleted', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(deployment('web', { replicas: 2 }));
    await rig.pass(60);
    rig.request('DELETE', '/apis/apps/v1/namespaces/default/deployments/web');
    await rig.pass(60);
    expect([rig.pods(), rig.cluster.store.list('replicasets.apps')]).toEqual([[], []]);
  });

  it('is kept within the bounds of its autoscaler, except at zero', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(deployment('web', { replicas: 1 }), {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 5,
      },
    });
    await rig.pass(60);
    expect(web(rig).spec.replicas).toBe(2);
    change(rig, { replicas: 9 });
    await rig.pass(1);
    expect(web(rig).spec.replicas).toBe(5);
    change(rig, { replicas: 0 });
    await rig.pass(60);
    expect(rig.pods()).toEqual([]);
  });
});
