import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { platform } from './rig-platform.ts';
import { REPLICA, SOURCE, VeleroRig, velero } from './velero-rig.ts';

const schedule = (name: string, cron: string, spec: KubeObject = {}, template: KubeObject = {}): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind: 'Schedule',
  metadata: { namespace: 'velero', name },
  spec: { schedule: cron, template: { includedNamespaces: ['shop'], ttl: '24h0m0s', ...template }, ...spec },
});

async function rigWith(...objects: KubeObject[]): Promise<VeleroRig> {
  const rig = new VeleroRig();
  seed(rig.west, platform(), { bytesOf: () => 80_000 });
  rig.installBoth();
  seed(rig.west, objects);
  rig.start();
  await rig.pass(10);
  return rig;
}

const names = (rig: VeleroRig): string[] =>
  rig.west.store.list('backups.velero.io').map(({ metadata }) => metadata.name);

describe('a schedule', () => {
  it('makes a backup named after the moment, at its first time and up to a minute late', async () => {
    const rig = await rigWith(schedule('often', '*/15 * * * *'));
    expect(velero(rig.west, 'schedules', 'often')).toMatchObject({
      spec: { skipImmediately: false },
      status: { phase: 'Enabled' },
    });
    expect(names(rig)).toEqual([]);
    await rig.pass(35 * 60);
    expect(names(rig)).toHaveLength(2);
    for (const name of names(rig)) expect(name).toMatch(/^often-202603010(445|500)\d\d$/);
    const [backup] = rig.west.store.list('backups.velero.io');
    expect(backup.metadata.labels['velero.io/schedule-name']).toBe('often');
  });

  it('does nothing while it is paused, and catches up once when it is not', async () => {
    const rig = await rigWith(schedule('often', '*/5 * * * *', { paused: true }));
    await rig.pass(30 * 60);
    expect(names(rig)).toEqual([]);
    const pause = (paused: boolean, more: KubeObject = {}) =>
      rig.west.store.patch({ resource: 'schedules.velero.io', namespace: 'velero', name: 'often' }, (object) => ({
        ...object,
        spec: { ...object.spec, paused, ...more },
      }));
    pause(false);
    await rig.pass(1);
    expect(names(rig)).toHaveLength(1);
    pause(true);
    await rig.pass(30 * 60);
    pause(false, { skipImmediately: true });
    await rig.pass(30);
    expect(names(rig)).toHaveLength(1);
    await rig.pass(7 * 60);
    expect(names(rig)).toHaveLength(2);
  });

  it('is refused when it is no cron expression', async () => {
    const rig = await rigWith(schedule('never', '61 * * * *'));
    expect(velero(rig.west, 'schedules', 'never').status).toMatchObject({
      phase: 'FailedValidation',
      validationErrors: [expect.stringContaining('invalid schedule')],
    });
  });

  it('goes on after its region came back, and runs at once what was missed', async () => {
    const rig = await rigWith(schedule('often', '*/5 * * * *'));
    await rig.pass(20 * 60);
    const before = names(rig).length;
    rig.world.network.lose('us-west-2');
    rig.west.stop();
    await rig.pass(60 * 60);
    expect(names(rig)).toHaveLength(before);
    rig.world.network.restore('us-west-2');
    rig.west.start();
    await rig.pass(60);
    expect(names(rig)).toHaveLength(before + 1);
  });
});

describe('expired backups', () => {
  it('are deleted where they were made: their files, their objects, and their snapshots in kopia', async () => {
    const rig = await rigWith(schedule('short', '0 5 * * *', {}, { ttl: '1h0m0s', defaultVolumesToFsBackup: true }));
    await rig.pass(40 * 60);
    const [name] = names(rig);
    expect(rig.keys('velero/backups/')).toHaveLength(9);
    const blobs = rig.keys('velero/kopia/shop/').length;
    await rig.pass(3 * 3600);
    expect(names(rig)).toEqual([]);
    expect(rig.keys(`velero/backups/${name}/`)).toEqual([]);
    expect(rig.keys('velero/kopia/shop/')).toHaveLength(blobs + 2);
    expect(rig.west.store.list('podvolumebackups.velero.io')).toEqual([]);
    expect(rig.west.store.list('deletebackuprequests.velero.io')).toEqual([]);
  });

  it('cannot be restored from a copy whose kopia has forgotten them', async () => {
    const rig = await rigWith();
    await rig.backUp('b1', { ttl: '1h0m0s' });
    const kept = rig.keys('velero/backups/');
    const bodies = kept.map((key) => [key, rig.s3.get(SOURCE, key)] as const);
    await rig.pass(3 * 3600);
    rig.copy();
    for (const [key, object] of bodies)
      if (object) rig.s3.put(REPLICA, key, object.bytes, { size: object.size, payload: object.payload });
    await rig.synced('b1');
    const restore = await rig.restore('b1');
    expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 4 });
  });

  it('stay in a read-only location, with a label that says why', async () => {
    const rig = await VeleroRig.backedUp({ ttl: '1h0m0s' });
    rig.copy();
    await rig.synced('b1');
    await rig.pass(3 * 3600);
    expect(velero(rig.east, 'backups', 'b1').metadata.labels['velero.io/gc-failure']).toBe('BSLReadOnly');
    expect(rig.keys('velero/backups/', REPLICA)).toHaveLength(9);
  });

  it('vanish from other clusters once they are gone from the bucket', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy();
    await rig.synced('b1');
    for (const key of rig.keys('velero/backups/', REPLICA)) {
      const bucket = rig.s3.find(REPLICA);
      const latest = bucket?.latest(key);
      if (bucket && latest) bucket.remove(latest);
    }
    await rig.pass(130);
    expect(velero(rig.east, 'backups', 'b1')).toBeUndefined();
  });
});

describe('a backup in two locations', () => {
  it('is taken from the one that was looked at first', async () => {
    const rig = await VeleroRig.backedUp();
    rig.copy();
    const synced = await rig.synced('b1');
    expect(synced.spec.storageLocation).toBe('replica');
    expect(synced.metadata.labels['velero.io/storage-location']).toBe('replica');
    expect(velero(rig.east, 'backups', 'b1').metadata.uid).not.toBe(velero(rig.west, 'backups', 'b1').metadata.uid);
  });
});
