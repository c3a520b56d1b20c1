import { describe, expect, it } from '@jest/globals';
import { deployment, pod, podSpec, Rig } from '../rig.ts';

const WEB = '/apis/apps/v1/namespaces/default/deployments/web';
const CONFIG = '/api/v1/namespaces/default/configmaps/c';

const withTwoContainers = () =>
  deployment(
    'web',
    {},
    podSpec({
      containers: [
        { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: 'b:1' },
      ],
    }),
  );

describe('patches', () => {
  it('merge: null takes away, lists are replaced whole', () => {
    const rig = new Rig();
    rig.create(withTwoContainers());
    const { body } = rig.patch(WEB, {
      metadata: { labels: { tier: 'front' } },
      spec: { template: { spec: { containers: [{ name: 'a', image: 'a:2' }] } } },
    });
    expect(body.spec.template.spec.containers).toEqual([{ name: 'a', image: 'a:2' }]);
    expect(rig.patch(WEB, { metadata: { labels: { tier: null } } }).body.metadata.labels).toEqual({});
  });

  it('strategic: containers and their environment merge by name', () => {
    const rig = new Rig();
    rig.create(withTwoContainers());
    const patch = {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'a', env: [{ name: 'Y', value: '2' }] },
              { name: 'b', $patch: 'delete' },
            ],
          },
        },
      },
    };
    const { containers } = rig.patch(WEB, patch, 'strategic-merge').body.spec.template.spec;
    expect(containers).toEqual([
      {
        name: 'a',
        image: 'a:1',
        env: [
          { name: 'Y', value: '2' }, // What is new goes ahead.
          { name: 'X', value: '1' },
        ],
      },
    ]);
  });

  it('JSON: adds, replaces, removes and tests, by pointer', () => {
    const rig = new Rig();
    rig.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default', annotations: { 'a/b': '1' } },
      data: { x: '1' },
    });
    const operations = [
      { op: 'test', path: '/metadata/annotations/a~1b', value: '1' },
      { op: 'add', path: '/data/y', value: '2' },
      { op: 'replace', path: '/data/x', value: '3' },
      { op: 'remove', path: '/metadata/annotations/a~1b' },
    ];
    expect(rig.patch(CONFIG, operations, 'json').body).toMatchObject({
      data: { x: '3', y: '2' },
      metadata: { annotations: {} },
    });
    expect(rig.patch(CONFIG, [{ op: 'test', path: '/data/x', value: '9' }], 'json').status).toBe(422);
    expect(rig.get('configmaps', 'c', 'default').data).toEqual({ x: '3', y: '2' });
  });

  it('refuses a patch of a version that is not the current one', () => {
    const rig = new Rig();
    rig.create(deployment('web'));
    expect(rig.patch(WEB, { metadata: { resourceVersion: '1' }, spec: { replicas: 2 } })).toMatchObject({
      status: 409,
    });
  });

  it('never moves an object', () => {
    const rig = new Rig();
    rig.create(pod('p'));
    expect(rig.patch('/api/v1/namespaces/default/pods/p', { metadata: { name: 'q' } }).status).toBe(400);
  });
});

describe('server-side apply', () => {
  const applied = (replicas: number | undefined, image = 'shop:1') => {
    const object = deployment('web', replicas === undefined ? {} : { replicas }, podSpec({}, { image }));
    return object;
  };
  const apply = (rig: Rig, manager: string, object: object, force = false) =>
    rig.patch(`${WEB}?fieldManager=${manager}${force ? '&force=true' : ''}`, object, 'apply');

  it('creates what is not there, and needs a field manager', () => {
    const rig = new Rig();
    expect(rig.patch(WEB, applied(1), 'apply')).toMatchObject({ status: 422 });
    expect(apply(rig, 'lifeboat', applied(1)).status).toBe(201);
    expect(apply(rig, 'lifeboat', applied(2)).body.spec.replicas).toBe(2);
  });

  it('refuses to take a field from another manager, unless forced', () => {
    const rig = new Rig();
    apply(rig, 'lifeboat', applied(1));
    const conflict = apply(rig, 'git', applied(5));
    expect(conflict).toMatchObject({
      status: 409,
      body: { message: 'Apply failed with 1 conflict: conflict with "lifeboat": .spec.replicas' },
    });
    expect(apply(rig, 'git', applied(5), true).body.spec.replicas).toBe(5);
    expect(apply(rig, 'lifeboat', applied(1)).status).toBe(409);
  });

  it('lets two managers share what they agree on', () => {
    const rig = new Rig();
    apply(rig, 'lifeboat', applied(1));
    expect(apply(rig, 'git', applied(1)).status).toBe(200);
  });

  it('notices that somebody changed a field by a plain patch', () => {
    const rig = new Rig();
    apply(rig, 'lifeboat', applied(1));
    rig.patch(`${WEB}?fieldManager=kubectl`, { spec: { replicas: 0 } });
    expect(apply(rig, 'lifeboat', applied(1)).body.message).toMatch(/conflict with "kubectl"/);
  });

  it('takes away what a manager no longer applies and nobody else has', () => {
    const rig = new Rig();
    const labelled = (labels: object) => {
      const object = applied(1);
      return { ...object, metadata: { ...object.metadata, labels } };
    };
    apply(rig, 'lifeboat', labelled({ a: '1', b: '2' }));
    apply(rig, 'git', labelled({ b: '2' }));
    expect(apply(rig, 'lifeboat', labelled({ c: '3' })).body.metadata.labels).toEqual({ b: '2', c: '3' });
  });

  it('merges containers by name', () => {
    const rig = new Rig();
    apply(rig, 'lifeboat', applied(1));
    const sidecar = deployment('web', {}, podSpec({ containers: [{ name: 'proxy', image: 'proxy:1' }] }));
    const { containers } = apply(rig, 'mesh', sidecar).body.spec.template.spec;
    expect(containers.map((each: { name: string }) => each.name)).toEqual(['main', 'proxy']);
  });
});
