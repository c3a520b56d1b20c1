import { describe, expect, it } from '@jest/globals';
import type { ProgramGiven } from '../../../src/rehearsal/cluster/control-plane.ts';
import { repositoryOf } from '../../../src/rehearsal/cluster/programs.ts';
import { deployment, pod, podSpec, Rig, readyOf, service } from './rig.ts';

const rigWithNode = () => new Rig({ autoMode: false, nodes: 1 });
const one = (rig: Rig) => rig.pods()[0] as ReturnType<Rig['get']>;

describe('a pod', () => {
  it('goes from Pending to Running, and becomes ready after its probe’s delay', async () => {
    const rig = rigWithNode();
    const phases: string[] = [];
    rig.cluster.store.watch('pods', ({ object }) => {
      const ready = readyOf([object]).length > 0;
      phases.push(`${object.status.phase}${ready ? ', ready' : ''}`);
    });
    rig.create(
      pod('p', podSpec({}, { readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 30 } })),
    );
    await rig.pass(120);
    expect([...new Set(phases)]).toEqual(['Pending', 'Running', 'Running, ready']);
    expect(one(rig).status).toMatchObject({
      podIP: expect.stringMatching(/^10\./),
      hostIP: expect.stringMatching(/^10\./),
    });
  });

  it('waits for an image that cannot be pulled, and starts once it can', async () => {
    const rig = rigWithNode();
    rig.missingImages.add('registry/shop:1');
    rig.create(pod('p'));
    await rig.pass(1);
    expect(one(rig).status.containerStatuses[0].state.waiting).toEqual({
      reason: 'ErrImagePull',
      message: 'registry/shop:1: not found',
    });
    await rig.pass(60);
    expect(one(rig).status.containerStatuses[0].state.waiting.reason).toBe('ImagePullBackOff');
    rig.missingImages.clear();
    await rig.pass(300);
    expect(readyOf(rig.pods())).toHaveLength(1);
  });

  it('does not pull again what its node has, unless it must always', async () => {
    const rig = rigWithNode();
    rig.create(pod('p'), pod('always', podSpec({}, { imagePullPolicy: 'Always' })));
    await rig.pass(60);
    rig.missingImages.add('registry/shop:1');
    rig.create(pod('q'), pod('again', podSpec({}, { imagePullPolicy: 'Always' })));
    await rig.pass(60);
    expect(readyOf(rig.pods()).map((each) => each.metadata.name)).toEqual(['p', 'always', 'q']);
  });

  it('that never pulls waits for another to bring its image to the node', async () => {
    const rig = rigWithNode();
    rig.create(pod('mover', podSpec({}, { imagePullPolicy: 'Never' })));
    await rig.pass(60);
    expect(one(rig).status.containerStatuses[0].state.waiting).toEqual({
      reason: 'ErrImageNeverPull',
      message: 'Container image "registry/shop:1" is not present with pull policy of Never',
    });
    rig.create(pod('agent'));
    await rig.pass(90);
    expect(readyOf(rig.pods()).map((each) => each.metadata.name)).toEqual(['mover', 'agent']);
  });

  it('runs its init containers to completion, one after the other, and then the others', async () => {
    const rig = rigWithNode();
    const started: string[] = [];
    rig.cluster.programs.set('step', ({ container, finish, cluster }) => {
      started.push(container.name);
      return cluster.after(10_000, () => finish(0));
    });
    const initContainers = ['first', 'second'].map((name) => ({ name, image: 'step:1' }));
    rig.create(pod('p', podSpec({ initContainers })));
    await rig.pass(10);
    expect(started).toEqual(['first']);
    expect(one(rig).status.phase).toBe('Pending');
    await rig.pass(90);
    expect(started).toEqual(['first', 'second']);
    expect(readyOf(rig.pods())).toHaveLength(1);
  });

  it('goes on with a sidecar that keeps running', async () => {
    const rig = rigWithNode();
    rig.create(pod('p', podSpec({ initContainers: [{ name: 'mesh', image: 'mesh:1', restartPolicy: 'Always' }] })));
    await rig.pass(60);
    expect(readyOf(rig.pods())).toHaveLength(1);
    expect(one(rig).status.initContainerStatuses[0].state.running).toBeDefined();
  });

  it('waits for the configuration that it mounts', async () => {
    const rig = rigWithNode();
    rig.create(pod('p', podSpec({}, { envFrom: [{ secretRef: { name: 'login' } }] })));
    await rig.pass(60);
    expect(one(rig).status.phase).toBe('Pending');
    rig.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'default' } });
    await rig.pass(60);
    expect(readyOf(rig.pods())).toHaveLength(1);
  });

  it('is restarted when it crashes, later each time', async () => {
    const rig = rigWithNode();
    rig.create(pod('p'));
    await rig.pass(60);
    rig.cluster.crashPod('default', 'p');
    expect(readyOf(rig.pods())).toEqual([]);
    await rig.pass(30);
    expect(readyOf(rig.pods())).toHaveLength(1);
    rig.cluster.crashPod('default', 'p');
    await rig.pass(9);
    expect(one(rig).status.containerStatuses[0]).toMatchObject({
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    });
    await rig.pass(30);
    expect(readyOf(rig.pods())).toHaveLength(1);
  });

  it('ends within its grace when it is deleted, or at once', async () => {
    const rig = rigWithNode();
    rig.create(pod('p'), pod('q'));
    await rig.pass(60);
    rig.request('DELETE', '/api/v1/namespaces/default/pods/p');
    rig.request('DELETE', '/api/v1/namespaces/default/pods/q?gracePeriodSeconds=0');
    expect(rig.pods().map((each) => [each.metadata.name, each.metadata.deletionGracePeriodSeconds])).toEqual([
      ['p', 30],
    ]);
    await rig.pass(30);
    expect(rig.pods()).toEqual([]);
  });
});

describe('a program', () => {
  it('is found by the image, whatever the registry and tag', () => {
    expect(['velero/velero:v1.18.2', 'host:5000/a/velero@sha256:00', 'velero'].map(repositoryOf)).toEqual([
      'velero/velero',
      'host:5000/a/velero',
      'velero',
    ]);
  });

  it('gets its command line, and ends its container with a code and a message', async () => {
    const rig = rigWithNode();
    const given: ProgramGiven[] = [];
    rig.cluster.programs.set('velero/velero', (each) => {
      given.push(each);
      return each.cluster.after(5_000, () => each.finish(0, 'snapshot-1'));
    });
    rig.create(
      pod(
        'p',
        podSpec(
          { restartPolicy: 'Never' },
          {
            image: '111122223333.dkr.ecr.us-east-1.amazonaws.com/velero/velero:v1',
            command: ['/velero'],
            args: ['restore', 'x'],
          },
        ),
      ),
    );
    await rig.pass(60);
    expect(given.map((each) => each.commandLine)).toEqual([['/velero', 'restore', 'x']]);
    expect(one(rig).status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0, message: 'snapshot-1' } } }],
    });
  });

  it('is told when it is stopped from outside, and its end counts no more', async () => {
    const rig = rigWithNode();
    let stopped = 0;
    let late = (): void => {};
    rig.cluster.programs.set('server', ({ finish }) => {
      late = () => finish(0);
      return () => {
        stopped++;
      };
    });
    rig.create(pod('p', podSpec({}, { image: 'server:1' })));
    await rig.pass(60);
    rig.request('DELETE', '/api/v1/namespaces/default/pods/p');
    await rig.pass(30);
    late();
    expect([stopped, rig.pods()]).toEqual([1, []]);
  });
});

describe('a lost node', () => {
  it('is noticed after a while; its pods come back elsewhere, and another node comes', async () => {
    const rig = new Rig({ autoMode: false, nodes: 2 });
    rig.create(service('web'), deployment('web', { replicas: 2 }));
    await rig.pass(60);
    const [first] = rig.pods();
    rig.cluster.loseNode('node-0');
    const lost = rig.pods().find((each) => each.spec.nodeName === 'node-0');
    expect(first).toBeDefined();
    expect(rig.cluster.kubelet.serves(lost?.metadata.uid)).toBe(false);
    expect(readyOf(rig.pods())).toHaveLength(2);
    await rig.pass(52);
    expect(rig.get('nodes', 'node-0').status.conditions[0].status).toBe('Unknown');
    expect(rig.get('endpoints', 'web', 'default').subsets[0].addresses).toHaveLength(1);
    await rig.pass(40);
    expect(readyOf(rig.pods()).map((each) => each.spec.nodeName)).not.toContain('node-0');
    expect(readyOf(rig.pods())).toHaveLength(2);
    await rig.pass(300);
    expect(rig.cluster.store.list('nodes')).toHaveLength(2);
  });

  it('takes its whole zone with it when the zone is lost', async () => {
    const rig = new Rig();
    rig.create(deployment('web', { replicas: 2 }, podSpec({}, { resources: { requests: { cpu: '3' } } })));
    await rig.pass(180);
    const zone = rig.cluster.store.list('nodes')[0]?.metadata.labels['topology.kubernetes.io/zone'];
    rig.fullZones.add(zone);
    rig.cluster.loseZone(zone);
    await rig.pass(300);
    const zones = rig.cluster.store.list('nodes').map((each) => each.metadata.labels['topology.kubernetes.io/zone']);
    expect(readyOf(rig.pods())).toHaveLength(2);
    expect(zones).not.toContain(zone);
  });
});

describe('a region that comes back', () => {
  it('goes on with what was under way when it was lost', async () => {
    const rig = new Rig();
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'c', namespace: 'default' },
      spec: {
        schedule: '*/30 * * * *',
        jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...podSpec() } } } },
      },
    };
    rig.create(deployment('web', { replicas: 2 }), cron);
    await rig.pass(5);
    rig.regionUp = false;
    rig.cluster.stop();
    await rig.pass(3600);
    expect(rig.pods().every((each) => each.status.phase === 'Pending')).toBe(true);
    rig.regionUp = true;
    rig.cluster.start();
    await rig.pass(240);
    expect(readyOf(rig.pods('default', 'app=web'))).toHaveLength(2);
    expect(rig.cluster.store.list('jobs.batch')).toHaveLength(1);
  });

  it('has its applications running, and its programs started anew', async () => {
    const rig = rigWithNode();
    let starts = 0;
    let stops = 0;
    rig.cluster.programs.set('server', () => {
      starts++;
      return () => {
        stops++;
      };
    });
    rig.create(pod('app'), pod('server', podSpec({}, { image: 'server:1' })));
    await rig.pass(60);
    rig.regionUp = false;
    rig.cluster.stop();
    await rig.pass(60);
    rig.regionUp = true;
    rig.cluster.start();
    expect(rig.cluster.kubelet.serves(rig.get('pods', 'app', 'default').metadata.uid)).toBe(true);
    await rig.pass(60);
    expect([starts, stops]).toEqual([2, 1]);
    expect(rig.get('pods', 'server', 'default').status.containerStatuses[0].restartCount).toBe(1);
  });
});
