import { describe, expect, it } from '@jest/globals';
import { S3 } from '../../../src/rehearsal/cloud/s3.ts';
import type { Input, Operation } from '../../../src/rehearsal/cloud/service.ts';
import { emptyWorld, pass, templatePlace } from './data-cloud.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const FUNCTION = `arn:aws:lambda:${WEST}:111122223333:function:hear`;

/** A bucket that tells a function of trouble with its replication, which takes some seconds. */
function noticed({ seconds = 10, denied = '' }: { seconds?: number; denied?: string }, target = FUNCTION) {
  const judge = (_: unknown, { action }: { action: string }) => (action === denied ? `${denied} is denied` : undefined);
  const cloud = emptyWorld({ fixed: { 's3.replication': seconds }, judge });
  const heard: Input[] = [];
  const Invoke: Operation = {
    permissions: ({ FunctionName }) => [{ action: 'lambda:InvokeFunction', resource: FunctionName }],
    answer: (input) => {
      heard.push(JSON.parse(input.Payload));
      return { StatusCode: 202 };
    },
  };
  cloud.world.register({ id: 'lambda', operations: { Invoke }, resources: {} });
  const s3 = new S3(cloud.world);
  cloud.world.register(s3);
  const make = s3.resources['AWS::S3::Bucket'];
  const versioned = { VersioningConfiguration: { Status: 'Enabled' } };
  make?.({ BucketName: 'copy', ...versioned }, templatePlace(EAST, 'Copy'));
  const minutes = { Minutes: 15 };
  const Rules = [
    {
      Id: 'all',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      DeleteMarkerReplication: { Status: 'Enabled' },
      Destination: {
        Bucket: 'arn:aws:s3:::copy',
        ReplicationTime: { Status: 'Enabled', Time: minutes },
        Metrics: { Status: 'Enabled', EventThreshold: minutes },
      },
    },
  ];
  const events = ['s3:Replication:OperationFailedReplication', 's3:Replication:OperationMissedThreshold'];
  const LambdaConfigurations = events.map((Event) => ({ Event, Function: target }));
  const more = {
    NotificationConfiguration: { LambdaConfigurations },
    ReplicationConfiguration: { Role: 'role', Rules },
  };
  make?.({ BucketName: 'main', ...versioned, ...more }, templatePlace(WEST, 'Main'));
  return { ...cloud, s3, heard };
}

describe('notifications of S3', () => {
  it('tell a function of an object that is late, in the shape that S3 documents', async () => {
    const { world, s3, heard } = noticed({ seconds: 1200 });
    const { versionId } = s3.put('main', 'velero/a b+c', 'late');
    await pass(world, 899);
    expect(heard).toEqual([]);
    await pass(world, 10);
    expect(heard).toMatchObject([
      {
        Records: [
          {
            eventVersion: '2.2',
            eventSource: 'aws:s3',
            awsRegion: WEST,
            eventName: 'Replication:OperationMissedThreshold',
            s3: { bucket: { name: 'main' }, object: { key: 'velero/a+b%2Bc', versionId } },
            replicationEventData: { replicationRuleId: 'all', destinationBucket: 'arn:aws:s3:::copy' },
          },
        ],
      },
    ]);
  });

  it('tell of an object that failed to replicate', async () => {
    const { world, s3, heard } = noticed({ denied: 's3:ReplicateObject' });
    s3.put('main', 'a', 'refused');
    await pass(world, 60);
    expect(heard.map(({ Records }) => Records[0].eventName)).toEqual(['Replication:OperationFailedReplication']);
  });

  it('are refused when they are configured for a function that does not let S3 in', () => {
    expect(() => noticed({ denied: 'lambda:InvokeFunction' })).toThrow(
      /Unable to validate the following destination configurations/,
    );
  });

  it('are refused for a function of another region', () => {
    expect(() => noticed({}, FUNCTION.replace(WEST, EAST))).toThrow(/it is not in us-west-2/);
  });
});

describe('Object Lock', () => {
  it('is configured for a bucket that has it enabled alone', () => {
    const { s3 } = noticed({});
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } };
    expect(() =>
      s3.resources['AWS::S3::Bucket']?.(
        { BucketName: 'open', ObjectLockConfiguration: { Rule } },
        templatePlace(WEST, 'Open'),
      ),
    ).toThrow(/Object Lock is not enabled/);
  });
});
