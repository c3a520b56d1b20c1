import { describe, expect, it } from '@jest/globals';
import { assemble, resources, text } from './assembly.ts';

const assembly = assemble();
const buckets = resources(assembly, 'AWS::S3::Bucket');
const bucket = (name: string) => buckets.find(({ Properties }) => text(Properties.BucketName ?? '').includes(name));

describe('buckets', () => {
  it.each(buckets.map((each) => [`${each.stack}/${each.id}`, each] as const))(
    '%s is closed, encrypted and kept',
    (_, each) => {
      const { PublicAccessBlockConfiguration, BucketEncryption, OwnershipControls } = each.Properties;
      expect(Object.values(PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1);
      expect(OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
      expect(each.DeletionPolicy).toBe('Retain');
    },
  );

  it('take requests over TLS alone', () => {
    const policies = resources(assembly, 'AWS::S3::BucketPolicy');
    for (const { stack, id } of buckets) {
      const policy = policies.find((each) => each.stack === stack && each.Properties.Bucket.Ref === id);
      expect(JSON.stringify(policy?.Properties)).toContain('aws:SecureTransport');
    }
  });

  it('keep old versions for a month, and tidy up what no upload ended', () => {
    const versioned = buckets.filter(({ Properties }) => Properties.VersioningConfiguration?.Status === 'Enabled');
    expect(versioned.map(({ id }) => id.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual([
      'Backups',
      'Captured',
      'Replica',
      'Reports',
    ]);
    for (const { Properties } of versioned)
      expect(Properties.LifecycleConfiguration.Rules[0]).toMatchObject({
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      });
  });

  it('tell of backups and replicas by events, without a function of the CDK', () => {
    for (const name of ['knative-lambda-velero-backups', 'knative-lambda-dr-backups'])
      expect(bucket(name)?.Properties.NotificationConfiguration.EventBridgeConfiguration).toEqual({
        EventBridgeEnabled: true,
      });
  });

  it('tell of replication that fails or is late, once the function that hears of it lets S3 in', () => {
    const backups = bucket('knative-lambda-velero-backups');
    const told = backups?.Properties.NotificationConfiguration.LambdaConfigurations;
    expect(told.map(({ Event }: { Event: string }) => Event)).toEqual([
      's3:Replication:OperationFailedReplication',
      's3:Replication:OperationMissedThreshold',
    ]);
    const [admission] = resources(assembly, 'AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties.Principal === 's3.amazonaws.com',
    );
    expect(admission?.Properties).toMatchObject({
      FunctionName: told[0].Function,
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: 'arn:aws:s3:::knative-lambda-velero-backups',
    });
    expect((backups as { DependsOn?: string[] } | undefined)?.DependsOn).toContain(admission?.id);
  });

  it('hold reports that cannot be deleted for a year', () => {
    expect(bucket('-reports-')?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } } },
    });
  });
});

describe('backups and their replica', () => {
  const both = (from = assembly) =>
    resources(from, 'AWS::S3::Bucket').filter(({ id }) => /^(Backups|Replica)/.test(id));
  const keeping = (...keep: string[]) =>
    assemble('lifeboat.yaml', {
      change: (input) => {
        const [first] = input.stores.backups.schedules;
        if (first === undefined) throw new Error('no schedule');
        const schedules = keep.map((kept, index) => ({ ...first, name: `s${index}`, keep: kept }));
        return { ...input, stores: { ...input.stores, backups: { ...input.stores.backups, schedules } } };
      },
    });
  const daysOf = (properties: (typeof buckets)[number]['Properties']) => ({
    locked: properties.ObjectLockConfiguration.Rule.DefaultRetention.Days,
    noncurrent: properties.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays,
    seals: properties.LifecycleConfiguration.Rules[1].ExpirationInDays,
  });

  it('are locked, so that nobody deletes them before their time', () => {
    expect(both().map(({ stack }) => stack)).toEqual(['standby', 'primary']);
    for (const { Properties } of both()) {
      expect(Properties.ObjectLockEnabled).toBe(true);
      expect(Properties.ObjectLockConfiguration.Rule.DefaultRetention.Mode).toBe('GOVERNANCE');
    }
    expect(JSON.stringify(resources(assembly, 'AWS::IAM::Role'))).not.toContain('BypassGovernanceRetention');
  });

  it.each([
    [['24h'], { locked: 1, noncurrent: 1, seals: 8 }],
    [['36h'], { locked: 2, noncurrent: 2, seals: 9 }],
    [['24h', '7d'], { locked: 7, noncurrent: 7, seals: 14 }],
    [['24h', '90d'], { locked: 30, noncurrent: 30, seals: 97 }],
  ])('kept for %j are locked, tidied up and sealed in step with that', (keep, expected) => {
    for (const { Properties } of both(keeping(...keep))) expect(daysOf(Properties)).toEqual(expected);
  });

  it('are tidied up by no rule that a lock outlasts', () => {
    for (const { Properties } of both()) {
      const { locked, noncurrent, seals } = daysOf(Properties);
      expect(noncurrent).toBeGreaterThanOrEqual(locked);
      expect(seals).toBeGreaterThan(30);
      expect(Properties.LifecycleConfiguration.Rules[1].Prefix).toBe('lifeboat/seals/');
    }
  });

  it('are copied with their locks', () => {
    for (const to of ['standby', 'primary']) {
      const role = resources(assembly, 'AWS::IAM::Role').find(({ Properties }) =>
        Properties.RoleName.endsWith(`replicate-to-${to}`),
      );
      expect(JSON.stringify(role?.Properties.Policies)).toMatch(/s3:GetObjectRetention.*s3:GetObjectLegalHold/);
    }
  });
});

describe("the backups' keys", () => {
  const ALIAS = 'alias/lifeboat-knative-lambda-backups';
  const keys = (of = assembly) =>
    resources(of, 'AWS::KMS::Key').filter(({ Properties }) => Properties.KeyUsage === undefined);
  const managed = assemble('lifeboat.yaml', {
    change: (input) => ({
      ...input,
      stores: { ...input.stores, backups: { ...input.stores.backups, encryption: 's3' } },
    }),
  });

  it('are one in each region, under the same alias, rotated and kept', () => {
    expect(keys().map(({ stack }) => stack)).toEqual(['standby', 'primary']);
    for (const { Properties, DeletionPolicy } of keys())
      expect([Properties.EnableKeyRotation, DeletionPolicy]).toEqual([true, 'Retain']);
    const aliases = resources(assembly, 'AWS::KMS::Alias').filter(({ Properties }) => Properties.AliasName === ALIAS);
    expect(aliases.map(({ stack }) => stack)).toEqual(['standby', 'primary']);
  });

  it('can be ended by nobody who has not changed their policy first', () => {
    for (const { Properties } of keys()) {
      const denied = Properties.KeyPolicy.Statement.find(({ Effect }: { Effect: string }) => Effect === 'Deny');
      expect(denied).toMatchObject({
        Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
        Principal: { AWS: '*' },
      });
      expect(denied.Condition).toBeUndefined();
    }
  });

  it('encrypt both buckets, by a key that S3 derives for each', () => {
    for (const name of ['knative-lambda-velero-backups', 'knative-lambda-dr-backups']) {
      const [rule] = bucket(name)?.Properties.BucketEncryption.ServerSideEncryptionConfiguration ?? [];
      expect(rule).toMatchObject({
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
      });
    }
  });

  it('are crossed over by replication, which names the other one by its alias', () => {
    const [rule] = bucket('knative-lambda-velero-backups')?.Properties.ReplicationConfiguration.Rules ?? [];
    expect(rule.SourceSelectionCriteria.SseKmsEncryptedObjects).toEqual({ Status: 'Enabled' });
    expect(text(rule.Destination.EncryptionConfiguration.ReplicaKmsKeyID)).toBe(
      `arn:aws:kms:us-east-1:111122223333:${ALIAS}`,
    );
  });

  it('are used through S3 alone, by their alias, and by nobody else in the other region', () => {
    const statements = resources(assembly, 'AWS::IAM::Role').flatMap(({ Properties }) =>
      (Properties.Policies ?? []).flatMap(({ PolicyDocument }: { PolicyDocument: { Statement: object[] } }) =>
        PolicyDocument.Statement.filter((one) => /kms:(Decrypt|Encrypt|GenerateDataKey)/.test(JSON.stringify(one))).map(
          (one) => ({ role: Properties.RoleName as string, ...(one as { Resource: unknown; Condition: unknown }) }),
        ),
      ),
    );
    expect(statements.length).toBeGreaterThan(10);
    for (const { role, Resource, Condition } of statements) {
      const region = /:kms:([a-z0-9-]+):/.exec(text(Resource))?.[1];
      expect(Condition).toEqual({
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ALIAS },
      });
      if (region === 'us-west-2') expect(role).toMatch(/-(seal-backup|velero-primary|replicate-to-(standby|primary))$/);
    }
  });

  it('are none where the plan leaves it to S3', () => {
    expect(keys(managed)).toEqual([]);
    expect(JSON.stringify(managed.templates)).not.toMatch(/kms:Decrypt|SseKmsEncryptedObjects|ReplicaKmsKeyID/);
  });
});

describe('replication', () => {
  const rule = (name: string) => bucket(name)?.Properties.ReplicationConfiguration.Rules[0];

  it('goes both ways, with metrics and a time', () => {
    expect(rule('knative-lambda-velero-backups').Destination.Bucket).toBe(
      'arn:aws:s3:::knative-lambda-dr-backups-us-east-1',
    );
    expect(rule('knative-lambda-dr-backups').Destination.Bucket).toBe('arn:aws:s3:::knative-lambda-velero-backups');
    for (const name of ['knative-lambda-velero-backups', 'knative-lambda-dr-backups'])
      expect(rule(name)).toMatchObject({
        Destination: { ReplicationTime: { Time: { Minutes: 15 } }, Metrics: { Status: 'Enabled' } },
      });
  });

  it('carries delete markers to the standby, and none home: what a failover hides there stays in the primary', () => {
    expect(rule('knative-lambda-velero-backups').DeleteMarkerReplication).toEqual({ Status: 'Enabled' });
    expect(rule('knative-lambda-dr-backups').DeleteMarkerReplication).toEqual({ Status: 'Disabled' });
  });

  it('is left out of the first pass, when the other bucket does not exist yet', () => {
    const first = assemble('lifeboat.yaml', { context: { replication: 'off' } });
    for (const { Properties } of resources(first, 'AWS::S3::Bucket'))
      expect(Properties.ReplicationConfiguration).toBeUndefined();
    const [off, on] = [first, assembly].map((each) => resources(each).map(({ stack, id }) => `${stack}/${id}`));
    expect(on?.filter((id) => !off?.includes(id)).map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'standby/ReplicationRole',
      'primary/ReplicationRole',
    ]);
  });

  it('copies the images that the plan names, and no others', () => {
    const [images] = resources(assembly, 'AWS::ECR::ReplicationConfiguration');
    const only = images?.Properties.ReplicationConfiguration.Rules[0];
    expect(only.Destinations[0].Region).toBe(assembly.plan.sites.standby.region);
    expect(only.RepositoryFilters.map(({ Filter }: { Filter: string }) => Filter)).toEqual(
      assembly.plan.stores.images.repositories,
    );
  });
});

describe('tables', () => {
  it.each(resources(assembly, 'AWS::DynamoDB::Table').map((each) => [each.Properties.TableName, each] as const))(
    '%s can be had back, and cannot be deleted by mistake',
    (_, { Properties, DeletionPolicy }) => {
      expect(Properties).toMatchObject({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        BillingMode: 'PAY_PER_REQUEST',
      });
      expect(DeletionPolicy).toBe('Retain');
    },
  );
});

describe('keys and topics', () => {
  it('sign, and outlive their stacks', () => {
    const keys = resources(assembly, 'AWS::KMS::Key').filter(({ Properties }) => Properties.KeyUsage !== undefined);
    expect(keys.map(({ stack }) => stack).toSorted()).toEqual(['control', 'primary']);
    for (const { Properties, DeletionPolicy } of keys) {
      expect(Properties).toMatchObject({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
      expect(DeletionPolicy).toBe('Retain');
    }
  });

  it('reach people over TLS alone, and let alarms and nobody else tell them', () => {
    for (const { Properties } of resources(assembly, 'AWS::SNS::TopicPolicy')) {
      const policy = JSON.stringify(Properties.PolicyDocument);
      expect(policy).toContain('aws:SecureTransport');
      expect(policy).toContain('cloudwatch.amazonaws.com');
      expect(policy).not.toContain('s3.amazonaws.com');
    }
  });
});
