import { describe, expect, it } from '@jest/globals';
import { S3 } from '../../../src/rehearsal/cloud/s3.ts';
import { ask, emptyWorld, pass, START, templatePlace } from './data-cloud.ts';

const WEST = 'us-west-2';
const EAST = 'us-east-2';

function twoBuckets(options: Parameters<typeof emptyWorld>[0] = {}, rule: Record<string, unknown> = {}) {
  const cloud = emptyWorld({ fixed: { 's3.replication': 10, 's3.event': 1 }, ...options });
  const s3 = new S3(cloud.world);
  cloud.world.register(s3);
  const make = s3.resources['AWS::S3::Bucket'];
  if (make === undefined) throw new Error('no bucket type');
  const versioning = { VersioningConfiguration: { Status: 'Enabled' } };
  const eventBridge = { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } };
  make({ BucketName: 'copy', ...versioning, ...eventBridge }, templatePlace(EAST, 'Copy'));
  const Rules = [
    {
      Status: 'Enabled',
      Priority: 1,
      Filter: { Prefix: 'velero/' },
      DeleteMarkerReplication: { Status: 'Disabled' },
      Destination: { Bucket: 'arn:aws:s3:::copy' },
      ...rule,
    },
  ];
  const ReplicationConfiguration = { Role: 'arn:aws:iam::111122223333:role/replicate', Rules };
  make({ BucketName: 'main', ...versioning, ReplicationConfiguration }, templatePlace(WEST, 'Main'));
  return { ...cloud, s3 };
}

describe('S3', () => {
  it('answers what was put, with its MD5 as the ETag', async () => {
    const { world } = twoBuckets();
    const put = await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key: 'a', Body: 'hello' });
    expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const got = await ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'a' });
    expect(await got.Body.transformToString()).toBe('hello');
    expect(got).toMatchObject({ VersionId: put.VersionId, ContentLength: 5 });
  });

  it('keeps older versions and hides a deleted object behind a marker', async () => {
    const { world } = twoBuckets();
    const first = await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key: 'a', Body: '1' });
    await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key: 'a', Body: '2' });
    expect(await ask(world, WEST, 's3:DeleteObject', { Bucket: 'main', Key: 'a' })).toMatchObject({
      DeleteMarker: true,
    });
    await expect(ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'a' })).rejects.toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
    const old = await ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'a', VersionId: first.VersionId });
    expect(await old.Body.transformToString()).toBe('1');
    const all = await ask(world, WEST, 's3:ListObjectVersions', { Bucket: 'main', Prefix: 'a' });
    expect(all.Versions.map((version: { IsLatest: boolean }) => version.IsLatest)).toEqual([false, false]);
    expect(all.DeleteMarkers).toMatchObject([{ Key: 'a', IsLatest: true }]);
  });

  it('hides whether a key exists from whoever may not list the bucket', async () => {
    const { world } = twoBuckets({
      judge: (_, { action }) => (action === 's3:ListBucket' ? 'no statement allows it' : undefined),
    });
    await expect(ask(world, WEST, 's3:HeadObject', { Bucket: 'main', Key: 'none' })).rejects.toMatchObject({
      status: 403,
    });
    await expect(ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'none' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('names a missing key NotFound where the request was HEAD', async () => {
    const { world } = twoBuckets();
    await expect(ask(world, WEST, 's3:HeadObject', { Bucket: 'main', Key: 'none' })).rejects.toMatchObject({
      name: 'NotFound',
      status: 404,
    });
  });

  it('names a missing bucket NotFound where the request was HEAD', async () => {
    const { world } = twoBuckets();
    for (const operation of ['HeadObject', 'HeadBucket'] as const)
      await expect(ask(world, WEST, `s3:${operation}`, { Bucket: 'none', Key: 'a' })).rejects.toMatchObject({
        name: 'NotFound',
        status: 404,
      });
  });

  it('lists keys in the order of their UTF-8, a page at a time', async () => {
    const { world } = twoBuckets();
    const keys = ['a', 'é', '\ufb00', '😀', '😀/a', '😀/b'];
    for (const Key of keys.toReversed()) await ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key, Body: '' });
    const all = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main' });
    expect(all.Contents.map(({ Key }: { Key: string }) => Key)).toEqual(keys);
    const page = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main', StartAfter: '\ufb00', Delimiter: '/' });
    expect([page.Contents.length, page.CommonPrefixes]).toEqual([1, [{ Prefix: '😀/' }]]);
  });

  it('sends a request for a bucket of another region away', async () => {
    const { world } = twoBuckets();
    await expect(ask(world, EAST, 's3:GetObject', { Bucket: 'main', Key: 'a' })).rejects.toMatchObject({
      name: 'PermanentRedirect',
      status: 301,
    });
  });

  it('lists by prefix and delimiter, a page at a time', async () => {
    const { world, s3 } = twoBuckets();
    for (const key of ['p/a/1', 'p/a/2', 'p/b', 'p/c/1', 'q']) s3.put('main', key, 'x');
    const rolled = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main', Prefix: 'p/', Delimiter: '/' });
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'p/a/' }, { Prefix: 'p/c/' }]);
    expect(rolled.Contents.map((object: { Key: string }) => object.Key)).toEqual(['p/b']);
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await ask(world, WEST, 's3:ListObjectsV2', { Bucket: 'main', MaxKeys: 2, ContinuationToken: token });
      keys.push(...page.Contents.map((object: { Key: string }) => object.Key));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(keys).toEqual(['p/a/1', 'p/a/2', 'p/b', 'p/c/1', 'q']);
  });

  it('refuses a write that another writer was faster with', async () => {
    const { world } = twoBuckets();
    const input = { Bucket: 'main', Key: 'lock', Body: 'me', IfNoneMatch: '*' };
    await ask(world, WEST, 's3:PutObject', input);
    await expect(ask(world, WEST, 's3:PutObject', input)).rejects.toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
  });

  it('makes a lazy body only when somebody reads it', () => {
    const { s3 } = twoBuckets();
    let made = 0;
    const body = () => {
      made++;
      return Buffer.from('hello');
    };
    const version = s3.put('main', 'lazy', body, { size: 5, payload: { files: 3 } });
    expect([s3.list('main')[0]?.size, version.payload, made]).toEqual([5, { files: 3 }, 0]);
    expect([version.etag, version.etag, made]).toEqual([
      '5d41402abc4b2a76b9719d911017c592',
      '5d41402abc4b2a76b9719d911017c592',
      1,
    ]);
  });
});

describe('S3 replication', () => {
  it('copies matching objects with their version id and creation time, and says how far it is', async () => {
    const { world, s3 } = twoBuckets();
    const version = s3.put('main', 'velero/a', 'x');
    s3.put('main', 'lifeboat/a', 'x');
    expect(version.replicationStatus).toBe('PENDING');
    await pass(world, 9);
    expect(s3.list('copy')).toEqual([]);
    await pass(world, 1);
    expect(version.replicationStatus).toBe('COMPLETED');
    expect(s3.list('copy')).toMatchObject([
      { key: 'velero/a', versionId: version.versionId, lastModified: START, replicationStatus: 'REPLICA' },
    ]);
  });

  it('tells the destination bus of an arrived replica', async () => {
    const { world, s3, events } = twoBuckets();
    const version = s3.put('main', 'velero/a', 'x');
    await pass(world, 20);
    expect(events).toMatchObject([
      {
        region: EAST,
        at: 11,
        source: 'aws.s3',
        'detail-type': 'Object Created',
        resources: ['arn:aws:s3:::copy'],
        detail: {
          bucket: { name: 'copy' },
          object: { key: 'velero/a', size: 1, 'version-id': version.versionId },
          reason: 'PutObject',
        },
      },
    ]);
  });

  it('brings nothing out of a lost region, and the rest when it returns', async () => {
    const { world, s3 } = twoBuckets();
    const version = s3.put('main', 'velero/a', 'x');
    await pass(world, 5);
    world.network.lose(WEST);
    await pass(world, 3600);
    expect(s3.list('copy')).toEqual([]);
    expect(version.replicationStatus).toBe('PENDING');
    world.network.restore(WEST);
    await pass(world, 10);
    expect(s3.list('copy')).toHaveLength(1);
  });

  it('never copies the deletion of a version, and a delete marker only where the rule says so', async () => {
    for (const [status, visible] of [
      ['Disabled', 1],
      ['Enabled', 0],
    ] as const) {
      const { world, s3 } = twoBuckets({}, { DeleteMarkerReplication: { Status: status } });
      s3.put('main', 'velero/a', 'x');
      await pass(world, 10);
      await ask(world, WEST, 's3:DeleteObject', { Bucket: 'main', Key: 'velero/a' });
      await pass(world, 10);
      expect(s3.list('copy')).toHaveLength(visible);
      for (const version of [...(s3.find('main')?.versionsOf('velero/a') ?? [])])
        await ask(world, WEST, 's3:DeleteObject', { Bucket: 'main', Key: 'velero/a', VersionId: version.versionId });
      await pass(world, 10);
      expect(s3.find('copy')?.versionsOf('velero/a')).toHaveLength(2 - visible);
    }
  });

  it('fails an object that the role may not copy', async () => {
    const { world, s3 } = twoBuckets({
      judge: (_, { action }) => (action === 's3:ReplicateObject' ? 'no statement allows it' : undefined),
    });
    const version = s3.put('main', 'velero/a', 'x');
    await pass(world, 60);
    expect([version.replicationStatus, s3.list('copy').length]).toEqual(['FAILED', 0]);
  });

  it('holds back what a fault holds back until it ends', async () => {
    const { world, s3 } = twoBuckets();
    const release = s3.stallReplication((_, key) => key.endsWith('.gz'));
    s3.put('main', 'velero/a.gz', 'x');
    s3.put('main', 'velero/a.json', 'x');
    await pass(world, 100);
    expect(s3.list('copy').map(({ key }) => key)).toEqual(['velero/a.json']);
    release();
    await pass(world, 10);
    expect(s3.list('copy')).toHaveLength(2);
  });

  it('tells beside the source when 15 minutes are over, and again when the object has arrived after all', async () => {
    const { world, s3 } = twoBuckets();
    const told: [minute: number, event: string, key: string][] = [];
    world.register({
      id: 'lambda',
      resources: {},
      operations: {
        Invoke: {
          permissions: () => [],
          answer: ({ Payload }) => {
            const [{ eventName, s3: about }] = JSON.parse(Payload).Records;
            told.push([Math.floor((world.kernel.now - START) / 60_000), eventName, about.object.key]);
          },
        },
      },
    });
    const ReplicationConfiguration = {
      Role: 'arn:aws:iam::111122223333:role/replicate',
      Rules: [
        {
          Status: 'Enabled',
          Filter: { Prefix: '' },
          Destination: { Bucket: 'arn:aws:s3:::copy', ReplicationTime: { Status: 'Enabled' } },
        },
      ],
    };
    const LambdaConfigurations = [{ Event: 's3:Replication:*', Function: 'arn:aws:lambda:us-west-2:1:function:f' }];
    s3.resources['AWS::S3::Bucket']?.(
      {
        BucketName: 'timed',
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { LambdaConfigurations },
        ReplicationConfiguration,
      },
      templatePlace(WEST, 'Timed'),
    );
    const release = s3.stallReplication((_, key) => key !== 'swift');
    for (const key of ['late', 'swift']) s3.put('timed', key, 'x');
    await pass(world, 600);
    s3.put('timed', 'soon', 'x');
    await pass(world, 600);
    release();
    await pass(world, 600);
    expect(told).toEqual([
      [15, 'Replication:OperationMissedThreshold', 'late'],
      [20, 'Replication:OperationReplicatedAfterThreshold', 'late'],
    ]);
  });

  it('brings what was held back in another order than it was written, by the seed', async () => {
    const { world, s3 } = twoBuckets({ drawn: { 's3.replication': [1, 60] } });
    const keys = Array.from({ length: 12 }, (_, index) => `velero/${index}`);
    const release = s3.stallReplication();
    for (const key of keys) s3.put('main', key, 'x');
    await pass(world, 60);
    const arrived: string[] = [];
    const copied = s3.find('copy');
    release();
    for (let second = 0; second < 61; second++) {
      await pass(world, 1);
      for (const key of keys) if (!arrived.includes(key) && copied?.latest(key) !== undefined) arrived.push(key);
    }
    expect([...arrived].sort()).toEqual([...keys].sort());
    expect(arrived).not.toEqual(keys);
  });

  it('keeps the newer version current when an older one arrives later', async () => {
    const { world, s3 } = twoBuckets();
    const release = s3.stallReplication((_, __, versionId) => versionId === old.versionId);
    const old = s3.put('main', 'velero/a', 'old');
    await pass(world, 1);
    const fresh = s3.put('main', 'velero/a', 'new');
    await pass(world, 20);
    release();
    await pass(world, 20);
    expect(
      s3
        .find('copy')
        ?.versionsOf('velero/a')
        .map(({ versionId }) => versionId),
    ).toEqual([fresh.versionId, old.versionId]);
  });
});

describe('S3 Object Lock', () => {
  it('keeps a locked version, while a delete marker still hides it', async () => {
    const { world, s3 } = twoBuckets();
    const make = s3.resources['AWS::S3::Bucket'];
    const ObjectLockConfiguration = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } },
    };
    make?.({ BucketName: 'locked', ObjectLockEnabled: true, ObjectLockConfiguration }, templatePlace(WEST, 'Locked'));
    const { VersionId } = await ask(world, WEST, 's3:PutObject', { Bucket: 'locked', Key: 'a', Body: 'x' });
    const remove = { Bucket: 'locked', Key: 'a', VersionId, BypassGovernanceRetention: true };
    await expect(ask(world, WEST, 's3:DeleteObject', remove)).rejects.toMatchObject({ name: 'AccessDenied' });
    await ask(world, WEST, 's3:DeleteObject', { Bucket: 'locked', Key: 'a' });
    await pass(world, 86_400);
    await ask(world, WEST, 's3:DeleteObject', remove);
    expect(s3.find('locked')?.version('a', VersionId)).toBeUndefined();
  });
});

describe('S3 lifecycle', () => {
  it('expires objects at midnight, and does not copy that', async () => {
    const { world, s3 } = twoBuckets();
    const LifecycleConfiguration = { Rules: [{ Status: 'Enabled', ExpirationInDays: 1 }] };
    s3.resources['AWS::S3::Bucket']?.({ BucketName: 'short', LifecycleConfiguration }, templatePlace(WEST, 'Short'));
    s3.put('short', 'a', 'x');
    await pass(world, 86_400);
    expect(s3.list('short')).toHaveLength(1);
    await pass(world, 86_400);
    expect(s3.list('short')).toHaveLength(0);
  });
});
