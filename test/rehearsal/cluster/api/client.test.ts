import { describe, expect, it } from '@jest/globals';
import {
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  ResponseContext,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { ADMIN, deployment, Rig } from '../rig.ts';

/** The client that deployed functions use, over a wire that ends in the simulated cluster. */
function clientOf(rig: Rig): KubernetesObjectApi {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server: 'https://cluster.eks', skipTLSVerify: false },
    { name: 'u', token: 't' },
  );
  const api = KubernetesObjectApi.makeApiClient(config);
  const httpApi = wrapHttpLibrary({
    async send(request) {
      const url = new URL(request.getUrl());
      const body = request.getBody();
      const answer = rig.cluster.handle({
        method: request.getHttpMethod(),
        path: url.pathname,
        query: url.searchParams,
        headers: request.getHeaders(),
        identity: ADMIN,
        ...(typeof body === 'string' && { body }),
      });
      const text = JSON.stringify(answer.body);
      const stream = { text: async () => text, binary: async () => Buffer.from(text), stream: () => null };
      return new ResponseContext(answer.status, { 'content-type': 'application/json' }, stream);
    },
  });
  (api as unknown as { configuration: { httpApi: unknown } }).configuration.httpApi = httpApi;
  return api;
}

describe('the real client against the simulated API', () => {
  it('creates, reads, lists, patches, applies and deletes', async () => {
    const rig = new Rig();
    const api = clientOf(rig);
    const wanted: KubeObject = deployment('web');
    const created = (await api.create(structuredClone(wanted))) as KubeObject;
    expect(created.metadata.uid).toBeDefined();
    const header = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' } };
    expect(((await api.read(header)) as KubeObject).spec.replicas).toBe(1);
    expect((await api.list('apps/v1', 'Deployment', 'default')).items).toHaveLength(1);
    const scaled = { ...header, spec: { replicas: 2 } };
    expect(
      ((await api.patch(scaled, undefined, undefined, 'test', undefined, PatchStrategy.MergePatch)) as KubeObject).spec
        .replicas,
    ).toBe(2);
    const applied = { ...wanted, spec: { ...wanted.spec, replicas: 3 } };
    const result = await api.patch(applied, undefined, undefined, 'lifeboat', true, PatchStrategy.ServerSideApply);
    expect((result as KubeObject).spec.replicas).toBe(3);
    expect((await api.delete(header)).status).toBe('Success');
    await expect(api.read(header)).rejects.toMatchObject({
      code: 404,
      body: expect.stringContaining('"reason":"NotFound"'),
    });
  });

  it('finds custom resources by discovery', async () => {
    const rig = new Rig();
    const api = clientOf(rig);
    const binding = {
      apiVersion: 'eks.amazonaws.com/v1',
      kind: 'TargetGroupBinding',
      metadata: { name: 'web', namespace: 'default' },
      spec: { serviceRef: { name: 'web', port: 80 }, targetGroupARN: 'arn:tg' },
    };
    expect(((await api.create(binding)) as KubeObject).metadata.generation).toBe(1);
    await expect(api.read({ apiVersion: 'none.io/v1', kind: 'None', metadata: { name: 'x' } })).rejects.toThrow('404');
  });
});
