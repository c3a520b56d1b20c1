import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Seal } from '../../src/domain/seal.ts';
import { judgeBucket } from '../../src/operations/judge-bucket.ts';
import { sealBucket } from '../../src/operations/seal-bucket.ts';
import { type MemoryBucket, realBucket } from './memory-bucket.ts';
import { tarball } from './tar.ts';

const AT = new Date('2026-11-20T22:40:00Z');
/** The point that is restorable without a seal, as it has no volumes. */
const NAME = 'config-hourly-20261120220000';
const FOLDER = `velero/backups/${NAME}/`;
const CLAIM = 'resources/persistentvolumeclaims/namespaces/monitoring/data.json';
const whole = realBucket('velero-1.18.2');

const zipped = (value: unknown): Buffer => gzipSync(typeof value === 'string' ? value : JSON.stringify(value));
const claim = (volumeName: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: { volumeName } });
const podVolumeBackup = { metadata: { name: 'one' }, status: { snapshotID: 'abc' } };

/** The bucket with another content of one of that backup's files. */
const withFile = (file: string, bytes: Buffer | undefined): MemoryBucket =>
  whole.with(FOLDER + (file.startsWith('velero') ? file : `${NAME}${file}`), bytes);

// biome-ignore lint/suspicious/noExplicitAny: the file is changed into all that it should not be.
function withMetadata(change: (backup: any) => void): MemoryBucket {
  const backup = JSON.parse(whole.files.get(`${FOLDER}velero-backup.json`)?.toString() ?? '');
  change(backup);
  return withFile('velero-backup.json', Buffer.from(JSON.stringify(backup)));
}

async function judged(bucket: MemoryBucket, at = AT, seals = new Map<string, Seal>()) {
  const found = (await judgeBucket(bucket, seals, at)).find(({ point }) => point.name === NAME);
  if (found === undefined) throw new Error('it is not judged');
  return found.point;
}

/** Objects of the real tarball, without their copies by version. */
const NOTHING_CLAIMED = { 'metadata/version': '1.1.0' };
const items = (files: Record<string, string>): MemoryBucket => {
  const bucket = withMetadata((backup) => {
    backup.status.progress = { totalItems: 0, itemsBackedUp: 0 };
  }).with(`${FOLDER}${NAME}-resource-list.json.gz`, zipped({}));
  return bucket.with(`${FOLDER}${NAME}.tar.gz`, tarball({ ...NOTHING_CLAIMED, ...files }));
};

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

describe('files as Velero may write them too', () => {
  it.each<[string, MemoryBucket]>([
    ['empty lists as null', withFile('-volumeinfo.json.gz', zipped('null'))],
    ['a kind of which there are none as null', withFile('-resource-list.json.gz', zipped({ 'v1/Pod': null }))],
    ['no list of resources', withFile('-resource-list.json.gz', undefined)],
    ['no logs', withFile('-logs.gz', undefined)],
    [
      'every namespace as null',
      withMetadata((it) => {
        it.spec.includedNamespaces = null;
      }),
    ],
    ['a claim that is bound to nothing', items({ [CLAIM]: claim('') })],
    ['no objects at all', items({})],
    [
      'an object with a very long name',
      items({
        [`resources/configmaps/namespaces/monitoring/${'x'.repeat(200)}.json`]:
          '{"apiVersion":"v1","kind":"ConfigMap"}',
      }),
    ],
    [
      'a volume that was left out on request',
      withFile(
        '-volumeinfo.json.gz',
        zipped([
          {
            pvcNamespace: 'monitoring',
            pvcName: 'data',
            skipped: true,
            skippedReason: 'opted out due to annotation in pod grafana',
          },
        ]),
      ),
    ],
  ])('leave the point restorable: %s', async (_, bucket) => {
    expect(await judged(bucket)).toMatchObject({ verdict: 'restorable' });
  });

  it('tell a volume that nobody asked to skip, and one whose snapshot stays in its region', async () => {
    const skipped = { pvcNamespace: 'monitoring', pvcName: 'data', skipped: true, skippedReason: 'not mounted' };
    const native = { pvcNamespace: 'monitoring', pvcName: 'data', backupMethod: 'NativeSnapshot', result: 'succeeded' };
    for (const volume of [skipped, native]) {
      const point = await judged(withFile('-volumeinfo.json.gz', zipped([volume])));
      expect(point).toMatchObject({ verdict: 'not-portable', volumes: [{ name: 'data', portable: false }] });
    }
  });

  it.each([
    ['Finalizing', 'arriving'],
    ['WaitingForPluginOperationsPartiallyFailed', 'arriving'],
    ['PartiallyFailed', 'failed'],
    ['Failed', 'failed'],
  ])('tell that Velero says %s: %s', async (phase, verdict) => {
    const bucket = withMetadata((it) => {
      it.status.phase = phase;
    });
    expect((await judged(bucket)).verdict).toBe(verdict);
  });

  it('count by the time at which they are judged', async () => {
    expect((await judged(whole, new Date('2026-11-20T22:00:00Z'))).reason).toContain('still to come');
    expect((await judged(whole, new Date('2026-11-27T22:00:00Z'))).verdict).toBe('expired');
    const without = withFile('.tar.gz', undefined);
    expect((await judged(without)).verdict).toBe('arriving');
    expect(await judged(without, new Date('2026-11-21T03:00:00Z'))).toMatchObject({
      verdict: 'incomplete',
      missing: [`${FOLDER}${NAME}.tar.gz`],
    });
  });
});

describe('an unsigned seal that lies', () => {
  let seals: Map<string, Seal>;
  beforeAll(async () => {
    seals = new Map((await sealBucket(whole, AT)).seals.map(({ seal }) => [seal.backup, seal]));
  });
  const CRITICAL = 'critical-15m-20261120221500';
  const verdictBy = async (name: string, change: Partial<Seal>, bucket = whole) => {
    const seal = seals.get(name);
    if (seal === undefined) throw new Error('it was not sealed');
    const changed = new Map(seals).set(name, { ...seal, ...change });
    return (await judgeBucket(bucket, changed, AT)).find(({ point }) => point.name === name)?.point;
  };

  it.each<[string, string, Partial<Seal>, RegExp]>([
    ['of its phase', NAME, { phase: 'Failed' }, /Velero says Failed/],
    ['of its expiration', NAME, { expiration: '2030-01-01T00:00:00Z' }, /another expiration than velero-backup\.json/],
    ['of its moment', NAME, { moment: '2026-11-20T22:39:00Z' }, /another moment than velero-backup\.json/],
    ['by naming nothing', NAME, { objects: [] }, /its seal does not name velero-backup\.json/],
    ['by naming no repository', CRITICAL, { repositories: [] }, /its seal names no repository of /],
  ])('proves nothing: %s', async (_, name, change, reason) => {
    const point = await verdictBy(name, change);
    expect(point?.verdict).not.toBe('restorable');
    expect(point?.reason).toMatch(reason);
  });

  it('proves nothing where seals go on from each other in a circle, or from one that is not there', async () => {
    for (const since of [CRITICAL, 'critical-15m-20261120223000', 'no-such']) {
      const repositories = (seals.get(CRITICAL)?.repositories ?? []).map((one) => ({ ...one, since }));
      const point = await verdictBy(CRITICAL, { repositories });
      expect(point).toMatchObject({ verdict: 'unproven', reason: expect.stringContaining('an earlier seal') });
    }
  });

  it('is overruled by metadata that says another thing, even where its checksum is right', async () => {
    const bucket = withMetadata((it) => {
      it.status.phase = 'PartiallyFailed';
    });
    const [file] = bucket.listing(`${FOLDER}velero-backup.json`).objects;
    const objects = (seals.get(NAME)?.objects ?? []).map((object) =>
      object.key === file?.key ? { ...object, size: file.size, checksum: file.etag } : object,
    );
    expect(await verdictBy(NAME, { objects }, bucket)).toMatchObject({ verdict: 'unproven' });
  });
});
