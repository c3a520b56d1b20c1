import { Aws } from 'aws-cdk-lib';
import { CfnReplicationConfiguration } from 'aws-cdk-lib/aws-ecr';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { backupBucket } from './constructs/backup-bucket.ts';
import { useBackupKey } from './constructs/backup-key.ts';
import { accessLogsBucket, sendEvents } from './constructs/bucket.ts';
import { ClusterAccess } from './constructs/cluster-access.ts';
import { EventRule } from './constructs/event-rule.ts';
import type { FunctionsGiven } from './constructs/lambda-function.ts';
import { LambdaFunction, planLayer } from './constructs/lambda-function.ts';
import { PeopleTopic } from './constructs/people-topic.ts';
import { replicate } from './constructs/replication.ts';
import { signingKey } from './constructs/signing-key.ts';
import { VeleroIdentity } from './constructs/velero-identity.ts';
import { ReplicationFailedAlarms } from './replication-failed.ts';
import { ReplicationTrouble } from './replication-trouble.ts';
import type { Given } from './stack.ts';
import { LifeboatStack } from './stack.ts';

/** What a recovery point is complete by: its own record, and what Velero writes beside it. */
const BACKUP_KEYS = [{ wildcard: 'velero/backups/*/velero-backup.json' }, { wildcard: 'velero/backups/*.tar.gz' }];

/** Beside the cluster that is protected: its backups, their seals and their way out. No failover needs any of it. */
export class PrimaryStack extends LifeboatStack {
  constructor(scope: Construct, given: Given) {
    super(scope, given, {
      stack: 'primary',
      region: given.plan.sites.primary.region,
      description: 'Lifeboat: the backup bucket, seals, and replication of backups and images to the standby',
    });
    const { backups, buckets } = this.plan.stores;
    // Where backups are in another store than S3, none of that is ours.
    const s3 = backups.endpoint === undefined;
    if (s3 || buckets.length > 0) {
      const topic = new PeopleTopic(this, 'people-primary').arn;
      if (s3) this.#backups(topic);
      if (buckets.length > 0) new ReplicationFailedAlarms(this, topic);
    }
    this.#images();
    new ClusterAccess(this, 'primary', {
      'capture-primary': 'AmazonEKSAdminViewPolicy',
      'protect-cluster': 'AmazonEKSClusterAdminPolicy',
      'fence-site': 'AmazonEKSClusterAdminPolicy',
    });
  }

  #backups(topic: string): void {
    const functions: FunctionsGiven = { stack: this, layer: planLayer(this), topic };
    const bucket = backupBucket(this, 'Backups', accessLogsBucket(this), this.plan.stores.backups.bucket);
    replicate(this, bucket, 'primary');
    new ReplicationTrouble(functions, sendEvents(bucket));
    this.#sealing(functions, bucket);
    new VeleroIdentity(this, 'primary');
  }

  #sealing(functions: FunctionsGiven, bucket: Bucket): void {
    const key = signingKey(this, this.names.sealKeyAlias, "Signs the seals of the primary's backups");
    const because = 'Backups not yet known.';
    const seal = new LambdaFunction(functions, {
      name: 'seal-backup',
      environment: { BACKUP_BUCKET: bucket.bucketName, SEAL_KEY_ID: this.names.sealKeyAlias },
      grants: [
        { actions: ['s3:ListBucket', 's3:ListBucketVersions'], on: [bucket.bucketArn] },
        {
          actions: ['s3:GetObject'],
          on: ['velero/backups/*', 'lifeboat/*'].map((part) => bucket.arnForObjects(part)),
          because,
        },
        { actions: ['s3:PutObject'], on: [bucket.arnForObjects('lifeboat/*')], because },
        { actions: ['kms:Sign'], on: [key.keyArn] },
        ...useBackupKey(this, 'primary', 'Decrypt', 'GenerateDataKey'),
      ],
      memoryMiB: 512,
      timeoutSeconds: 300,
      asynchronous: true,
    });
    new EventRule(this, 'SealBackups', {
      name: 'seal-backups',
      what: 'A backup has been written, and is sealed',
      pattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [this.plan.stores.backups.bucket] }, object: { key: BACKUP_KEYS } },
      },
      target: { kind: 'function', arn: seal.arn, deadLetters: seal.deadLetters },
    });
  }

  /** An account's registry has one such configuration in a region; this one is all of it. */
  #images(): void {
    const { repositories } = this.plan.stores.images;
    if (repositories.length === 0) return;
    new CfnReplicationConfiguration(this, 'Images', {
      replicationConfiguration: {
        rules: [
          {
            destinations: [{ region: this.plan.sites.standby.region, registryId: Aws.ACCOUNT_ID }],
            repositoryFilters: repositories.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
          },
        ],
      },
    });
  }
}
