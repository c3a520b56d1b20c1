import { describe, expect, it } from '@jest/globals';
import { Iam } from '../../../src/rehearsal/cloud/iam.ts';
import { Kms } from '../../../src/rehearsal/cloud/kms.ts';
import { S3 } from '../../../src/rehearsal/cloud/s3.ts';
import type { Caller } from '../../../src/rehearsal/cloud/service.ts';
import { ask, emptyWorld, pass, templatePlace } from './data-cloud.ts';

const WEST = 'us-west-2';
const EAST = 'us-east-2';
const ALIAS = 'alias/backups';
const ACCOUNT = '111122223333';
const WRITER: Caller = { kind: 'role', arn: `arn:aws:iam::${ACCOUNT}:role/writer`, session: 'test' };
type Statement = { Effect: 'Allow'; Action: string[]; Resource: string; Condition?: object };

/** By the key's alias and through S3 alone. */
const onKey = (region: string, bucket: string, ...actions: string[]): Statement => ({
  Effect: 'Allow',
  Action: actions.map((action) => `kms:${action}`),
  Resource: `arn:aws:kms:${region}:${ACCOUNT}:key/*`,
  Condition: {
    StringEquals: {
      'kms:ViaService': `s3.${region}.amazonaws.com`,
      'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}`,
    },
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ALIAS },
  },
});
const ON_S3: Statement = { Effect: 'Allow', Action: ['s3:*'], Resource: '*' };

/** Two buckets, each with a key of its own region, and what the writer and the replication may do with them. */
function encrypted(
  grants: { writer?: Statement[]; replication?: Statement[] },
  rule: { optedIn?: boolean; replicaKey?: string } = {},
) {
  const { world } = emptyWorld({ fixed: { 's3.replication': 10 } });
  const iam = new Iam(world);
  const kms = new Kms(world, iam);
  const s3 = new S3(world);
  for (const service of [iam, kms, s3]) world.register(service);
  const make = (service: Kms | S3, type: string, region: string, properties: object) => {
    const made = service.resources[type]?.(properties, templatePlace(region, type));
    if (made === undefined) throw new Error(`no ${type}`);
    return made;
  };
  const trust = {
    Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const role = (name: string, statements: Statement[]) =>
    iam.attach(iam.addRole(name, trust), { Statement: [ON_S3, ...statements] }, 'policy');
  role('writer', grants.writer ?? []);
  role('replicate', grants.replication ?? []);
  const { optedIn = true, replicaKey = `arn:aws:kms:${EAST}:${ACCOUNT}:${ALIAS}` } = rule;
  const bucket = (name: string, region: string, rest: object = {}) => {
    const KMSMasterKeyID = make(kms, 'AWS::KMS::Key', region, {}).attributes?.Arn;
    make(kms, 'AWS::KMS::Alias', region, { AliasName: ALIAS, TargetKeyId: KMSMasterKeyID });
    const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID };
    make(s3, 'AWS::S3::Bucket', region, {
      BucketName: name,
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: byDefault }],
      },
      ...rest,
    });
  };
  bucket('copy', EAST);
  const one = {
    ...{ Status: 'Enabled', Priority: 1, Filter: { Prefix: '' }, DeleteMarkerReplication: { Status: 'Enabled' } },
    ...(optedIn && { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } }),
    Destination: {
      Bucket: 'arn:aws:s3:::copy',
      ...(optedIn && { EncryptionConfiguration: { ReplicaKmsKeyID: replicaKey } }),
    },
  };
  bucket('main', WEST, {
    ReplicationConfiguration: { Role: `arn:aws:iam::${ACCOUNT}:role/replicate`, Rules: [one] },
  });
  return { world, s3 };
}

const put = ({ world }: ReturnType<typeof encrypted>) =>
  ask(world, WEST, 's3:PutObject', { Bucket: 'main', Key: 'a', Body: 'hello' }, WRITER);
const get = ({ world }: ReturnType<typeof encrypted>, input: object = {}) =>
  ask(world, WEST, 's3:GetObject', { Bucket: 'main', Key: 'a', ...input }, WRITER);
const named = (name: string) => expect.objectContaining({ name });

describe("a bucket that a customer's key encrypts", () => {
  it('is written by who may generate a data key, and read by who may decrypt', async () => {
    const writes = encrypted({ writer: [onKey(WEST, 'main', 'GenerateDataKey')] });
    await put(writes);
    await expect(get(writes)).rejects.toEqual(named('AccessDenied'));
    const reads = encrypted({ writer: [onKey(WEST, 'main', 'Decrypt')] });
    await expect(put(reads)).rejects.toEqual(named('AccessDenied'));
    reads.s3.put('main', 'a', 'hello');
    expect(await (await get(reads)).Body.transformToString()).toBe('hello');
  });

  it('tells of its objects without the key, save for their checksums', async () => {
    const found = encrypted({});
    found.s3.put('main', 'a', 'hello');
    const head = (input: object) =>
      ask(found.world, WEST, 's3:HeadObject', { Bucket: 'main', Key: 'a', ...input }, WRITER);
    expect(await head({})).toMatchObject({ ContentLength: 5, ServerSideEncryption: 'aws:kms' });
    await expect(head({ ChecksumMode: 'ENABLED' })).rejects.toEqual(named('AccessDenied'));
  });

  it('has ETags that are no digests, and checksums of the whole', async () => {
    const found = encrypted({ writer: [onKey(WEST, 'main', 'Decrypt')] });
    found.s3.put('main', 'a', 'hello');
    const { ETag, ChecksumType, ChecksumCRC32 } = await get(found, { ChecksumMode: 'ENABLED' });
    expect(ETag).not.toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect([ChecksumType, ChecksumCRC32]).toEqual(['FULL_OBJECT', 'NhCmhg==']);
    expect(await get(found)).not.toHaveProperty('ChecksumCRC32');
  });

  it('is used by nobody around S3, nor of another bucket', async () => {
    const [statement] = [onKey(WEST, 'main', 'GenerateDataKey')];
    const elsewhere = onKey(WEST, 'other', 'GenerateDataKey');
    await expect(put(encrypted({ writer: [elsewhere] }))).rejects.toEqual(named('AccessDenied'));
    const aliased = JSON.parse(JSON.stringify(statement).replace(ALIAS, 'alias/other'));
    await expect(put(encrypted({ writer: [aliased] }))).rejects.toEqual(named('AccessDenied'));
  });
});

describe('replication of what a key encrypts', () => {
  const DECRYPT = onKey(WEST, 'main', 'Decrypt');
  const arrived = async (found: ReturnType<typeof encrypted>) => {
    const version = found.s3.put('main', 'a', 'hello');
    await pass(found.world, 60);
    return { status: version.replicationStatus, copy: found.s3.get('copy', 'a') };
  };

  it('decrypts with the one key and encrypts with the other', async () => {
    const found = encrypted({ replication: [DECRYPT, onKey(EAST, 'copy', 'Encrypt', 'Decrypt')] });
    const { status, copy } = await arrived(found);
    expect([status, copy?.replicationStatus]).toEqual(['COMPLETED', 'REPLICA']);
    expect(copy?.etag).not.toBe(found.s3.get('main', 'a')?.etag);
  });

  it.each([
    ['to decrypt the original', [onKey(EAST, 'copy', 'Encrypt', 'Decrypt')]],
    ['to encrypt the copy', [DECRYPT, onKey(EAST, 'copy', 'Decrypt')]],
    ["to read the destination's bucket key", [DECRYPT, onKey(EAST, 'copy', 'Encrypt')]],
  ])('fails without the right %s', async (_, replication) => {
    const { status, copy } = await arrived(encrypted({ replication }));
    expect([status, copy]).toEqual(['FAILED', undefined]);
  });

  it('fails with a key that is not in the destination’s region', async () => {
    const replication = [DECRYPT, onKey(EAST, 'copy', 'Encrypt', 'Decrypt')];
    const replicaKey = `arn:aws:kms:${WEST}:${ACCOUNT}:${ALIAS}`;
    expect((await arrived(encrypted({ replication }, { replicaKey }))).status).toBe('FAILED');
  });

  it('does not happen where the rule does not say so', async () => {
    const { status, copy } = await arrived(encrypted({}, { optedIn: false }));
    expect([status, copy]).toEqual([undefined, undefined]);
  });
});
