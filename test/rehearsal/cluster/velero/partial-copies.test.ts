import { describe, expect, it } from '@jest/globals';
import { filled, stuckPods, VeleroRig, velero } from './velero-rig.ts';

const VOLUMES = ['queue/data-rabbit-0', 'queue/data-rabbit-1', 'queue/data-rabbit-2', 'shop/data-cache-0'];

/** A restore in the other cluster from a copy that lacks some objects. */
async function restoredWithout(leaveOut: (key: string, rig: VeleroRig) => boolean) {
  const rig = await VeleroRig.backedUp();
  rig.copy((key) => leaveOut(key, rig));
  const synced = await rig.synced('b1');
  const started = rig.kernel.now;
  const restore = await rig.restore('b1');
  const seconds = (rig.kernel.now - started) / 1000;
  await rig.pass(120);
  const volumes = filled(rig.east);
  const whole = VOLUMES.filter((claim) => (volumes[claim] ?? null) !== null);
  return { rig, synced, restore, seconds, whole, stuck: stuckPods(rig.east), volumes };
}

/** The first key that matches, so that exactly one object is left out. */
const oneOf = (pattern: RegExp) => {
  let chosen: string | undefined;
  return (key: string): boolean => {
    if (chosen === undefined && pattern.test(key)) chosen = key;
    return key === chosen;
  };
};

// What Velero 1.18.2 did when single objects were missing from the copy that it restored from.
describe('a restore from a copy of the bucket', () => {
  it('brings everything back when nothing is missing', async () => {
    const { synced, restore, whole, stuck } = await restoredWithout(() => false);
    expect(synced.status.phase).toBe('Completed');
    expect(restore.status.phase).toBe('Completed');
    expect(stuck).toEqual([]);
    expect(whole).toEqual(VOLUMES);
  });

  it('is Completed with every pod running and every volume empty when the list of volume backups came too late', async () => {
    const { rig, synced, restore, seconds, stuck, whole } = await restoredWithout((key) =>
      key.endsWith('-podvolumebackups.json.gz'),
    );
    expect(synced.status.phase).toBe('Completed');
    expect(rig.east.store.list('podvolumebackups.velero.io')).toEqual([]);
    expect(restore.status).toMatchObject({ phase: 'Completed' });
    expect(seconds).toBeLessThan(20);
    expect(stuck).toEqual([]);
    expect(whole).toEqual([]);
  });

  it('learns nothing from a list of volume backups that comes later, until the Backup object is deleted', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy((key) => key.endsWith('-podvolumebackups.json.gz'));
    await rig.synced('b1');
    rig.copy((key) => !key.endsWith('-podvolumebackups.json.gz'));
    await rig.pass(200);
    expect(rig.east.store.list('podvolumebackups.velero.io')).toEqual([]);
    rig.east.store.remove({ resource: 'backups.velero.io', namespace: 'velero', name: 'b1' });
    await rig.pass(1);
    expect(velero(rig.east, 'backups', 'b1')).toBeUndefined();
    await rig.synced('b1');
    expect(rig.east.store.list('podvolumebackups.velero.io')).toHaveLength(4);
    await rig.restore('b1');
    await rig.pass(60);
    expect(Object.values(filled(rig.east)).every((write) => write !== null)).toBe(true);
  });

  it('fails without the tarball', async () => {
    const { synced, restore, rig } = await restoredWithout((key) => key.endsWith('.tar.gz'));
    expect(synced.status.phase).toBe('Completed');
    expect(restore.status.phase).toBe('Failed');
    expect(restore.status.failureReason).toMatch(/^error downloading backup: .*404/);
    expect(rig.east.store.list('pods', { namespace: 'shop' })).toEqual([]);
  });

  it('leaves one volume in pieces and its pod waiting without one data pack', async () => {
    const { restore, stuck, whole } = await restoredWithout(oneOf(/kopia\/queue\/p/));
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    expect(stuck).toHaveLength(1);
    expect(whole).toHaveLength(3);
  });

  it('empties every volume of a namespace without one of its packs of metadata', async () => {
    const { rig, restore, stuck, whole } = await restoredWithout(oneOf(/kopia\/queue\/q/));
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 3 });
    expect(stuck).toEqual(['rabbit-0', 'rabbit-1', 'rabbit-2']);
    expect(whole).toEqual(['shop/data-cache-0']);
    const messages = rig.east.store.list('podvolumerestores.velero.io').map(({ status }) => status.message ?? '');
    expect(messages.filter((message) => message.includes('unable to load manifest contents'))).toHaveLength(3);
  });

  it('finds no snapshot without the indexes of a namespace', async () => {
    const { rig, restore, stuck, whole } = await restoredWithout((key) => /kopia\/queue\/xn/.test(key));
    expect(restore.status.phase).toBe('PartiallyFailed');
    expect(stuck).toEqual(['rabbit-0', 'rabbit-1', 'rabbit-2']);
    expect(whole).toEqual(['shop/data-cache-0']);
    const messages = rig.east.store.list('podvolumerestores.velero.io').map(({ status }) => status.message ?? '');
    expect(messages.filter((message) => message.includes('snapshot not found'))).toHaveLength(3);
  });

  it('does not miss the index of another snapshot', async () => {
    const rig = await VeleroRig.backedUp();
    const before = new Set(rig.keys('velero/kopia/queue/xn'));
    await rig.pass(60);
    await rig.backUp('b2');
    const ofOther = rig.keys('velero/kopia/queue/xn').find((key) => !before.has(key));
    rig.copy((key) => key === ofOther);
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    expect(restore.status.phase).toBe('Completed');
  });

  it('makes no PodVolumeRestores without kopia.repository, and the pods wait for ever', async () => {
    const { rig, restore, stuck, whole } = await restoredWithout((key) => key.endsWith('kopia/queue/kopia.repository'));
    expect(restore.status.phase).toBe('PartiallyFailed');
    const restored = rig.east.store.list('podvolumerestores.velero.io').map(({ spec }) => spec.pod.namespace);
    expect(restored).toEqual(['shop']);
    expect(stuck).toEqual(['rabbit-0', 'rabbit-1', 'rabbit-2']);
    expect(whole).toEqual(['shop/data-cache-0']);
    expect(velero(rig.east, 'backuprepositories', 'queue-replica-kopia').status).toMatchObject({
      phase: 'NotReady',
      message: 'cannot create new backup repo for read-only backup storage location velero/replica',
    });
  });

  it.each([
    ['udmrepo.Repository', /udmrepo\.Repository$/],
    ['the volume info', /-volumeinfo\.json\.gz$/],
    [
      'logs, results, resource list, item operations and volume snapshots',
      /-(logs|results|resource-list\.json|itemoperations\.json|volumesnapshots\.json)\.gz$/,
    ],
  ])('is whole without %s', async (_what, pattern) => {
    const { restore, stuck, whole } = await restoredWithout((key) => pattern.test(key));
    expect(restore.status.phase).toBe('Completed');
    expect(stuck).toEqual([]);
    expect(whole).toEqual(VOLUMES);
  });

  it('is tried again while velero-backup.json is missing, and passed over while it is not final', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy((key) => key.endsWith('velero-backup.json'));
    await rig.pass(200);
    expect(rig.east.store.list('backups.velero.io')).toEqual([]);
    const [first] = rig.s3.find('backups-west')?.versionsOf('velero/backups/b1/velero-backup.json').slice(-1) ?? [];
    rig.s3.put('backups-east', 'velero/backups/b1/velero-backup.json', first?.bytes ?? '');
    await rig.pass(200);
    expect(rig.east.store.list('backups.velero.io')).toEqual([]);
    rig.copy();
    expect((await rig.synced('b1')).status.phase).toBe('Completed');
  });

  it('tells when a blob was changed on the way', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy();
    const pack = rig.keys('velero/kopia/shop/p', 'backups-east')[0] ?? '';
    rig.s3.put('backups-east', pack, 'something else');
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  });

  it('mixes two repositories where the location is not read-only and the first one has not arrived', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy((key) => key.includes('/kopia/'));
    rig.east.store.patch(
      { resource: 'backupstoragelocations.velero.io', namespace: 'velero', name: 'replica' },
      (bsl) => ({
        ...bsl,
        spec: { ...bsl.spec, accessMode: 'ReadWrite' },
      }),
    );
    await rig.synced('b1');
    const first = await rig.restore('b1', {}, 'early');
    expect(first.status.phase).toBe('PartiallyFailed');
    expect(rig.keys('velero/kopia/queue/kopia.repository', 'backups-east')).toHaveLength(1);
    rig.copy((key) => /kopia\.repository|blobcfg|udmrepo/.test(key));
    for (const namespace of ['shop', 'queue']) rig.east.store.remove({ resource: 'namespaces', name: namespace });
    await rig.pass(120);
    const second = await rig.restore('b1', {}, 'late');
    expect(second.status.phase).toBe('PartiallyFailed');
    const messages = rig.east.store.list('podvolumerestores.velero.io').map(({ status }) => status?.message ?? '');
    expect(messages.some((message) => message.includes('cipher: message authentication failed'))).toBe(true);
  });
});

describe('a location whose writes are denied', () => {
  const denied = (path: string) =>
    ['s3:PutObject', 's3:DeleteObject'].map((action) => ({
      action,
      resource: new RegExp(`backups-east/velero/${path}`),
    }));

  it('restores all the same, when restores/ may be written', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy();
    rig.denied.push(...denied('backups/'), ...denied('kopia/'));
    const refused: string[] = [];
    rig.world.observe((record) => record.outcome === 'denied' && refused.push(record.operation));
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    expect(restore.status.phase).toBe('Completed');
    expect(refused).toEqual([]);
  });

  it('counts the log that cannot be written as an error, with all data in place', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy();
    rig.denied.push(...denied('backups/'), ...denied('kopia/'), ...denied('restores/'));
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    await rig.pass(60);
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    expect(Object.values(filled(rig.east)).every((write) => write !== null)).toBe(true);
    expect(stuckPods(rig.east)).toEqual([]);
  });
});
