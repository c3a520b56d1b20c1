import { describe, expect, it } from '@jest/globals';
import { deployment, namespace, Rig } from '../rig.ts';

const PODS = '/api/v1/namespaces/default/pods';
const SECRETS = '/api/v1/namespaces/default/secrets';
const by = (...groups: string[]) => ({ identity: { username: 'role', groups } });

describe('authorization', () => {
  it('denies by default, in the words of the API server', () => {
    const { status, body } = new Rig().request('GET', PODS, undefined, by('system:authenticated'));
    expect(status).toBe(403);
    expect(body.message).toBe(
      'pods is forbidden: User "role" cannot list resource "pods" in API group "" in the namespace "default"',
    );
  });

  it.each([
    ['eks:cluster-admin', { pods: 200, secrets: 200, create: 201, namespaces: 201 }],
    ['eks:admin', { pods: 200, secrets: 200, create: 201, namespaces: 403 }],
    ['eks:edit', { pods: 200, secrets: 200, create: 201, namespaces: 403 }],
    ['eks:view', { pods: 200, secrets: 403, create: 403, namespaces: 403 }],
    ['eks:admin-view', { pods: 200, secrets: 200, create: 403, namespaces: 403 }],
  ])('%s may do what AWS documents for its policy', (group, may) => {
    const rig = new Rig();
    const status = (method: string, path: string, body?: object) => rig.request(method, path, body, by(group)).status;
    expect({
      pods: status('GET', PODS),
      secrets: status('GET', SECRETS),
      create: status('POST', '/apis/apps/v1/namespaces/default/deployments', deployment('web')),
      namespaces: status('POST', '/api/v1/namespaces', namespace('new')),
    }).toEqual(may);
  });

  it('keeps a policy to its namespaces', () => {
    const rig = new Rig();
    expect(rig.request('GET', PODS, undefined, by('eks:view/def*')).status).toBe(200);
    expect(rig.request('GET', PODS, undefined, by('eks:view/other')).status).toBe(403);
    expect(rig.request('GET', '/api/v1/pods', undefined, by('eks:view/def*')).status).toBe(403);
  });

  it('follows roles and bindings, for users, groups and service accounts', () => {
    const rig = new Rig();
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const place = { namespace: 'default' };
    rig.create(
      {
        apiVersion,
        kind: 'Role',
        metadata: { name: 'r', ...place },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      },
      {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name: 'r', ...place },
        roleRef: { kind: 'Role', name: 'r', apiGroup: 'rbac.authorization.k8s.io' },
        subjects: [
          { kind: 'ServiceAccount', name: 'velero', namespace: 'velero' },
          { kind: 'Group', name: 'readers' },
        ],
      },
    );
    const account = { identity: { username: 'system:serviceaccount:velero:velero', groups: [] } };
    expect(rig.request('GET', PODS, undefined, account).status).toBe(200);
    expect(rig.request('GET', PODS, undefined, by('readers')).status).toBe(200);
    expect(rig.request('GET', SECRETS, undefined, account).status).toBe(403);
    expect(rig.request('GET', '/api/v1/pods', undefined, account).status).toBe(403);
  });

  it('answers whether one may', () => {
    const rig = new Rig();
    const review = { spec: { resourceAttributes: { verb: 'get', resource: 'secrets', namespace: 'default' } } };
    const ask = (group: string) =>
      rig.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, by(group)).body.status
        .allowed;
    expect([ask('eks:view'), ask('eks:admin')]).toEqual([false, true]);
  });
});
