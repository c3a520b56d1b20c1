import { describe, expect, it } from '@jest/globals';
import { podSpec, Rig, readyOf, storageClass, workload } from '../rig.ts';

const database = (spec: object = {}) =>
  workload(
    'StatefulSet',
    'db',
    {
      serviceName: 'db',
      replicas: 3,
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'ebs',
            resources: { requests: { storage: '10Gi' } },
          },
        },
      ],
      ...spec,
    },
    podSpec({}, { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
  );

const names = (rig: Rig) => rig.pods().map((each) => each.metadata.name);

describe('a StatefulSet', () => {
  it('starts its pods one after the other, each with a claim of its own', async () => {
    const rig = new Rig();
    rig.create(storageClass('ebs'), database());
    const order: string[] = [];
    rig.cluster.store.watch('pods', ({ type, object }) => {
      if (type === 'ADDED') order.push(`${object.metadata.name} after ${readyOf(rig.pods()).length}`);
    });
    await rig.pass(600);
    expect(order).toEqual(['db-0 after 0', 'db-1 after 1', 'db-2 after 2']);
    expect(
      rig.cluster.store.list('persistentvolumeclaims').map((each) => [each.metadata.name, each.status.phase]),
    ).toEqual([
      ['data-db-0', 'Bound'],
      ['data-db-1', 'Bound'],
      ['data-db-2', 'Bound'],
    ]);
    expect(rig.get('statefulsets.apps', 'db', 'default').status).toMatchObject({
      readyReplicas: 3,
      currentReplicas: 3,
    });
  });

  it('starts them together when it says Parallel', async () => {
    const rig = new Rig();
    rig.create(storageClass('ebs'), database({ podManagementPolicy: 'Parallel' }));
    await rig.pass(1);
    expect(names(rig)).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('scales down from the last, and keeps the claims', async () => {
    const rig = new Rig();
    rig.create(storageClass('ebs'), database());
    await rig.pass(600);
    rig.patch('/apis/apps/v1/namespaces/default/statefulsets/db/scale', { spec: { replicas: 1 } });
    await rig.pass(60);
    expect(names(rig)).toEqual(['db-0']);
    expect(rig.cluster.store.list('persistentvolumeclaims')).toHaveLength(3);
  });

  it('uses claims that are there already, and the data in them', async () => {
    const rig = new Rig();
    rig.create(storageClass('ebs'), database({ replicas: 1 }));
    await rig.pass(300);
    rig.request('DELETE', '/apis/apps/v1/namespaces/default/statefulsets/db');
    await rig.pass(60);
    const [volume = ''] = rig.cluster.volumes.names();
    const before = rig.cluster.volumes.contentAt(volume);
    rig.create(database({ replicas: 1 }));
    await rig.pass(60);
    expect(rig.cluster.volumes.names()).toEqual([volume]);
    expect(rig.cluster.volumes.contentAt(volume).lastWrite).toBeGreaterThan(before.lastWrite ?? 0);
  });

  it('replaces its pods from the last when their template changes', async () => {
    const rig = new Rig();
    rig.create(storageClass('ebs'), database());
    await rig.pass(600);
    const gone: string[] = [];
    rig.cluster.store.watch('pods', ({ type, object }) => {
      if (type === 'DELETED') gone.push(object.metadata.name);
    });
    const operation = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry/shop:2' };
    rig.patch('/apis/apps/v1/namespaces/default/statefulsets/db', [operation], 'json');
    await rig.pass(600);
    expect(gone).toEqual(['db-2', 'db-1', 'db-0']);
    expect(readyOf(rig.pods()).map((each) => each.spec.containers[0].image)).toEqual(Array(3).fill('registry/shop:2'));
  });

  it('adopts restored pods by name, and restarts those whose template was changed on the way', async () => {
    const rig = new Rig({ autoMode: false, nodes: 3 });
    const plain = (image: string) =>
      workload('StatefulSet', 'db', { replicas: 1, serviceName: 'db' }, podSpec({}, { image }));
    rig.create(plain('old:1'));
    await rig.pass(60);
    const [{ metadata }] = rig.pods() as [ReturnType<Rig['get']>];
    const restored = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'db-0', namespace: 'default', labels: metadata.labels },
      spec: podSpec({}, { image: 'old:1' }),
    };
    const same = new Rig({ autoMode: false, nodes: 3 });
    same.create(restored);
    await same.pass(30);
    const uid = same.pods()[0]?.metadata.uid;
    same.create(plain('old:1'));
    await same.pass(60);
    expect(same.pods()[0]?.metadata.uid).toBe(uid);
    const mapped = new Rig({ autoMode: false, nodes: 3 });
    mapped.create({ ...restored, spec: podSpec({}, { image: 'new:1' }) });
    await mapped.pass(30);
    const before = mapped.pods()[0]?.metadata.uid;
    mapped.create(plain('new:1'));
    await mapped.pass(60);
    expect(mapped.pods()[0]?.metadata.uid).not.toBe(before);
  });
});
