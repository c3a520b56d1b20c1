import { describe, expect, it } from '@jest/globals';
import type { PlanInput } from '../../src/plan/schema.ts';
import { assemble, resources } from './assembly.ts';

const endpoint = { url: 'https://minio.example.com', secret: { name: 'minio' } };
const elsewhere = ({ stores, ...input }: PlanInput): PlanInput => ({
  ...input,
  stores: { ...stores, backups: { ...stores.backups, endpoint } },
});
const assembly = assemble('lifeboat.yaml', { change: elsewhere });
const types = (stack: string) =>
  resources(assembly)
    .filter((each) => each.stack === stack)
    .map(({ Type }) => Type);

describe('a plan whose backups are in a store other than S3', () => {
  it('has no bucket, seal or role beside the primary', () => {
    for (const type of [
      'AWS::S3::Bucket',
      'AWS::Lambda::Function',
      'AWS::KMS::Key',
      'AWS::EKS::PodIdentityAssociation',
    ])
      expect(types('primary')).not.toContain(type);
    expect(types('primary')).toContain('AWS::EKS::AccessEntry');
  });

  it('has the replica, with a role to read it, and no way back to a bucket that does not exist', () => {
    expect(types('standby')).toContain('AWS::EKS::PodIdentityAssociation');
    for (const { Properties } of resources(assembly, 'AWS::S3::Bucket'))
      expect(Properties.ReplicationConfiguration).toBeUndefined();
  });
});
