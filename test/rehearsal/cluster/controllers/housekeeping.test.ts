import { describe, expect, it } from '@jest/globals';
import { deployment, namespace, Rig } from '../rig.ts';

const configMap = (name: string, space: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: space, ...metadata },
});

describe('a namespace', () => {
  it('has a default service account and the root certificate', async () => {
    const rig = new Rig();
    rig.create(namespace('shop'));
    await rig.pass(0);
    expect(rig.get('serviceaccounts', 'default', 'shop')).toBeDefined();
    expect(rig.get('configmaps', 'kube-root-ca.crt', 'shop')).toBeDefined();
    rig.request('DELETE', '/api/v1/namespaces/shop/serviceaccounts/default');
    await rig.pass(0);
    expect(rig.get('serviceaccounts', 'default', 'shop')).toBeDefined();
  });

  it('goes once everything in it is gone', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(namespace('shop'));
    await rig.pass(0);
    const web = deployment('web', { replicas: 2 });
    rig.create({ ...web, metadata: { name: 'web', namespace: 'shop' } });
    await rig.pass(60);
    rig.request('DELETE', '/api/v1/namespaces/shop');
    await rig.pass(0);
    expect(rig.get('namespaces', 'shop').status.phase).toBe('Terminating');
    await rig.pass(60);
    expect(rig.get('namespaces', 'shop')).toBeUndefined();
    expect([...rig.cluster.store.inNamespace('shop')]).toEqual([]);
  });

  it('stays while something in it has a finalizer', async () => {
    const rig = new Rig();
    rig.create(namespace('shop'));
    rig.create(configMap('held', 'shop', { finalizers: ['mine'] }));
    rig.request('DELETE', '/api/v1/namespaces/shop');
    await rig.pass(60);
    expect(rig.get('namespaces', 'shop').status.conditions).toMatchObject([
      { type: 'NamespaceFinalizersRemaining', status: 'True' },
    ]);
    rig.patch('/api/v1/namespaces/shop/configmaps/held', { metadata: { finalizers: [] } });
    await rig.pass(1);
    expect(rig.get('namespaces', 'shop')).toBeUndefined();
  });
});

describe('the garbage collector', () => {
  const family = async () => {
    const rig = new Rig();
    const [owner] = rig.create(configMap('owner', 'default'));
    const ownerReferences = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner?.metadata.uid, blockOwnerDeletion: true },
    ];
    rig.create(configMap('child', 'default', { ownerReferences }));
    await rig.pass(1);
    return rig;
  };
  const left = (rig: Rig) => ['owner', 'child'].filter((name) => rig.get('configmaps', name, 'default') !== undefined);
  const remove = (rig: Rig, policy: string) =>
    rig.request('DELETE', `/api/v1/namespaces/default/configmaps/owner?propagationPolicy=${policy}`);

  it('takes dependents after their owner, in the background', async () => {
    const rig = await family();
    remove(rig, 'Background');
    expect(left(rig)).toEqual(['child']);
    await rig.pass(0);
    expect(left(rig)).toEqual([]);
  });

  it('takes them before, in the foreground', async () => {
    const rig = await family();
    rig.patch('/api/v1/namespaces/default/configmaps/child', { metadata: { finalizers: ['mine'] } });
    remove(rig, 'Foreground');
    await rig.pass(1);
    expect(left(rig)).toEqual(['owner', 'child']);
    rig.patch('/api/v1/namespaces/default/configmaps/child', { metadata: { finalizers: [] } });
    await rig.pass(1);
    expect(left(rig)).toEqual([]);
  });

  it('lets them be as orphans', async () => {
    const rig = await family();
    remove(rig, 'Orphan');
    await rig.pass(1);
    expect(left(rig)).toEqual(['child']);
    expect(rig.get('configmaps', 'child', 'default').metadata.ownerReferences).toBeUndefined();
  });

  it('takes what names an owner that is not there', async () => {
    const rig = new Rig();
    rig.create(
      configMap('child', 'default', {
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'gone' }],
      }),
    );
    await rig.pass(1);
    expect(left(rig)).toEqual([]);
  });
});

it('a disruption budget reports how many pods may go', async () => {
  const rig = new Rig({ autoMode: false, nodes: 1 });
  rig.create(deployment('web', { replicas: 3 }), {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { maxUnavailable: '34%', selector: { matchLabels: { app: 'web' } } },
  });
  await rig.pass(60);
  expect(rig.get('poddisruptionbudgets.policy', 'web', 'default').status).toMatchObject({
    currentHealthy: 3,
    desiredHealthy: 1,
    disruptionsAllowed: 2,
  });
});
