import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pointVolumes, resourceList, volumeInfos } from '../../src/domain/backup-files.ts';
import { type ExpectedKind, expectedObjects, prove, type RestoredVolume } from '../../src/domain/completeness.ts';
import { always } from './always.ts';
import { CRITICAL, zipped } from './real-backup.ts';

const list = resourceList.parse(zipped(CRITICAL, 'resource-list'));
const volumes = pointVolumes(volumeInfos.parse(zipped(CRITICAL, 'volumeinfo')), undefined);
const BOTH = ['knative-lambda', 'rabbitmq-system'];

const kindsOf = (expected: ExpectedKind[]) => expected.map(({ kind }) => kind).toSorted();
const liveOf = (expected: ExpectedKind[]) =>
  new Map(expected.map(({ apiVersion, kind, names }) => [`${apiVersion}/${kind}`, new Set(names)]));

describe('the objects that must be live', () => {
  it("are those of a real backup's own list, without what controllers make anew or what is translated", () => {
    expect(kindsOf(expectedObjects(list, BOTH, false))).toEqual([
      'ConfigMap',
      'CronJob',
      'Deployment',
      'HorizontalPodAutoscaler',
      'PersistentVolumeClaim',
      'PodDisruptionBudget',
      'RabbitmqCluster',
      'Role',
      'RoleBinding',
      'Secret',
      'Service',
      'Service',
      'ServiceAccount',
      'StatefulSet',
    ]);
  });

  it("are the tier's own alone", () => {
    const names = expectedObjects(list, ['rabbitmq-system'], false).flatMap((one) => one.names);
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.startsWith('rabbitmq-system/'))).toBe(true);
  });

  it('hold what belongs to the cluster where it was restored too', () => {
    const crds = (clusterScoped: boolean) =>
      expectedObjects(list, BOTH, clusterScoped).find(({ kind }) => kind === 'CustomResourceDefinition')?.names;
    expect(crds(true)).toEqual(['rabbitmqclusters.rabbitmq.com', 'services.serving.knative.dev']);
    expect(crds(false)).toBeUndefined();
  });

  it('leave out what every cluster has of its own', () => {
    const roles = { 'rbac.authorization.k8s.io/v1/ClusterRole': ['system:node', 'eks:addon', 'kube-proxy', 'builder'] };
    expect(expectedObjects(roles, BOTH, true).map(({ names }) => names)).toEqual([['builder']]);
  });

  it('know the group of a kind, so that two kinds of one name are told apart', () => {
    const services = expectedObjects(list, BOTH, false).filter(({ kind }) => kind === 'Service');
    expect(services.map(({ apiVersion }) => apiVersion).toSorted()).toEqual(['serving.knative.dev/v1', 'v1']);
  });

  it('are none of a kind of which the list says nothing', () => {
    expect(expectedObjects({ 'v1/Secret': null }, BOTH, true)).toEqual([]);
  });
});

describe('the proof', () => {
  const expected = expectedObjects(list, BOTH, true);
  const filled = (change: Partial<RestoredVolume> = {}): RestoredVolume[] =>
    volumes.map(({ namespace, name, bytes }) => ({
      namespace,
      pod: 'a-pod',
      volume: 'data',
      pvc: name,
      phase: 'Completed',
      bytesDone: bytes,
      ...change,
    }));
  const proofOf = (restored: RestoredVolume[], live = liveOf(expected)) => prove({ expected, live, volumes, restored });

  it('is complete when every object is live and every volume has its bytes', () => {
    const proof = proofOf(filled());
    expect(proof).toMatchObject({ complete: true, volumes: 4, missingObjects: [], emptyVolumes: [] });
    expect(proof.objects).toBe(expected.flatMap(({ names }) => names).length);
  });

  it('sees every volume empty though Velero says Completed and every pod runs', () => {
    const proof = proofOf([]);
    expect(proof.complete).toBe(false);
    expect(proof.emptyVolumes).toHaveLength(4);
    expect(proof.emptyVolumes[0]).toBe('rabbitmq-system/data-rabbitmq-0: nothing was restored into it');
  });

  it.each<[string, Partial<RestoredVolume>, 'emptyVolumes' | 'fillingVolumes' | 'neither']>([
    ['has fewer bytes than were backed up', { bytesDone: 1 }, 'emptyVolumes'],
    ['failed to be filled', { phase: 'Failed' }, 'emptyVolumes'],
    ['was not filled to its end', { phase: 'Canceled' }, 'emptyVolumes'],
    ['is being filled', { phase: 'InProgress', bytesDone: 1 }, 'fillingVolumes'],
    ['waits to be filled', { phase: 'New', bytesDone: 0 }, 'fillingVolumes'],
    ['has more bytes than were backed up', { bytesDone: 1_000_000 }, 'neither'],
    ['was filled in another namespace', { namespace: 'wiki' }, 'emptyVolumes'],
  ])('tells of a volume that %s', (_, change, where) => {
    const proof = proofOf(filled(change));
    expect(proof.complete).toBe(where === 'neither');
    expect(proof.emptyVolumes).toHaveLength(where === 'emptyVolumes' ? 4 : 0);
    expect(proof.fillingVolumes).toHaveLength(where === 'fillingVolumes' ? 4 : 0);
  });

  it('takes a second try that filled a volume after a first that failed', () => {
    expect(proofOf([...filled({ phase: 'Failed', bytesDone: 0 }), ...filled()]).complete).toBe(true);
  });

  it('names every object that is not live, and is complete only without any', () => {
    const names = expected.flatMap(({ apiVersion, kind, names: all }) =>
      all.map((name) => ({ apiVersion, kind, name })),
    );
    always(
      fc.property(fc.subarray(names), (gone) => {
        const live = liveOf(expected);
        for (const { apiVersion, kind, name } of gone) live.get(`${apiVersion}/${kind}`)?.delete(name);
        const proof = proofOf(filled(), live);
        expect(proof.complete).toBe(gone.length === 0);
        expect(proof.missingObjects.toSorted()).toEqual(gone.map(({ kind, name }) => `${kind} ${name}`).toSorted());
      }),
    );
  });

  it('is never complete with a volume of the point unfilled, whichever and however many', () => {
    always(
      fc.property(fc.subarray(filled()), (restored) => {
        const proof = proofOf(restored);
        expect(proof.complete).toBe(restored.length === volumes.length);
        expect(proof.emptyVolumes).toHaveLength(volumes.length - restored.length);
      }),
    );
  });

  it("looks for a pod's own volume by its pod, and asks nothing of one that was empty", () => {
    const own = { namespace: 'orders', portable: true, optedOut: false, reason: 'PodVolumeBackup' };
    const scratch = { ...own, name: 'orders-0/scratch', bytes: 10 };
    const empty = { ...own, name: 'orders-1/scratch', bytes: 0 };
    const filled = {
      namespace: 'orders',
      pod: 'orders-0',
      volume: 'scratch',
      pvc: '',
      phase: 'Completed',
      bytesDone: 10,
    };
    const facts = { expected: [], live: new Map(), volumes: [scratch, empty] };
    expect(prove({ ...facts, restored: [filled] }).complete).toBe(true);
    expect(prove({ ...facts, restored: [{ ...filled, pod: 'orders-1' }] }).emptyVolumes).toEqual([
      'orders/orders-0/scratch: nothing was restored into it',
    ]);
  });

  it('asks nothing of volumes that the point does not hold: those were named when it was chosen', () => {
    const stuck = volumes.map((volume) => ({ ...volume, portable: false }));
    expect(prove({ expected, live: liveOf(expected), volumes: stuck, restored: [] })).toMatchObject({
      complete: true,
      volumes: 0,
    });
  });
});
