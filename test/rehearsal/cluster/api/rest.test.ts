import { describe, expect, it } from '@jest/globals';
import { definition, deployment, pod, Rig } from '../rig.ts';

const PODS = '/api/v1/namespaces/default/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

describe('the API over REST', () => {
  it('tells its health and version to everyone', () => {
    const rig = new Rig();
    const nobody = { username: 'someone', groups: ['system:authenticated'] };
    for (const path of ['/readyz', '/livez'])
      expect(rig.request('GET', path, undefined, { identity: nobody })).toEqual({ status: 200, body: 'ok' });
    expect(rig.request('GET', '/version').body).toMatchObject({ gitVersion: 'v1.35.4', major: '1', minor: '35' });
  });

  it('lists the resources of a group, subresources after their resource', () => {
    const rig = new Rig();
    const { resources } = rig.request('GET', '/apis/apps/v1').body;
    expect(resources.find((each: { kind: string }) => each.kind === 'Deployment').name).toBe('deployments');
    expect(resources.map((each: { name: string }) => each.name)).toContain('deployments/scale');
    expect(rig.request('GET', '/apis').body.groups.map((each: { name: string }) => each.name)).toContain('batch');
  });

  it('creates, reads, replaces and deletes', () => {
    const rig = new Rig();
    expect(rig.request('POST', DEPLOYMENTS, deployment('web')).status).toBe(201);
    const read = rig.request('GET', `${DEPLOYMENTS}/web`).body;
    expect(read.spec.replicas).toBe(1);
    const replaced = rig.request('PUT', `${DEPLOYMENTS}/web`, { ...read, spec: { ...read.spec, replicas: 3 } });
    expect(replaced.body.spec.replicas).toBe(3);
    expect(rig.request('PUT', `${DEPLOYMENTS}/web`, read)).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(rig.request('DELETE', `${DEPLOYMENTS}/web`).body.status).toBe('Success');
    expect(rig.request('GET', `${DEPLOYMENTS}/web`)).toMatchObject({
      status: 404,
      body: { kind: 'Status', reason: 'NotFound', message: 'deployments.apps "web" not found', code: 404 },
    });
  });

  it('answers each mistake with its own reason', () => {
    const rig = new Rig();
    rig.create(deployment('web'));
    const status = (method: string, path: string, body?: object) => rig.request(method, path, body).body;
    expect(status('POST', DEPLOYMENTS, deployment('web'))).toMatchObject({ code: 409, reason: 'AlreadyExists' });
    expect(
      status('POST', DEPLOYMENTS.replace('default', 'nowhere'), { ...deployment('web'), metadata: { name: 'web' } }),
    ).toMatchObject({
      code: 404,
      message: 'namespaces "nowhere" not found',
    });
    expect(
      status('POST', DEPLOYMENTS, { ...deployment('x'), metadata: { name: 'x', namespace: 'other' } }),
    ).toMatchObject({ code: 400 });
    expect(rig.request('GET', '/apis/example.com/v1/namespaces/default/widgets').status).toBe(404);
    expect(status('GET', '/apis/apps/v9')).toMatchObject({ code: 404, reason: 'NotFound' });
    expect(status('POST', `${PODS}/x`, pod('x'))).toMatchObject({ code: 405 });
  });

  it('leaves the kind out of the items of a built-in list, as the real one does, and keeps it for custom resources', async () => {
    const rig = new Rig();
    rig.create(deployment('web'), definition('example.com', 'widgets', 'Widget'));
    await rig.pass(5);
    rig.create({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default' } });
    const built = rig.request('GET', DEPLOYMENTS).body;
    expect([built.kind, built.items[0].kind]).toEqual(['DeploymentList', undefined]);
    expect(rig.request('GET', '/apis/example.com/v1/widgets').body.items[0].kind).toBe('Widget');
  });

  it('lists by label and field, and page by page', () => {
    const rig = new Rig({ autoMode: false });
    rig.create(...['c', 'a', 'b'].map((name) => pod(name, undefined, { labels: { app: name === 'b' ? 'x' : 'y' } })));
    const names = (query: string) =>
      rig
        .request('GET', `${PODS}?${query}`)
        .body.items.map((each: { metadata: { name: string } }) => each.metadata.name);
    expect(names('')).toEqual(['a', 'b', 'c']);
    expect(names('labelSelector=app%3Dy')).toEqual(['a', 'c']);
    expect(names('fieldSelector=metadata.name%3Db')).toEqual(['b']);
    expect(names('fieldSelector=status.phase%3DRunning')).toEqual([]);
    const first = rig.request('GET', `${PODS}?limit=2`).body;
    expect(first.metadata.remainingItemCount).toBe(1);
    expect(names(`limit=2&continue=${first.metadata.continue}`)).toEqual(['c']);
    expect(rig.request('GET', `${PODS}?fieldSelector=spec.volumes%3Dx`).status).toBe(400);
  });

  it('writes status and the rest apart', async () => {
    const rig = new Rig();
    rig.create(definition('example.com', 'widgets', 'Widget', { subresources: { status: {} } }));
    await rig.pass(5);
    const path = '/apis/example.com/v1/namespaces/default/widgets';
    const made = rig.request('POST', path, { metadata: { name: 'w' }, spec: { a: 1 }, status: { b: 1 } }).body;
    expect(made.status).toBeUndefined();
    expect(rig.patch(`${path}/w/status`, { spec: { a: 2 }, status: { b: 2 } }).body).toMatchObject({
      spec: { a: 1 },
      status: { b: 2 },
    });
    expect(rig.patch(`${path}/w`, { spec: { a: 3 }, status: { b: 3 } }).body).toMatchObject({
      spec: { a: 3 },
      status: { b: 2 },
    });
  });

  it('scales through the scale subresource', () => {
    const rig = new Rig();
    rig.create(deployment('web'));
    expect(rig.patch(`${DEPLOYMENTS}/web/scale`, { spec: { replicas: 4 } }).body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 4 },
    });
    expect(rig.get('deployments.apps', 'web', 'default').spec.replicas).toBe(4);
  });

  it('deletes a collection by selector', () => {
    const rig = new Rig({ autoMode: false });
    rig.create(pod('a', undefined, { labels: { app: 'x' } }), pod('b'));
    rig.request('DELETE', `${PODS}?labelSelector=app%3Dx`);
    expect(rig.pods().map((each) => each.metadata.name)).toEqual(['b']);
  });

  it('tries a write without making it when asked to', () => {
    const rig = new Rig();
    expect(rig.request('POST', `${DEPLOYMENTS}?dryRun=All`, deployment('web')).status).toBe(201);
    expect(rig.request('GET', `${DEPLOYMENTS}/web`).status).toBe(404);
  });

  it('ends the run on what is not simulated', async () => {
    const rig = new Rig();
    expect(() => rig.request('GET', `${PODS}?watch=true`)).toThrow('a watch over the Kubernetes API is not simulated');
    await expect(rig.pass(1)).rejects.toThrow('is not simulated');
  });

  it('serves a custom resource a moment after its definition came, and not before', async () => {
    const rig = new Rig();
    rig.create(definition('example.com', 'widgets', 'Widget'));
    const path = '/apis/example.com/v1/namespaces/default/widgets';
    expect(rig.request('GET', path).status).toBe(404);
    await rig.pass(3);
    expect(rig.request('GET', path).status).toBe(200);
    expect(rig.request('GET', '/apis/example.com/v1').body.resources[0].kind).toBe('Widget');
  });

  it('takes a definition away only after its objects', async () => {
    const rig = new Rig();
    rig.create(definition('example.com', 'widgets', 'Widget'));
    await rig.pass(3);
    rig.create({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'default', finalizers: ['mine'] },
    });
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';
    rig.request('DELETE', path);
    await rig.pass(1);
    expect(rig.request('GET', path).status).toBe(200);
    rig.patch('/apis/example.com/v1/namespaces/default/widgets/w', { metadata: { finalizers: null } });
    await rig.pass(1);
    expect(rig.request('GET', path).status).toBe(404);
    expect(rig.request('GET', '/apis/example.com/v1/widgets').status).toBe(404);
  });
});

describe('an autoscaler', () => {
  it('is read in either of its versions, whichever it was written in', () => {
    const rig = new Rig();
    const path = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 70 };
    expect(
      rig.request('POST', path, { metadata: { name: 'web' }, spec }).body.spec.targetCPUUtilizationPercentage,
    ).toBe(70);
    const read = rig.request('GET', `${path.replace('v1', 'v2')}/web`).body;
    expect(read.spec.metrics[0].resource.target.averageUtilization).toBe(70);
    expect(read.spec.targetCPUUtilizationPercentage).toBeUndefined();
  });
});

it('a deletion of another object by the same name is refused by its precondition', () => {
  const rig = new Rig();
  rig.create(deployment('web'));
  expect(rig.request('DELETE', `${DEPLOYMENTS}/web`, { preconditions: { uid: 'other' } }).status).toBe(409);
});

it('nobody without a name sees what the API serves', () => {
  const identity = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
  expect(new Rig().request('GET', '/apis', undefined, { identity }).status).toBe(403);
});
