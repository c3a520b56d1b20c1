import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../src/rehearsal/cluster/load.ts';
import {
  definition,
  deployment,
  job,
  namespace,
  podSpec,
  Rig,
  readyOf,
  service,
  storageClass,
  workload,
} from './rig.ts';

const template = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'ebs', resources: { requests: { storage: '10Gi' } } },
};

const platform = (): KubeObject[] => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'guard.shop.io',
        clientConfig: { service: { namespace: 'shop', name: 'web' } },
        rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }],
      },
    ],
  },
  { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' }, status: { ready: true } },
  ...[deployment('web', { replicas: 2 }), service('web'), service('out', { type: 'LoadBalancer' }), job('migrate')].map(
    inShop,
  ),
  inShop(
    workload(
      'StatefulSet',
      'db',
      { replicas: 2, serviceName: 'db', volumeClaimTemplates: [template] },
      podSpec({}, { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
    ),
  ),
  storageClass('ebs', 'ebs.csi.aws.com'),
  definition('example.com', 'widgets', 'Widget'),
  namespace('shop'),
];

function inShop(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace: 'shop' } };
}

function seeded(objects = platform()): Rig {
  const rig = new Rig({ autoMode: false, nodes: 3, start: false });
  seed(rig.cluster, objects);
  rig.cluster.start();
  return rig;
}

describe('a seeded cluster', () => {
  it('is settled at once: pods ready, volumes bound and filled, status written', () => {
    const rig = seeded();
    expect(rig.kernel.now).toBe(Date.parse('2026-03-01T04:30:00Z'));
    expect(readyOf(rig.pods('shop'))).toHaveLength(4);
    expect(rig.get('deployments.apps', 'web', 'shop').status.readyReplicas).toBe(2);
    expect(rig.get('jobs.batch', 'migrate', 'shop').status.succeeded).toBe(1);
    expect(rig.get('services', 'out', 'shop').status.loadBalancer.ingress).toHaveLength(1);
    expect(rig.get('widgets.example.com', 'w', 'shop').status).toEqual({ ready: true });
    const [volume = ''] = rig.cluster.volumes.names();
    expect(rig.cluster.volumes.contentAt(volume)).toMatchObject({
      lastWrite: rig.kernel.now,
      bytes: expect.any(Number),
    });
    expect(rig.cluster.volumes.contentAt(volume).bytes).toBeGreaterThan(100_000_000);
  });

  it('stays as it is when time passes', async () => {
    const rig = seeded();
    await rig.pass(1);
    const version = rig.cluster.store.version;
    await rig.pass(3600);
    expect(rig.cluster.store.version).toBe(version);
  });

  it('comes from an export just as well: what controllers made is made anew', async () => {
    const exported = seeded();
    const resources = [
      'namespaces',
      'customresourcedefinitions.apiextensions.k8s.io',
      'storageclasses.storage.k8s.io',
      'services',
      'endpoints',
      'pods',
      'replicasets.apps',
      'deployments.apps',
      'statefulsets.apps',
      'persistentvolumes',
      'persistentvolumeclaims',
      'configmaps',
      'widgets.example.com',
    ];
    const objects = structuredClone(resources.flatMap((resource) => exported.cluster.store.list(resource)));
    const rig = seeded(objects);
    await rig.pass(60);
    expect(readyOf(rig.pods('shop'))).toHaveLength(4);
    const names = (of: Rig) => of.cluster.store.list('persistentvolumes').map((each) => each.metadata.name);
    expect(names(rig)).toEqual(names(exported));
  });

  it('keeps owners that came along', () => {
    const owner = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'shop', uid: 'old' },
    };
    const owned = inShop(deployment('owned'));
    owned.metadata.ownerReferences = [
      { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'old', controller: true },
    ];
    const rig = seeded([namespace('shop'), definition('example.com', 'widgets', 'Widget'), owned, owner]);
    const uid = rig.get('widgets.example.com', 'w', 'shop').metadata.uid;
    expect(rig.get('deployments.apps', 'owned', 'shop').metadata.ownerReferences[0].uid).toBe(uid);
  });

  it('is the same for the same seed', () => {
    const dump = () => JSON.stringify([...seeded().cluster.store.inNamespace('shop')]);
    expect(dump()).toBe(dump());
  });

  it('is never changed in place', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3, start: false });
    rig.cluster.store.watch('*', ({ object }) => freeze(object));
    seed(rig.cluster, platform());
    rig.cluster.start();
    rig.request('DELETE', '/api/v1/namespaces/shop');
    await rig.pass(600);
    expect(rig.get('namespaces', 'shop')).toBeUndefined();
  });
});

function freeze(value: KubeObject): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
