import { describe, expect, it } from '@jest/globals';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { silenceBackups } from '../../../../src/rehearsal/cluster/velero/silence.ts';
import { fileOf, MOVED, snapshotClass } from './moved-rig.ts';
import { putPast, scheduled } from './past-rig.ts';
import { platform } from './rig-platform.ts';
import { shapeOf } from './shape-of.ts';
import { filled, SOURCE, START, VeleroRig, velero } from './velero-rig.ts';

const FILES = ['velero-backup.json', '-itemoperations.json.gz', '-volumeinfo.json.gz'];

const schedule = scheduled('*/15 * * * *', MOVED);

/** A world with some such backups behind it, in both buckets and both clusters. */
function withPast(): VeleroRig {
  const rig = new VeleroRig();
  seed(rig.west, platform(), { bytesOf: () => 80_000 });
  for (const cluster of [rig.west, rig.east]) cluster.install('snapshot-controller');
  seed(rig.west, [snapshotClass()]);
  rig.installBoth('--features=EnableCSI');
  seed(rig.west, [schedule]);
  const moments = [START - 1_800_000, START - 900_000];
  putPast(rig, schedule, moments);
  rig.start();
  return rig;
}

const shapesOf = (rig: VeleroRig, name: string, file: string): string[] => {
  const object = rig.s3.get(SOURCE, `velero/backups/${name}/${file.startsWith('-') ? name : ''}${file}`);
  const shape = shapeOf(fileOf(object?.bytes ?? new Uint8Array(), file));
  return [...shape].filter((line) => !/startTimestamp|schedule-name|labels/.test(line)).sort();
};

describe('backups of the past whose snapshots were moved', () => {
  it('look as those do that are made', async () => {
    const rig = withPast();
    await rig.pass(2400);
    const made = rig.west.store.list('backups.velero.io').at(-1);
    expect(made.status.phase).toBe('Completed');
    for (const file of FILES)
      expect(shapesOf(rig, 'critical-20260301041500', file)).toEqual(shapesOf(rig, made.metadata.name, file));
  });

  it('can be restored', async () => {
    const rig = withPast();
    await rig.pass(70);
    const restore = await rig.restore('critical-20260301041500');
    expect(restore.status).toMatchObject({ phase: 'Completed', restoreItemOperationsCompleted: 4 });
    const moment = Date.parse('2026-03-01T04:15:00Z');
    for (const write of Object.values(filled(rig.east))) {
      expect(write).toBeGreaterThanOrEqual(moment - 1000);
      expect(write).toBeLessThan(moment + 150_000);
    }
  });
});

describe('the fault that silences backups', () => {
  it('has schedules take no snapshots, until it is over', async () => {
    const rig = withPast();
    const end = silenceBackups(rig.west, 'skipped');
    await rig.pass(1200);
    const silent = rig.west.store.list('backups.velero.io').at(-1);
    expect(silent.status).toMatchObject({ phase: 'Completed' });
    expect(silent.status).not.toHaveProperty('backupItemOperationsAttempted');
    end();
    await rig.pass(1200);
    const next = velero(rig.west, 'backups', rig.west.store.list('backups.velero.io').at(-1).metadata.name);
    expect(next.status).toMatchObject({ backupItemOperationsAttempted: 4 });
  });
});
