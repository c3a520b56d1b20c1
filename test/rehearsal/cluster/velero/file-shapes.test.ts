import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../src/rehearsal/cluster/host.ts';
import { seed } from '../../../../src/rehearsal/cluster/load.ts';
import { buildPastBackups } from '../../../../src/rehearsal/cluster/velero/past-backups.ts';
import { platform } from './rig-platform.ts';
import { shapeOf } from './shape-of.ts';
import { SOURCE, START, VeleroRig } from './velero-rig.ts';

const REAL = 'critical-15m-20261120223000';
const FILES = ['velero-backup.json', '-podvolumebackups.json.gz', '-volumeinfo.json.gz'];

const schedule: KubeObject = {
  apiVersion: 'velero.io/v1',
  kind: 'Schedule',
  metadata: { namespace: 'velero', name: 'critical' },
  spec: {
    schedule: '*/15 * * * *',
    template: { includedNamespaces: ['shop', 'queue'], ttl: '24h0m0s', defaultVolumesToFsBackup: true },
  },
};

const read = (bytes: Uint8Array, file: string): unknown =>
  JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : Buffer.from(bytes)).toString());

const named = (name: string, file: string): string => `${name}/${file.startsWith('-') ? name : ''}${file}`;

const shapeOfReal = (file: string): string[] =>
  [...shapeOf(read(readFileSync(`test/fixtures/velero-1.18.2/bucket/backups/${named(REAL, file)}`), file))].sort();

describe('the files of a backup have the fields and types that Velero 1.18.2 wrote', () => {
  let rig: VeleroRig;
  let name: string;
  beforeAll(async () => {
    rig = new VeleroRig();
    seed(rig.west, platform(), { bytesOf: () => 80_000 });
    rig.installBoth();
    seed(rig.west, [schedule]);
    const put = (key: string, { body }: { body: string | Uint8Array | (() => Uint8Array) }) =>
      rig.s3.put(SOURCE, `past/${key}`, body);
    const moments = [START - 1_800_000, START - 900_000];
    const random = rig.kernel.random.fork('past');
    buildPastBackups({ cluster: rig.west, random, put, location: 'default', runs: [{ schedule, moments }] });
    rig.start();
    await rig.pass(2000);
    name = rig.keys('velero/backups/').at(-1)?.split('/')[2] ?? '';
  });

  it.each(FILES)('%s', (file) => {
    const object = rig.s3.get(SOURCE, `velero/backups/${named(name, file)}`);
    expect([...shapeOf(read(object?.bytes ?? new Uint8Array(), file))].sort()).toEqual(shapeOfReal(file));
  });

  it.each(FILES)('%s of a past one', (file) => {
    const object = rig.s3.get(SOURCE, `past/backups/${named('critical-20260301041500', file)}`);
    expect([...shapeOf(read(object?.bytes ?? new Uint8Array(), file))].sort()).toEqual(shapeOfReal(file));
  });
});
