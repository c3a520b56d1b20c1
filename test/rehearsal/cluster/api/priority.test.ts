import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { deployment, pod, podSpec, Rig } from '../rig.ts';

const priorityClass = (name: string, value: number, rest: KubeObject = {}): KubeObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  ...rest,
});

describe('the priority of a pod', () => {
  it('is none without a class, and its class decides it otherwise', () => {
    const rig = new Rig();
    rig.create(priorityClass('spare', -1000, { preemptionPolicy: 'Never' }));
    const [plain, spare, vital] = rig.create(
      pod('plain'),
      pod('spare', podSpec({ priorityClassName: 'spare' })),
      pod('vital', podSpec({ priorityClassName: 'system-node-critical' })),
    );
    expect(plain?.spec).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    expect(spare?.spec).toMatchObject({ priority: -1000, preemptionPolicy: 'Never' });
    expect(vital?.spec).toMatchObject({ priority: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority' });
  });

  it('is that of the default class where there is one', () => {
    const rig = new Rig();
    rig.create(priorityClass('usual', 50, { globalDefault: true }));
    expect(rig.create(pod('plain'))[0]?.spec).toMatchObject({ priority: 50, priorityClassName: 'usual' });
  });

  it('cannot be of an unknown class, nor chosen by hand', () => {
    const rig = new Rig();
    const unknown = rig.request(
      'POST',
      '/api/v1/namespaces/default/pods',
      pod('lost', podSpec({ priorityClassName: 'gone' })),
    );
    expect(unknown).toMatchObject({
      status: 403,
      body: { reason: 'Forbidden', message: 'pods "lost" is forbidden: no PriorityClass with name gone was found' },
    });
    expect(() => rig.create(pod('proud', podSpec({ priority: 7 })))).toThrow(
      'pods "proud" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    );
  });

  it('stays when an update leaves it out', () => {
    const rig = new Rig();
    rig.create(pod('web'));
    const wanted = pod('web', { ...podSpec(), ...rig.get('pods', 'web', 'default').spec }, { labels: { tier: 'web' } });
    delete wanted.spec.priority;
    expect(rig.request('PUT', '/api/v1/namespaces/default/pods/web', wanted)).toMatchObject({
      status: 200,
      body: { metadata: { labels: { tier: 'web' } }, spec: { priority: 0 } },
    });
  });

  it('keeps a controller waiting whose class is not there yet', async () => {
    const rig = new Rig({ autoMode: false, nodes: 1 });
    rig.create(deployment('web', {}, podSpec({ priorityClassName: 'late' })));
    await rig.pass(5);
    expect(rig.pods()).toEqual([]);
    rig.create(priorityClass('late', 5));
    await rig.pass(60);
    expect(rig.pods()[0]?.spec.priority).toBe(5);
  });
});
