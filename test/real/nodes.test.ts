import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/gateways/kubernetes/cluster-api.ts';
import { DISK, get, isRunning, once, startTrial, type Trial, until } from './nodes/trial.ts';
import { claim, job, pod, workload } from './parity/objects.ts';
import type { Place } from './parity/place.ts';
import { running } from './running.ts';

/** Nobody goes to S3 here. */
const PROXY = { port: 9, certificateAuthority: '' };
/** Runs for ever in an image of Velero's. */
const WAITING = { command: ['/velero-restore-helper'], args: ['nobody'] };

const mounts = readFileSync('/proc/mounts', 'utf8');
let west: Trial;

beforeAll(async () => {
  west = await startTrial('west', 'us-west-2', PROXY);
});

afterAll(() => west.stop());

const podsOf = ({ place }: Trial, app: string): Promise<KubeObject[]> =>
  place.api.list('v1', 'Pod', { namespace: 'shop', labels: `app=${app}` });

const ofVelero = (name: string, place: Place, container: object, spec: object = {}): KubeObject =>
  pod(name, place, {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'registry:5000/copies/velero:v1.18.3', ...container }],
    ...spec,
  });

describe('pods of other images', () => {
  it('run, and others come in place of those that are deleted', async () => {
    const { api } = west.place;
    await api.create(workload('Deployment', 'web', west.place, { replicas: 3 }));
    await once(west, 'Deployment', 'web', ({ status }) => status?.readyReplicas === 3);
    const before = await podsOf(west, 'web');
    expect(new Set(before.map(({ spec }) => spec.nodeName))).toEqual(new Set(['west-0', 'west-1']));
    const [{ metadata } = {} as KubeObject] = before;
    await api.delete({ apiVersion: 'v1', kind: 'Pod', name: metadata?.name ?? '', namespace: 'shop' });
    const after = await until(async () => {
      const pods = (await podsOf(west, 'web')).filter(isRunning);
      return pods.length === 3 && pods.every((one) => one.metadata?.uid !== metadata?.uid) ? pods : undefined;
    });
    expect(new Set(after.map(({ status }) => status?.podIP)).size).toBe(3);
  });

  it('are on each node when they are a daemon set’s, and where their selector says', async () => {
    const { api } = west.place;
    await api.create(workload('DaemonSet', 'agent', west.place));
    await once(west, 'DaemonSet', 'agent', ({ status }) => status?.numberReady === 2);
    const nodes = (await podsOf(west, 'agent')).map(({ spec }) => spec.nodeName);
    expect(nodes.sort()).toEqual(['west-0', 'west-1']);
    await api.create(pod('chosen', west.place, { nodeSelector: { 'kubernetes.io/hostname': 'west-1' } }));
    await api.create(pod('nowhere', west.place, { nodeSelector: { disk: 'fast' } }));
    expect((await once(west, 'Pod', 'chosen', isRunning)).spec.nodeName).toBe('west-1');
    expect((await get(west, 'Pod', 'nowhere'))?.spec.nodeName).toBeUndefined();
  });

  it('have done their work when they are a job’s', async () => {
    await west.place.api.create(job('once', west.place));
    const done = await once(west, 'Job', 'once', ({ status }) => status?.completionTime !== undefined);
    expect(done.status.succeeded).toBe(1);
  });
});

describe('claims', () => {
  const mounting = (name: string, place: Place): KubeObject =>
    pod(name, place, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] });

  it('get a directory when a pod has come that uses them, and lose it when they are deleted', async () => {
    const { place, nodes } = west;
    await place.api.create(claim('late', place, DISK));
    await pause(1000);
    expect((await get(west, 'PersistentVolumeClaim', 'late'))?.status.phase).toBe('Pending');
    await place.api.create(mounting('late', place));
    await once(west, 'Pod', 'late', isRunning);
    const bound = await get(west, 'PersistentVolumeClaim', 'late');
    const volume = await place.api.get({ apiVersion: 'v1', kind: 'PersistentVolume', name: bound?.spec.volumeName });
    expect(volume?.spec.csi.driver).toBe('ebs.csi.eks.amazonaws.com');
    const directory = nodes.directoryOf(bound?.spec.volumeName);
    expect(existsSync(directory)).toBe(true);
    for (const kind of ['Pod', 'PersistentVolumeClaim'])
      await place.api.delete({ apiVersion: 'v1', kind, name: 'late', namespace: 'shop' });
    await until(async () => !existsSync(directory) || undefined);
  });

  it('get it at once when their class says so', async () => {
    await west.place.api.create(claim('early', west.place, { ...DISK, storageClassName: 'eager' }));
    await once(west, 'PersistentVolumeClaim', 'early', ({ status }) => status?.phase === 'Bound');
  });

  it('that are not there keep a pod waiting', async () => {
    await west.place.api.create(mounting('nothing', west.place));
    await pause(1000);
    expect((await get(west, 'Pod', 'nothing'))?.status.phase).toBe('Pending');
  });
});

describe('pods of Velero’s image', () => {
  const end = async (name: string, container: object): Promise<KubeObject> => {
    await west.place.api.create(ofVelero(name, west.place, container));
    const over = ({ status }: KubeObject) => ['Succeeded', 'Failed'].includes(status?.phase);
    return (await once(west, 'Pod', name, over)).status;
  };

  it('run it, and end as it ends', async () => {
    const well = await end('well', { command: ['/velero', 'version', '--client-only'] });
    expect(well.phase).toBe('Succeeded');
    expect(readFileSync(join(west.nodes.home, 'logs', 'shop_well_main.log'), 'utf8')).toContain('v1.18.3');
    const badly = await end('badly', { command: ['/velero', 'dance'] });
    expect(badly.phase).toBe('Failed');
    expect(badly.containerStatuses[0].state.terminated.exitCode).toBe(1);
  });

  it('are started again as their policy says', async () => {
    const container = { command: ['/velero'], args: ['dance'] };
    await west.place.api.create(ofVelero('again', west.place, container, { restartPolicy: 'Always' }));
    const twice = ({ status }: KubeObject) => status?.containerStatuses?.[0].restartCount === 2;
    const crashing = await once(west, 'Pod', 'again', twice);
    expect(crashing.status.containerStatuses[0].lastState.terminated.exitCode).toBe(1);
  });

  it('wait for what they want to know', async () => {
    const env = [{ name: 'SECRET', valueFrom: { secretKeyRef: { name: 'late', key: 'word' } } }];
    await west.place.api.create(ofVelero('curious', west.place, { ...WAITING, env }));
    await pause(1000);
    expect((await get(west, 'Pod', 'curious'))?.status.phase).toBe('Pending');
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'late', namespace: 'shop' } };
    await west.place.api.create({ ...secret, stringData: { word: 'hello' } } as KubeObject);
    await once(west, 'Pod', 'curious', isRunning);
  });
});

describe('the nodes', () => {
  it('leave nothing behind when whoever started them is killed', async () => {
    const program = `
      import { startNodes } from ${JSON.stringify(join(import.meta.dirname, 'nodes', 'nodes.ts'))};
      console.log((await startNodes(${JSON.stringify({
        controlPlane: west.controlPlane,
        names: ['short-lived'],
        region: 'us-west-2',
        proxy: PROXY,
      })})).home);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TMPDIR: tmpdir() },
    });
    const home = await new Promise<string>((resolve) => child.stdout.once('data', (said) => resolve(`${said}`.trim())));
    const volumes = [{ name: 'data', emptyDir: {} }];
    const container = { ...WAITING, args: ['orphaned'], volumeMounts: [{ name: 'data', mountPath: '/restores/data' }] };
    const spec = { volumes, nodeSelector: { 'kubernetes.io/hostname': 'short-lived' } };
    try {
      await west.place.api.create(ofVelero('orphan', west.place, container, spec));
      await once(west, 'Pod', 'orphan', isRunning);
      await until(async () => running('/velero-restore-helper\0orphaned').length === 1 || undefined);
      expect(readFileSync('/proc/mounts', 'utf8')).toBe(mounts);
    } finally {
      child.kill('SIGKILL');
    }
    const all = [home, 'short-lived', '/velero-restore-helper\0orphaned'];
    await until(async () => (!existsSync(home) && all.flatMap(running).length === 0) || undefined);
  });

  it('leave nothing behind when they are stopped', async () => {
    const { home } = west.nodes;
    await west.nodes.stop();
    await until(async () => (!existsSync(home) && running(home).length === 0) || undefined);
    expect(readFileSync('/proc/mounts', 'utf8')).toBe(mounts);
  });
});
