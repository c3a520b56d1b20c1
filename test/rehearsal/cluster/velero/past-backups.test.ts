import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { putPast, scheduled } from './past-rig.ts';
import { platform } from './rig-platform.ts';
import { filled, REPLICA, SOURCE, START, VeleroRig, velero } from './velero-rig.ts';

const MINUTE = 60_000;

const schedule = scheduled('*/5 * * * *', { defaultVolumesToFsBackup: true });

/** A world with so many backups behind it, five minutes apart, in both buckets and both clusters. */
function withPast(many: number): VeleroRig {
  const rig = new VeleroRig();
  seed(rig.west, platform(), { bytesOf: () => 80_000 });
  rig.installBoth();
  seed(rig.west, [schedule]);
  const moments = Array.from({ length: many }, (_, index) => START - (many - index) * 5 * MINUTE + 3000);
  putPast(rig, schedule, moments);
  rig.start();
  return rig;
}

describe('backups of the past', () => {
  it('look as if they had been made', () => {
    const rig = withPast(24);
    const [oldest] = rig.keys('velero/backups/');
    expect(oldest).toBe('velero/backups/critical-20260301023003/critical-20260301023003-itemoperations.json.gz');
    expect(rig.keys('velero/backups/')).toHaveLength(24 * 9);
    const last = rig.s3.get(REPLICA, 'velero/backups/critical-20260301042503/velero-backup.json');
    expect(JSON.parse(Buffer.from(last?.bytes ?? '').toString())).toMatchObject({
      metadata: { labels: { 'velero.io/schedule-name': 'critical' } },
      status: {
        phase: 'Completed',
        startTimestamp: '2026-03-01T04:25:03Z',
        completionTimestamp: '2026-03-01T04:25:24Z',
      },
    });
    const info = rig.s3.get(
      SOURCE,
      'velero/backups/critical-20260301042503/critical-20260301042503-volumeinfo.json.gz',
    );
    expect(JSON.parse(gunzipSync(info?.bytes ?? '').toString())).toHaveLength(4);
    expect(last?.lastModified).toBe(Date.parse('2026-03-01T04:25:24Z'));
  });

  it('hold what had been written by their moments', async () => {
    const rig = withPast(24);
    await rig.pass(70);
    for (const [name, hour] of [
      ['critical-20260301042503', 4],
      ['critical-20260301023003', 2],
    ] as const) {
      const restore = await rig.restore(name, {}, `r${hour}`);
      expect(restore.status.phase).toBe('Completed');
      await rig.pass(30);
      const moment = Date.parse(velero(rig.east, 'backups', name).status.startTimestamp);
      for (const write of Object.values(filled(rig.east))) {
        expect(write).toBeGreaterThanOrEqual(moment - 1000);
        expect(write).toBeLessThan(moment + 60_000);
      }
      for (const namespace of ['shop', 'queue']) rig.east.store.remove({ resource: 'namespaces', name: namespace });
      await rig.pass(120);
    }
  });

  it('are continued by the schedule at its next time, in the same repository', async () => {
    const rig = withPast(24);
    const kopia = rig.keys('velero/kopia/shop/kopia.repository').length;
    await rig.pass(120);
    expect(rig.west.store.list('backups.velero.io')).toHaveLength(25);
    const newest = rig.west.store.list('backups.velero.io').at(-1);
    await rig.until(() => velero(rig.west, 'backups', newest.metadata.name).status.phase === 'Completed');
    expect(rig.keys('velero/kopia/shop/kopia.repository')).toHaveLength(kopia);
    const object = rig.s3.get(
      SOURCE,
      `velero/backups/${newest.metadata.name}/${newest.metadata.name}-volumeinfo.json.gz`,
    );
    const [info] = JSON.parse(gunzipSync(object?.bytes ?? '').toString());
    expect(info.pvbInfo.incrementalSize).toBeLessThan(info.pvbInfo.size / 4);
  });
});
