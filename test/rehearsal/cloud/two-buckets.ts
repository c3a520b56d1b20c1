import { S3 } from '../../../src/rehearsal/cloud/s3.ts';
import { emptyWorld, templatePlace } from './data-cloud.ts';

export const WEST = 'us-west-2';
export const EAST = 'us-east-2';

export function twoBuckets(options: Parameters<typeof emptyWorld>[0] = {}, rule: Record<string, unknown> = {}) {
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
