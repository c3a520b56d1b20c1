import { describe, expect, it } from '@jest/globals';
import { pod, Rig } from '../rig.ts';

const PODS = '/api/v1/namespaces/default/pods';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const MAPS = '/api/v1/namespaces/default/configmaps';
const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';

const claim = (storage: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

const map = (metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'default', ...metadata },
});

/** What `npm run test:real` sees the real API server refuse, and how. */
describe('a refusal', () => {
  it('names the group and the kind, and gives each cause its reason', () => {
    const rig = new Rig();
    rig.cluster.start();
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: -1 } };
    const { details } = rig.request('POST', '/apis/apps/v1/namespaces/default/deployments', deployment).body;
    expect(details).toMatchObject({ name: 'a', group: 'apps', kind: 'Deployment' });
    expect(details.causes.map(({ field, reason }: { field: string; reason: string }) => [field, reason])).toEqual(
      expect.arrayContaining([
        ['spec.replicas', 'FieldValueInvalid'],
        ['spec.selector', 'FieldValueRequired'],
      ]),
    );
  });

  it('looks at what is asked first, and at whether it is there already then', () => {
    const rig = new Rig();
    rig.create(pod('web'));
    expect(rig.request('POST', PODS, pod('web', { containers: [] })).body.reason).toBe('Invalid');
    expect(rig.request('POST', PODS, pod('web')).body.reason).toBe('AlreadyExists');
  });

  it('meets a finalizer that is added to what is being deleted', () => {
    const rig = new Rig();
    rig.create(map({ finalizers: ['shop.example/a'] }));
    rig.request('DELETE', `${MAPS}/a`);
    const patch = { metadata: { finalizers: ['shop.example/a', 'shop.example/b'] } };
    expect(rig.patch(`${MAPS}/a`, patch).body).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(rig.patch(`${MAPS}/a`, { metadata: { finalizers: null } }).status).toBe(200);
    expect(rig.get('configmaps', 'a', 'default')).toBeUndefined();
  });

  it('meets a claim that would grow before it is bound', () => {
    const rig = new Rig();
    rig.create(claim('1Gi'));
    expect(rig.patch(`${CLAIMS}/data`, { spec: { resources: { requests: { storage: '2Gi' } } } }).status).toBe(422);
  });

  it('meets a priority class of one’s own that is higher than the system’s, or is called like those', () => {
    const rig = new Rig();
    const high = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'a' }, value: 2e9 };
    expect(rig.request('POST', CLASSES, high).status).toBe(422);
    expect(rig.request('POST', CLASSES, { ...high, metadata: { name: 'system-a' }, value: 1 }).status).toBe(422);
  });
});
