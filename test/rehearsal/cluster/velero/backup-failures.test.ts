import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { platform } from './rig-platform.ts';
import { installFlags, location, SOURCE, VeleroRig, velero } from './velero-rig.ts';

const read = (rig: VeleroRig, end: string, name = 'b1'): KubeObject => {
  const object = rig.s3.get(SOURCE, `velero/backups/${name}/${end}`);
  if (object === undefined) throw new Error(`no ${end}`);
  return JSON.parse((end.endsWith('.gz') ? gunzipSync(object.bytes) : Buffer.from(object.bytes)).toString());
};

/** A rig whose west runs these objects besides the platform. */
async function rigWith(...more: KubeObject[]): Promise<VeleroRig> {
  const rig = new VeleroRig();
  seed(rig.west, [...platform(), ...more], { bytesOf: () => 80_000 });
  rig.installBoth();
  rig.start();
  await rig.pass(70);
  return rig;
}

describe('a backup that cannot be made', () => {
  const failed = async (rig: VeleroRig, spec: KubeObject = {}) => (await rig.backUp('b1', spec)).status;

  it('is refused by a read-only location', async () => {
    const rig = await rigWith();
    seed(rig.west, [location('readonly', SOURCE, 'us-west-2', { accessMode: 'ReadOnly' })]);
    await rig.pass(60);
    expect(await failed(rig, { storageLocation: 'readonly' })).toMatchObject({
      phase: 'FailedValidation',
      validationErrors: [
        "backup can't be created because backup storage location readonly is currently in read-only mode",
      ],
    });
  });

  it('is refused by a location that is not available', async () => {
    const rig = await rigWith();
    rig.s3.put(SOURCE, 'velero/lifeboat/seals/x.json', '{}');
    await rig.pass(120);
    expect(velero(rig.west, 'backupstoragelocations', 'default').status).toMatchObject({
      phase: 'Unavailable',
      message: expect.stringContaining('Backup store contains invalid top-level directories: [lifeboat]'),
    });
    expect(await failed(rig)).toMatchObject({ phase: 'FailedValidation' });
  });

  it('fails, and leaves nothing, when its files may not be written', async () => {
    const rig = await rigWith();
    rig.denied.push({ action: 's3:PutObject', resource: /velero\/backups\// });
    expect(await failed(rig)).toMatchObject({
      phase: 'Failed',
      failureReason: expect.stringContaining('AccessDenied'),
    });
    expect(rig.keys('velero/backups/')).toEqual([]);
  });

  it('is PartiallyFailed when kopia may not write', async () => {
    const rig = await rigWith();
    rig.denied.push({ action: 's3:PutObject', resource: /velero\/kopia\// });
    expect(await failed(rig)).toMatchObject({ phase: 'PartiallyFailed' });
    expect(read(rig, 'b1-volumeinfo.json.gz').every(({ skipped }: KubeObject) => skipped)).toBe(true);
  });

  it('has no location that works without a role for its service account', async () => {
    const rig = new VeleroRig();
    rig.withoutRole.add('west/velero/velero');
    seed(rig.west, platform());
    rig.installBoth();
    rig.start();
    await rig.pass(120);
    expect(velero(rig.west, 'backupstoragelocations', 'default').status.phase).toBe('Unavailable');
  });

  it('has no location that works without the plugin', async () => {
    const rig = new VeleroRig();
    const { veleroManifests } = await import('../../../../src/rehearsal/cluster/velero/manifests.ts');
    const flags = installFlags().filter((flag) => !flag.startsWith('--plugins'));
    seed(rig.west, [...veleroManifests(flags), location('default', SOURCE, 'us-west-2')]);
    rig.start();
    await rig.pass(120);
    expect(velero(rig.west, 'backupstoragelocations', 'default').status).toMatchObject({
      phase: 'Unavailable',
      message: expect.stringContaining('unable to locate ObjectStore plugin named velero.io/aws'),
    });
  });

  it('has no location that works with the wrong region or an unknown key in its configuration', async () => {
    const rig = new VeleroRig();
    rig.installBoth();
    seed(rig.west, [
      location('elsewhere', SOURCE, 'us-east-1'),
      location('misspelt', SOURCE, 'us-west-2', { config: { region: 'us-west-2', prefix2: 'x' } }),
    ]);
    rig.start();
    await rig.pass(60);
    const message = (name: string): string => velero(rig.west, 'backupstoragelocations', name).status.message;
    expect(message('elsewhere')).toContain('301');
    expect(message('misspelt')).toContain('config has invalid keys [prefix2]');
  });
});
