import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { deployment, namespace, podSpec, Rig, readyOf, service } from '../rig.ts';

const webhook = (rest: KubeObject = {}, clientConfig: KubeObject = {}): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard' },
  webhooks: [
    {
      name: 'guard.shop.io',
      clientConfig: { service: { namespace: 'default', name: 'guard', path: '/validate' }, ...clientConfig },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      ...rest,
    },
  ],
});

const configMap = (labels: KubeObject = {}, space = 'default'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { generateName: 'c-', namespace: space, labels },
});

describe('admission webhooks', () => {
  it('stop the writes that they match while nobody answers for them', () => {
    const rig = new Rig();
    rig.create(service('guard'), webhook());
    expect(() => rig.create(configMap())).toThrow(
      'Internal error occurred: failed calling webhook "guard.shop.io": failed to call webhook: Post "https://guard.default.svc:443/validate?timeout=10s": no endpoints available for service "guard"',
    );
    expect(rig.request('POST', '/api/v1/namespaces/default/configmaps', configMap()).status).toBe(500);
  });

  it('let them through once a pod behind them is ready', async () => {
    const rig = new Rig();
    rig.create(service('guard'), webhook(), deployment('guard'));
    await rig.pass(180);
    expect(rig.create(configMap())).toHaveLength(1);
  });

  it('do not matter when they say Ignore, live outside, or are not concerned', () => {
    for (const harmless of [
      webhook({ failurePolicy: 'Ignore' }),
      webhook({ clientConfig: { url: 'https://elsewhere' } }),
      webhook({ objectSelector: { matchLabels: { guarded: 'yes' } } }),
      webhook({ namespaceSelector: { matchLabels: { guarded: 'yes' } } }),
      webhook({ rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['*'] }] }),
    ]) {
      const rig = new Rig();
      rig.create(harmless);
      expect(rig.create(configMap())).toHaveLength(1);
    }
  });

  it('look at the labels of the namespace and of the object', () => {
    const rig = new Rig();
    const guarded = namespace('guarded');
    rig.create({ ...guarded, metadata: { name: 'guarded', labels: { guard: 'on' } } });
    rig.create(webhook({ namespaceSelector: { matchExpressions: [{ key: 'guard', operator: 'Exists' }] } }));
    expect(rig.create(configMap())).toHaveLength(1);
    expect(() => rig.create(configMap({}, 'guarded'))).toThrow('service "guard" not found');
  });

  it('stop controllers as well, which go on trying', async () => {
    const rig = new Rig();
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
    rig.create(webhook({ rules }), deployment('web', {}, podSpec()));
    await rig.pass(60);
    expect(rig.pods()).toEqual([]);
    rig.request('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/guard');
    await rig.pass(240);
    expect(readyOf(rig.pods())).toHaveLength(1);
  });
});
