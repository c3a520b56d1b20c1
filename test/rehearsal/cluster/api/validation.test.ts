import { describe, expect, it } from '@jest/globals';
import { claim, deployment, namespace, pod, Rig, service, workload } from '../rig.ts';

describe('what the API refuses', () => {
  const refused: [what: string, object: object, message: RegExp][] = [
    ['a name with capitals', pod('Web'), /metadata.name: Invalid value: "Web"/],
    [
      'a label that is too long',
      pod('web', undefined, { labels: { app: 'x'.repeat(64) } }),
      /no more than 63 characters/,
    ],
    [
      'a selector that misses its own template',
      deployment('web', { selector: { matchLabels: { app: 'other' } } }),
      /does not match template/,
    ],
    ['a workload without a selector', deployment('web', { selector: undefined }), /spec.selector: Required value/],
    ['a pod without containers', pod('web', { containers: [] }), /spec.containers: Required value/],
    [
      'a mount of no volume',
      pod('web', { containers: [{ name: 'a', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/' }] }] }),
      /Not found: "v"/,
    ],
    ['a service without ports', service('web', { ports: [] }), /spec.ports: Required value/],
    [
      'a job that restarts always',
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j', namespace: 'default' },
        spec: { template: { spec: { containers: [{ name: 'a', image: 'i' }] } } },
      },
      /restartPolicy: Required value/,
    ],
    [
      'a claim without a size',
      { ...claim('c'), spec: { accessModes: ['ReadWriteOnce'] } },
      /spec.resources\[storage\]: Required value/,
    ],
    [
      'a pod of a service account that is not there',
      pod('web', { serviceAccountName: 'ghost', containers: [{ name: 'a', image: 'i' }] }),
      /serviceaccount "ghost" not found/,
    ],
    [
      'a pod of a priority that is not there',
      pod('web', { priorityClassName: 'ghost', containers: [{ name: 'a', image: 'i' }] }),
      /no PriorityClass with name ghost/,
    ],
  ];

  it.each(refused)('%s', (_what, object, message) => {
    expect(() => new Rig().create(object)).toThrow(message);
  });

  it('a change of what may not change', async () => {
    const rig = new Rig();
    rig.create(
      deployment('web'),
      service('web'),
      workload('StatefulSet', 'db', { serviceName: 'db' }),
      claim('c', 'none'),
    );
    const apps = '/apis/apps/v1/namespaces/default';
    const core = '/api/v1/namespaces/default';
    expect(
      rig.patch(`${apps}/deployments/web`, {
        spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } },
      }).body.message,
    ).toMatch(/spec.selector: .*field is immutable/);
    expect(rig.patch(`${core}/services/web`, { spec: { clusterIP: '10.100.9.9' } }).body.message).toMatch(
      /may not change once set/,
    );
    expect(rig.patch(`${apps}/statefulsets/db`, { spec: { serviceName: 'x' } }).body.message).toMatch(
      /updates to statefulset spec for fields other than/,
    );
    expect(rig.patch(`${core}/persistentvolumeclaims/c`, { spec: { storageClassName: 'other' } }).body.message).toMatch(
      /spec is immutable after creation/,
    );
  });

  it('anything new in a namespace that is going', async () => {
    const rig = new Rig();
    rig.create(namespace('old'));
    await rig.pass(1);
    rig.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'old', finalizers: ['stay'] },
    });
    rig.request('DELETE', '/api/v1/namespaces/old');
    await rig.pass(1);
    expect(rig.get('namespaces', 'old').status.phase).toBe('Terminating');
    expect(() =>
      rig.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'd', namespace: 'old' } }),
    ).toThrow('because it is being terminated');
  });
});
