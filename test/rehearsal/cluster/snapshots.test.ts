import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../src/rehearsal/cluster/host.ts';
import { SNAPSHOT_DEFINITIONS } from '../../../src/rehearsal/cluster/snapshots/definitions.ts';
import { claim, mounting, pod, Rig, storageClass } from './rig.ts';

const DRIVER = 'ebs.csi.aws.com';

const snapshotClass = (more: KubeObject = {}): KubeObject => ({
  apiVersion: 'snapshot.storage.k8s.io/v1',
  kind: 'VolumeSnapshotClass',
  metadata: { name: 'ebs' },
  driver: DRIVER,
  deletionPolicy: 'Delete',
  ...more,
});

const snapshot = (name: string, source: KubeObject = { persistentVolumeClaimName: 'data' }): KubeObject => ({
  apiVersion: 'snapshot.storage.k8s.io/v1',
  kind: 'VolumeSnapshot',
  metadata: { name, namespace: 'default' },
  spec: { source, volumeSnapshotClassName: 'ebs' },
});

const copyOf = (name: string, from: string, storage = '10Gi'): KubeObject => {
  const made = claim(name, 'gp3', storage);
  const dataSource = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: from };
  return { ...made, spec: { ...made.spec, dataSource } };
};

/** A cluster with a pod that writes to a volume, and the add-on unless told otherwise. */
async function withVolume({ addOn = true, ofClass = snapshotClass() } = {}): Promise<Rig> {
  const rig = new Rig({ autoMode: false, nodes: 2 });
  if (addOn) rig.cluster.install('snapshot-controller');
  else rig.create(...SNAPSHOT_DEFINITIONS);
  await rig.pass(60);
  rig.create(storageClass('gp3', DRIVER), ofClass, claim('data', 'gp3'), pod('writer', mounting('data')));
  await rig.pass(60);
  return rig;
}

const snapshots = (rig: Rig, name: string) => rig.get('volumesnapshots.snapshot.storage.k8s.io', name, 'default');
const contents = (rig: Rig): KubeObject[] => rig.cluster.store.list('volumesnapshotcontents.snapshot.storage.k8s.io');

describe('snapshots of volumes', () => {
  it('are ready some time after they were asked for', async () => {
    const rig = await withVolume();
    rig.create(snapshot('one'));
    await rig.pass(16);
    const [content] = contents(rig);
    expect(content).toMatchObject({
      spec: { deletionPolicy: 'Delete', driver: DRIVER, volumeSnapshotRef: { namespace: 'default', name: 'one' } },
      status: { snapshotHandle: expect.stringMatching(/^snap-0[0-9a-f]{16}$/), restoreSize: 10 * 2 ** 30 },
    });
    expect(snapshots(rig, 'one').status).toMatchObject({ boundVolumeSnapshotContentName: content.metadata.name });
    await rig.pass(900);
    expect(snapshots(rig, 'one').status).toMatchObject({ readyToUse: true, restoreSize: String(10 * 2 ** 30) });
  });

  it('hold what the volume held at that moment, and give it to new volumes', async () => {
    const rig = await withVolume();
    const { volumes } = rig.cluster;
    const source: string = rig.get('persistentvolumeclaims', 'data', 'default').spec.volumeName;
    const held = volumes.contentAt(source);
    rig.create(snapshot('one'));
    await rig.pass(1000);
    rig.create(copyOf('copy', 'one'), pod('reader', mounting('copy', { image: 'pause' })));
    await rig.pass(120);
    const copy: string = rig.get('persistentvolumeclaims', 'copy', 'default').spec.volumeName;
    expect(volumes.contentAt(copy)).toEqual(held);
    expect(volumes.contentAt(source)).not.toEqual(held);
  });

  it('are waited for by the claims that are to come from them', async () => {
    const rig = await withVolume();
    rig.create(copyOf('copy', 'one'), pod('reader', mounting('copy', { image: 'pause' })));
    await rig.pass(60);
    expect(rig.get('persistentvolumeclaims', 'copy', 'default').status.phase).toBe('Pending');
    rig.create(snapshot('one'));
    await rig.pass(1000);
    expect(rig.get('persistentvolumeclaims', 'copy', 'default').status.phase).toBe('Bound');
  });

  it('give nothing to a claim that is smaller than they are', async () => {
    const rig = await withVolume();
    rig.create(snapshot('one'));
    await rig.pass(1000);
    rig.create(copyOf('copy', 'one', '1Gi'), pod('reader', mounting('copy', { image: 'pause' })));
    await rig.pass(60);
    expect(rig.get('persistentvolumeclaims', 'copy', 'default').status.phase).toBe('Pending');
  });

  it('are never ready where their kinds are defined and nobody controls them', async () => {
    const rig = await withVolume({ addOn: false });
    rig.create(snapshot('one'));
    await rig.pass(3600);
    expect(snapshots(rig, 'one').status).toBeUndefined();
    expect(contents(rig)).toEqual([]);
  });

  it('are not made by the driver of another kind of cluster', async () => {
    const rig = await withVolume({ ofClass: snapshotClass({ driver: 'ebs.csi.eks.amazonaws.com' }) });
    rig.create(snapshot('one'));
    await rig.pass(1000);
    expect(snapshots(rig, 'one').status).toMatchObject({ readyToUse: false });
    expect(contents(rig).map(({ status }) => status)).toEqual([undefined]);
  });

  it('say what is wrong with them, and are made once it is right', async () => {
    const rig = await withVolume();
    rig.create(snapshot('early', { persistentVolumeClaimName: 'late' }));
    await rig.pass(30);
    expect(snapshots(rig, 'early').status.error.message).toContain('the PVC late is not yet bound to a PV');
    rig.create(claim('late', 'gp3'), pod('other', mounting('late')));
    await rig.pass(1100);
    expect(snapshots(rig, 'early').status).toMatchObject({ readyToUse: true });
    expect(snapshots(rig, 'early').status.error).toBeUndefined();
  });

  it.each([
    ['Delete', 0],
    ['Retain', 1],
  ])('that are deleted with the policy %s leave %i contents behind', async (deletionPolicy, left) => {
    const rig = await withVolume({ ofClass: snapshotClass({ deletionPolicy }) });
    rig.create(snapshot('one'));
    await rig.pass(1000);
    rig.cluster.store.remove(rig.cluster.store.refOf(snapshots(rig, 'one')));
    await rig.pass(30);
    expect(snapshots(rig, 'one')).toBeUndefined();
    expect(contents(rig)).toHaveLength(left);
  });

  it('can be had again by their handle', async () => {
    const rig = await withVolume({ ofClass: snapshotClass({ deletionPolicy: 'Retain' }) });
    rig.create(snapshot('one'));
    await rig.pass(1000);
    const { snapshotHandle } = contents(rig)[0].status;
    rig.create({
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshotContent',
      metadata: { name: 'again' },
      spec: {
        deletionPolicy: 'Retain',
        driver: DRIVER,
        source: { snapshotHandle },
        volumeSnapshotRef: { namespace: 'default', name: 'again' },
      },
    });
    rig.create(snapshot('again', { volumeSnapshotContentName: 'again' }));
    await rig.pass(30);
    expect(snapshots(rig, 'again').status).toMatchObject({ readyToUse: true, boundVolumeSnapshotContentName: 'again' });
  });

  it('are made while one of two controllers is gone', async () => {
    const rig = await withVolume();
    const [first] = rig.cluster.store.list('pods', {
      namespace: 'kube-system',
      labelSelector: 'app.kubernetes.io/name=snapshot-controller',
    });
    rig.cluster.store.remove(rig.cluster.store.refOf(first), { gracePeriodSeconds: 0 });
    rig.create(snapshot('one'));
    await rig.pass(1000);
    expect(snapshots(rig, 'one').status).toMatchObject({ readyToUse: true });
  });
});

describe('a claim with a selector', () => {
  it('is left alone until there is a volume with those labels, which it gets at the next resync', async () => {
    const rig = await withVolume();
    const chosen = claim('chosen', 'gp3');
    const spec = { ...chosen.spec, selector: { matchLabels: { own: 'yes' } } };
    rig.create({ ...chosen, spec }, pod('reader', mounting('chosen', { image: 'pause' })));
    const volume = (name: string, labels: KubeObject = {}): KubeObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, labels },
      spec: {
        capacity: { storage: '10Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'gp3',
        hostPath: { path: '/x' },
      },
    });
    rig.create(volume('another'));
    await rig.pass(120);
    expect(rig.get('persistentvolumeclaims', 'chosen', 'default').status.phase).toBe('Pending');
    rig.create(volume('own', { own: 'yes' }));
    await rig.pass(15);
    expect(rig.get('persistentvolumeclaims', 'chosen', 'default').spec.volumeName).toBe('own');
  });
});
