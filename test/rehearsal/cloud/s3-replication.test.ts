import { describe, expect, it } from '@jest/globals';
import { ask, pass, START, templatePlace } from './data-cloud.ts';
import { EAST, twoBuckets, WEST } from './two-buckets.ts';

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
