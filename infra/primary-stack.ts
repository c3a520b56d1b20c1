import { Aws } from 'aws-cdk-lib';
import { CfnReplicationConfiguration } from 'aws-cdk-lib/aws-ecr';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { accessLogsBucket, closedBucket, sendEvents } from './constructs/bucket.ts';
import { ClusterAccess } from './constructs/cluster-access.ts';
import { EventRule } from './constructs/event-rule.ts';
import { LambdaFunction, planLayer } from './constructs/lambda-function.ts';
import { PeopleTopic } from './constructs/people-topic.ts';
import { replicate } from './constructs/replication.ts';
import { signingKey } from './constructs/signing-key.ts';
import { VeleroIdentity } from './constructs/velero-identity.ts';
import type { Given } from './stack.ts';
import { LifeboatStack } from './stack.ts';

/** What a recovery point is complete by: its own record, and what Velero writes beside it. */
const BACKUP_KEYS = [{ wildcard: 'velero/backups/*/velero-backup.json' }, { wildcard: 'velero/backups/*.tar.gz' }];

/** Replication that fails or is late: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html */
const REPLICATION_TROUBLE = ['s3:Replication:OperationFailedReplication', 's3:Replication:OperationMissedThreshold'];

/** Beside the cluster that is protected: its backups, their seals and their way out. No failover needs any of it. */
export class PrimaryStack extends LifeboatStack {
  constructor(scope: Construct, given: Given) {
    super(scope, given, {
      stack: 'primary',
      region: given.plan.sites.primary.region,
      description: 'Lifeboat: the backup bucket, seals, and replication of backups and images to the standby',
    });
    const people = new PeopleTopic(this, 'people-primary');
    const bucket = this.#backupBucket(people);
    this.#sealing(bucket, people.arn);
    this.#images();
    new VeleroIdentity(this, 'primary');
    new ClusterAccess(this, 'primary', {
      'capture-primary': 'AmazonEKSAdminViewPolicy',
      'protect-cluster': 'AmazonEKSClusterAdminPolicy',
      'fence-site': 'AmazonEKSClusterAdminPolicy',
    });
  }

  #backupBucket(people: PeopleTopic): Bucket {
    const bucketName = this.plan.stores.backups.bucket;
    const bucket = closedBucket(this, 'Backups', accessLogsBucket(this), { bucketName });
    replicate(this, bucket, 'primary');
    const resource = sendEvents(bucket);
    const tellPeople = REPLICATION_TROUBLE.map((event) => ({ Event: event, Topic: people.arn }));
    resource.addPropertyOverride('NotificationConfiguration.TopicConfigurations', tellPeople);
    // S3 tries the topic when it is configured, and refuses one whose policy does not let it in yet.
    resource.node.addDependency(people.policy);
    return bucket;
  }

  #sealing(bucket: Bucket, topic: string): void {
    const key = signingKey(this, this.names.sealKeyAlias, "Signs the seals of the primary's backups");
    const because = 'Backups not yet known.';
    const seal = new LambdaFunction(
      { stack: this, layer: planLayer(this), topic },
      {
        name: 'seal-backup',
        environment: { BACKUP_BUCKET: bucket.bucketName, SEAL_KEY_ID: this.names.sealKeyAlias },
        grants: [
          { actions: ['s3:ListBucket', 's3:ListBucketVersions'], on: [bucket.bucketArn] },
          { actions: ['s3:GetObject'], on: [bucket.arnForObjects('velero/backups/*')], because },
          { actions: ['s3:PutObject'], on: [bucket.arnForObjects('lifeboat/seals/*')], because },
          { actions: ['kms:Sign'], on: [key.keyArn] },
        ],
        memoryMiB: 512,
        timeoutSeconds: 300,
        asynchronous: true,
      },
    );
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
