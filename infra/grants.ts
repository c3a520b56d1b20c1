import { useBackupKey } from './constructs/backup-key.ts';
import type { Grant } from './constructs/role.ts';
import type { Names } from './names.ts';

/** What functions may do, in the words of a policy; each answers one statement. */
export class Grants {
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Of the table of runs: `GetItem`, `PutItem` … */
  runs(...actions: string[]): Grant {
    return { actions: actions.map((action) => `dynamodb:${action}`), on: [this.#names.tableArn('runs')] };
  }

  signals(...actions: string[]): Grant {
    return { actions: actions.map((action) => `dynamodb:${action}`), on: [this.#names.tableArn('signals')] };
  }

  /** What judging recovery points takes: all that lies in the replica, in which version, and the catalogue. */
  judge(): Grant[] {
    return [
      this.catalogue('GetItem', 'PutItem', 'DeleteItem', 'Query'),
      this.listReplica(),
      ...this.readReplica('lifeboat/seals/*', 'velero/*'),
      this.missCaptured(),
      this.readCaptured(),
    ];
  }

  catalogue(...actions: string[]): Grant {
    return { actions: actions.map((action) => `dynamodb:${action}`), on: [this.#names.tableArn('catalogue')] };
  }

  tellBus(): Grant {
    return { actions: ['events:PutEvents'], on: [this.#names.busArn] };
  }

  tellPeople(): Grant {
    return { actions: ['sns:Publish'], on: [this.#names.topicArn] };
  }

  readCaptured(): Grant {
    return this.#objects(
      ['s3:GetObject'],
      this.#names.capturedBucket,
      ['*'],
      'All that was captured from the primary.',
    );
  }

  /** Without the right to list, S3 answers "denied" for an object that is not there. */
  missCaptured(): Grant {
    return { actions: ['s3:ListBucket'], on: [this.#names.bucketArn(this.#names.capturedBucket)] };
  }

  writeCaptured(): Grant {
    return this.#objects(['s3:PutObject'], this.#names.capturedBucket, ['*'], 'All that is captured from the primary.');
  }

  writeReports(): Grant {
    return this.#objects(['s3:PutObject'], this.#names.reportsBucket, ['*'], 'Reports of runs not yet known.');
  }

  readReplica(...prefixes: string[]): Grant[] {
    const { plan } = this.#names;
    return [
      this.#objects(['s3:GetObject'], plan.stores.backups.replica, prefixes, 'Recovery points not yet known.'),
      ...useBackupKey({ names: this.#names, plan }, 'standby', 'Decrypt'),
    ];
  }

  /** Without the right to list, S3 answers "denied" for an object that is not there. */
  missReplica(): Grant {
    return { actions: ['s3:ListBucket'], on: [this.#names.bucketArn(this.#names.plan.stores.backups.replica)] };
  }

  /** Behind a delete marker: no version can be deleted by it. */
  hideReplica(prefix: string): Grant {
    const { replica } = this.#names.plan.stores.backups;
    return this.#objects(['s3:DeleteObject'], replica, [prefix], 'Objects of later backups, not yet known.');
  }

  listReplica(): Grant {
    const on = [this.#names.bucketArn(this.#names.plan.stores.backups.replica)];
    return { actions: ['s3:ListBucket', 's3:ListBucketVersions'], on };
  }

  cluster(site: 'primary' | 'standby', ...actions: string[]): Grant {
    return { actions: actions.map((action) => `eks:${action}`), on: [this.#names.clusterArn(site)] };
  }

  /** Each add-on has an ARN that ends in an id of its own. */
  describeAddons(site: 'primary' | 'standby'): Grant {
    const { region, cluster } = this.#names.plan.sites[site];
    const on = [this.#names.arn('eks', region, `addon/${cluster}/*`)];
    return { actions: ['eks:DescribeAddon'], on, because: 'Add-ons of one cluster, whose names are not ours.' };
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
  loadBalancers(...actions: string[]): Grant {
    return {
      actions: actions.map((action) => `elasticloadbalancing:${action}`),
      on: ['*'],
      because: 'Elastic Load Balancing has no narrower resource for its Describe actions.',
    };
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html */
  publishMetrics(): Grant {
    return {
      actions: ['cloudwatch:PutMetricData'],
      on: ['*'],
      when: { StringEquals: { 'cloudwatch:namespace': 'Lifeboat' } },
      because: 'A metric has no ARN; its namespace is required instead.',
    };
  }

  /** What S3 says of the replication of applications' buckets. */
  readReplicationMetrics(): Grant[] {
    const because = 'CloudWatch has no resource to name for it: a metric has no ARN.';
    const read = { actions: ['cloudwatch:GetMetricStatistics'], on: ['*'], because };
    return this.#names.plan.stores.buckets.length === 0 ? [] : [read];
  }

  /** The copies that ECR makes in the standby, under the plan's prefixes. */
  images(): Grant[] {
    const { images } = this.#names.plan.stores;
    const { region } = this.#names.plan.sites.standby;
    const on = images.repositories.map((prefix) => this.#names.arn('ecr', region, `repository/${prefix}*`));
    const because = 'The plan names repositories by their prefix.';
    return on.length === 0 ? [] : [{ actions: ['ecr:DescribeImages'], on, because }];
  }

  /** By its alias, as the key's id is the primary stack's to know. */
  readSealKey(): Grant {
    return {
      actions: ['kms:GetPublicKey'],
      on: [this.#names.arn('kms', this.#names.plan.sites.primary.region, 'key/*')],
      when: { StringEquals: { 'kms:RequestAlias': this.#names.sealKeyAlias } },
      because: "The key's id is made by another stack; its alias is required instead.",
    };
  }

  readRecords(): Grant {
    return {
      actions: ['route53:ListResourceRecordSets'],
      on: [`arn:aws:route53:::hostedzone/${this.#names.plan.traffic.zone.id}`],
    };
  }

  /** Their ids are Route 53's to choose. */
  readHealthChecks(): Grant {
    const because = 'Health checks are made by another stack, and have no names.';
    return { actions: ['route53:GetHealthCheck'], on: ['arn:aws:route53:::healthcheck/*'], because };
  }

  #objects(actions: string[], bucket: string, prefixes: string[], because: string): Grant {
    return { actions, on: prefixes.map((prefix) => `${this.#names.bucketArn(bucket)}/${prefix}`), because };
  }
}
