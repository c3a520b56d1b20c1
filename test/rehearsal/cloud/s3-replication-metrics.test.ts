import { describe, expect, it } from '@jest/globals';
import { CloudWatch } from '../../../src/rehearsal/cloud/cloudwatch.ts';
import { S3 } from '../../../src/rehearsal/cloud/s3.ts';
import { ask, emptyWorld, pass, START } from './data-cloud.ts';

const WEST = 'us-west-2';
const EAST = 'us-east-2';
const RULE = { id: 'all', priority: 1, prefix: '', destination: 'copy', deleteMarkers: true, timeControl: true };

function replicating(metrics = true) {
  const { world } = emptyWorld({ fixed: { 's3.replication': 30 } });
  world.register(new CloudWatch(world));
  const s3 = new S3(world);
  world.register(s3);
  s3.makeBucket({ name: 'copy', region: EAST, versioned: true });
  const replication = { roleArn: 'arn:aws:iam::111122223333:role/replicate', rules: [{ ...RULE, metrics }] };
  s3.makeBucket({ name: 'main', region: WEST, versioned: true, replication });
  /** By how many seconds the copy was behind, minute by minute from the beginning. */
  const behind = async (region = EAST): Promise<number[]> => {
    const dimensions = { SourceBucket: 'main', DestinationBucket: 'copy', RuleId: 'all' };
    const { Datapoints } = await ask(world, region, 'cloudwatch:GetMetricStatistics', {
      ...{ Namespace: 'AWS/S3', MetricName: 'ReplicationLatency', Period: 60, Statistics: ['Maximum'] },
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      ...{ StartTime: new Date(START), EndTime: new Date(world.kernel.now) },
    });
    return Datapoints.map(({ Maximum }: { Maximum: number }) => Maximum);
  };
  return { world, s3, behind };
}

describe('what S3 says of replication', () => {
  it('is said beside the copy, also while nothing is replicated', async () => {
    const { world, s3, behind } = replicating();
    await pass(world, 60);
    s3.put('main', 'a', '');
    await pass(world, 120);
    expect(await behind()).toEqual([0, 30, 0]);
    expect(await behind(WEST)).toEqual([]);
  });

  it('grows while something is waited for, and is over when it has come', async () => {
    const { world, s3, behind } = replicating();
    const release = s3.stallReplication();
    s3.put('main', 'a', '');
    await pass(world, 180);
    release();
    await pass(world, 120);
    expect(await behind()).toEqual([60, 120, 180, 210, 0]);
  });

  it('is nothing while the two regions cannot talk', async () => {
    const { world, behind } = replicating();
    await pass(world, 60);
    world.network.lose(WEST);
    await pass(world, 120);
    world.network.restore(WEST);
    await pass(world, 60);
    expect(await behind()).toEqual([0, 0]);
  });

  it('is nothing of a rule without metrics', async () => {
    const { world, behind } = replicating(false);
    await pass(world, 60);
    expect(await behind()).toEqual([]);
  });
});
