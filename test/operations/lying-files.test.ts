import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { judgeBucket } from '../../src/operations/judge-bucket.ts';
import { sealBucket } from '../../src/operations/seal-bucket.ts';
import {
  AT,
  CLAIM,
  claim,
  FOLDER,
  items,
  judged,
  NAME,
  NOTHING_CLAIMED,
  whole,
  withFile,
  withMetadata,
  zipped,
} from './changed-backup.ts';
import type { MemoryBucket } from './memory-bucket.ts';
import { tarball } from './tar.ts';

const podVolumeBackup = { metadata: { name: 'one' }, status: { snapshotID: 'abc' } };

describe('files that lie', () => {
  it.each<[string, MemoryBucket, RegExp]>([
    [
      'a list that knows of a volume',
      withFile('-podvolumebackups.json.gz', zipped([podVolumeBackup])),
      /volumeinfo\.json\.gz does not know the volume of one/,
    ],
    [
      'a resource list with a claim',
      withFile('-resource-list.json.gz', zipped({ 'v1/PersistentVolumeClaim': ['monitoring/data'] })),
      /resource-list\.json\.gz names 1 that the tarball does not hold, such as v1\/PersistentVolumeClaim monitoring\/data/,
    ],
    [
      'a tarball with a bound claim',
      items({ [CLAIM]: claim('pv-1') }),
      /volumeinfo\.json\.gz does not know the volume of monitoring\/data/,
    ],
    ['a tarball with fewer objects', withFile('.tar.gz', tarball(NOTHING_CLAIMED)), /tar\.gz holds 0 of 16 objects/],
    [
      'a tarball without an end',
      withFile('.tar.gz', tarball(NOTHING_CLAIMED, false)),
      /tar\.gz cannot be read: it ends early/,
    ],
    [
      'a tarball with an object that is no JSON',
      items({ [CLAIM]: 'banana' }),
      /tar\.gz cannot be read: resources\/.*data\.json: it is no JSON/,
    ],
    [
      'a tarball with an object that is none',
      items({ [CLAIM]: '[]' }),
      /tar\.gz cannot be read: resources\/.*data\.json: /,
    ],
    [
      'a tarball that is none',
      withFile('.tar.gz', gzipSync('banana'.repeat(1000))),
      /tar\.gz cannot be read: it is no tarball/,
    ],
    [
      'volumes that are no list',
      withFile('-volumeinfo.json.gz', zipped({})),
      /volumeinfo\.json\.gz cannot be read: Invalid input: expected array/,
    ],
    [
      'a volume that is a number',
      withFile('-volumeinfo.json.gz', zipped([1])),
      /volumeinfo\.json\.gz cannot be read: 0: /,
    ],
    [
      'a volume of negative size',
      withFile('-volumeinfo.json.gz', zipped([{ pvbInfo: { size: -1 } }])),
      /volumeinfo\.json\.gz cannot be read: 0\.pvbInfo\.size: /,
    ],
    [
      'a list of volumes without end',
      withFile('-volumeinfo.json.gz', zipped('['.repeat(1_000_000))),
      /volumeinfo\.json\.gz cannot be read: it is no JSON/,
    ],
    [
      'volumes nested a million deep',
      withFile('-volumeinfo.json.gz', zipped('['.repeat(1_000_000) + ']'.repeat(1_000_000))),
      /volumeinfo\.json\.gz cannot be read/,
    ],
    [
      'PodVolumeBackups that are words',
      withFile('-podvolumebackups.json.gz', zipped(['x'])),
      /podvolumebackups\.json\.gz cannot be read: 0: /,
    ],
    [
      'resources that are a list',
      withFile('-resource-list.json.gz', zipped(['x'])),
      /resource-list\.json\.gz cannot be read: /,
    ],
    [
      'names that are no names',
      withFile('-resource-list.json.gz', zipped({ 'v1/Pod': [1] })),
      /resource-list\.json\.gz cannot be read: v1\/Pod\.0: /,
    ],
    [
      'the name of another backup',
      withMetadata((it) => {
        it.metadata.name = 'other';
      }),
      /velero-backup\.json names another backup: other/,
    ],
    [
      'no phase',
      withMetadata((it) => {
        it.status.phase = undefined;
      }),
      /velero-backup\.json cannot be read: status\.phase: /,
    ],
    [
      'no status',
      withMetadata((it) => {
        it.status = undefined;
      }),
      /velero-backup\.json cannot be read: status: /,
    ],
    [
      'a start that is no time',
      withMetadata((it) => {
        it.status.startTimestamp = 'yesterday';
      }),
      /velero-backup\.json cannot be read: status\.startTimestamp: /,
    ],
    [
      'an expiration on no day',
      withMetadata((it) => {
        it.status.expiration = '2027-02-30T00:00:00Z';
      }),
      /velero-backup\.json cannot be read: status\.expiration: /,
    ],
    [
      'no times',
      withMetadata((it) => {
        it.status.startTimestamp = undefined;
      }),
      /velero-backup\.json tells no times/,
    ],
    [
      'a count below nothing',
      withMetadata((it) => {
        it.status.progress.itemsBackedUp = -5;
      }),
      /velero-backup\.json cannot be read: status\.progress\.itemsBackedUp: /,
    ],
    [
      'labels that are a list',
      withMetadata((it) => {
        it.metadata.labels = ['x'];
      }),
      /velero-backup\.json cannot be read: metadata\.labels: /,
    ],
    [
      'namespaces that are a word',
      withMetadata((it) => {
        it.spec.includedNamespaces = 'all';
      }),
      /velero-backup\.json cannot be read: spec\.includedNamespaces: /,
    ],
    [
      'metadata that is null',
      withFile('velero-backup.json', Buffer.from('null')),
      /velero-backup\.json cannot be read: /,
    ],
  ])('make a point unproven, by the name of the file: %s', async (_, bucket, reason) => {
    const point = await judged(bucket);
    expect(point.verdict).toBe('unproven');
    expect(point.reason).toMatch(reason);
    const { refused } = await sealBucket(bucket, AT);
    expect(refused).toContainEqual({ backup: NAME, reason: expect.anything() });
  });

  it('make no other point worse', async () => {
    const bucket = withFile('-volumeinfo.json.gz', zipped('banana'));
    const others = (await judgeBucket(bucket, new Map(), AT)).filter(({ point }) => point.name !== NAME);
    expect(others.map(({ point }) => point.verdict)).toEqual(['unproven', 'unproven', 'unproven']);
    expect(others.map(({ point }) => point.reason)).not.toContainEqual(expect.stringContaining('cannot be read'));
  });

  it('cut anywhere, a tarball never passes for whole', async () => {
    const bytes = whole.files.get(`${FOLDER}${NAME}.tar.gz`) ?? Buffer.alloc(0);
    for (let length = 1; length < bytes.length; length += 211)
      expect([length, (await judged(withFile('.tar.gz', bytes.subarray(0, length)))).verdict]).toEqual([
        length,
        'unproven',
      ]);
    const inner = gunzipSync(bytes);
    for (let length = 0; length < inner.length - 1024; length += 4999)
      expect((await judged(withFile('.tar.gz', gzipSync(inner.subarray(0, length))))).verdict).toBe('unproven');
  });
});
