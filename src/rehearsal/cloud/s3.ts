import type { Random } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import { iamOf } from './iam-of.ts';
import { Bucket } from './s3-bucket.ts';
import { bucketOperations } from './s3-bucket-operations.ts';
import { S3Events } from './s3-events.ts';
import { applyLifecycle, locked } from './s3-lifecycle.ts';
import { type Body, type ObjectDetails, ObjectVersion } from './s3-object.ts';
import { objectOperations } from './s3-object-operations.ts';
import { type HeldBack, S3Replication } from './s3-replication.ts';
import { type Deletion, retentionOf } from './s3-requests.ts';
import type { BucketSettings } from './s3-settings.ts';
import type { NewVersion, ObjectStore } from './s3-store.ts';
import { bucketSettings } from './s3-template.ts';
import type { Caller, Operation, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

export type PutOptions = Omit<ObjectDetails, 'key' | 'versionId' | 'lastModified' | 'body'> & {
  lastModified?: number;
  /** The object lies in the replicas already and nobody is told: history rather than something that happens now. */
  settled?: boolean;
};

const DAY_MS = 86_400_000;
const LIFECYCLE: Caller = { kind: 'service', principal: 's3.amazonaws.com' };
const TWIN: Caller = { kind: 'service', principal: 's3.amazonaws.com' };

/** Amazon S3. Bucket names are global; a bucket's objects lie in its region. */
export class S3 implements Service, ObjectStore {
  readonly id = 's3';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly world: World;
  readonly replication: S3Replication;
  readonly #buckets = new Map<string, Bucket>();
  readonly #events: S3Events;
  readonly #random: Random;

  constructor(world: World) {
    this.world = world;
    this.#random = world.kernel.random.fork('s3');
    this.#events = new S3Events(world);
    this.replication = new S3Replication(world, this.#events, (name) => this.find(name));
    this.operations = { ...objectOperations(this), ...bucketOperations(this) };
    this.resources = {
      'AWS::S3::Bucket': (properties, at) => this.#fromTemplate(bucketSettings(properties, at)),
      'AWS::S3::BucketPolicy': (properties) => {
        iamOf(this.world)?.resourcePolicy(`arn:aws:s3:::${properties.Bucket}`, properties.PolicyDocument);
        return { ref: properties.Bucket };
      },
    };
  }

  get now(): number {
    return this.world.kernel.now;
  }

  buckets(): Bucket[] {
    return [...this.#buckets.values()];
  }

  find(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  /** The bucket as an endpoint of that region sees it. */
  bucketAt(name: string, region: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new AwsError('NoSuchBucket', `The specified bucket does not exist (${name})`, 404);
    if (bucket.region === region) return bucket;
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
    const message = `The bucket ${name} is in the region ${bucket.region}; send all future requests to this endpoint`;
    throw new AwsError('PermanentRedirect', message, 301, {
      Bucket: name,
      Endpoint: `${name}.s3.${bucket.region}.amazonaws.com`,
    });
  }

  makeBucket(settings: Partial<BucketSettings> & { name: string; region: string }): Bucket {
    if (this.#buckets.has(settings.name))
      throw new AwsError('BucketAlreadyExists', `The requested bucket name is not available (${settings.name})`, 409);
    const plain = {
      versioned: false,
      objectLock: false,
      eventBridge: false,
      notifications: [],
      lifecycle: [],
      tags: {},
    };
    const bucket = new Bucket({ ...plain, ...settings });
    this.#buckets.set(settings.name, bucket);
    this.replication.metrics.publishIn(settings.region);
    if (bucket.settings.lifecycle.length > 0) this.#sweepDaily(bucket);
    return bucket;
  }

  /** For the twin's own writers: no permission, no latency. A body may be a function, called when somebody reads it. */
  put(bucketName: string, key: string, body: Body, options: PutOptions = {}): ObjectVersion {
    const bucket = this.#buckets.get(bucketName);
    if (bucket === undefined)
      throw new AwsError('NoSuchBucket', `The specified bucket does not exist (${bucketName})`, 404);
    const { settled, ...details } = options;
    if (settled !== true) return this.write(bucket, { ...details, key, body }, 'PutObject', TWIN);
    const version = this.#add(bucket, { ...details, key, body });
    this.replication.settle(bucket, version);
    return version;
  }

  get(bucketName: string, key: string): ObjectVersion | undefined {
    const latest = this.#buckets.get(bucketName)?.latest(key);
    return latest?.deleteMarker ? undefined : latest;
  }

  /** The current objects below a prefix, in the order of their keys. */
  list(bucketName: string, prefix = ''): ObjectVersion[] {
    const bucket = this.#buckets.get(bucketName);
    if (bucket === undefined) return [];
    const versions: ObjectVersion[] = [];
    for (const key of bucket.keys(prefix)) {
      const latest = bucket.latest(key);
      if (latest !== undefined && !latest.deleteMarker) versions.push(latest);
    }
    return versions;
  }

  /** Objects that `heldBack` says true of (default: all) do not arrive at their replicas until the returned function is called. */
  stallReplication(heldBack: HeldBack = () => true): () => void {
    return this.replication.holdBack(heldBack);
  }

  write(bucket: Bucket, details: NewVersion, reason: string, caller: Caller): ObjectVersion {
    const version = this.#add(bucket, details);
    this.#events.created(bucket, version, reason, caller);
    this.replication.start(bucket, version);
    return version;
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html */
  delete(bucket: Bucket, { key, versionId, bypassGovernance }: Deletion, caller: Caller): unknown {
    if (versionId !== undefined) return this.#removeVersion(bucket, key, versionId, bypassGovernance, caller);
    if (!bucket.settings.versioned) {
      const only = bucket.latest(key);
      if (only === undefined) return {};
      bucket.remove(only);
      this.#events.deleted(bucket, only, 'DeleteObject', caller);
      return {};
    }
    const marker = this.#mark(bucket, key);
    this.#events.deleted(bucket, marker, 'DeleteObject', caller);
    this.replication.start(bucket, marker);
    return { DeleteMarker: true, VersionId: marker.versionId };
  }

  #removeVersion(bucket: Bucket, key: string, versionId: string, bypass: boolean, caller: Caller): unknown {
    const version = bucket.version(key, versionId);
    if (version === undefined) return { VersionId: versionId };
    const governed = version.retention?.mode === 'GOVERNANCE' && !version.legalHold;
    // Delete markers are not protected. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
    if (!version.deleteMarker && locked(version, this.now) && !(governed && bypass))
      throw new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', 403);
    bucket.remove(version);
    this.#events.deleted(bucket, version, 'DeleteObject', caller);
    return { VersionId: versionId, ...(version.deleteMarker ? { DeleteMarker: true } : {}) };
  }

  #add(bucket: Bucket, details: NewVersion): ObjectVersion {
    const versionId = bucket.settings.versioned ? this.#random.hex(32) : 'null';
    const lastModified = details.lastModified ?? this.now;
    const retention = details.retention ?? retentionOf(bucket, {}, lastModified);
    const { kmsKeyArn: kmsKey } = bucket.settings;
    const version = new ObjectVersion({
      ...{ ...details, versionId, lastModified },
      ...(retention === undefined ? {} : { retention }),
      ...(kmsKey === undefined ? {} : { kmsKey }),
    });
    bucket.add(version);
    return version;
  }

  #mark(bucket: Bucket, key: string): ObjectVersion {
    const marker = new ObjectVersion({
      key,
      versionId: this.#random.hex(32),
      lastModified: this.now,
      deleteMarker: true,
    });
    bucket.add(marker);
    return marker;
  }

  #fromTemplate(settings: BucketSettings): { ref: string; attributes: Record<string, string> } {
    this.#events.validate(settings);
    const { name, region, arn } = this.makeBucket(settings);
    return {
      ref: name,
      attributes: {
        Arn: arn,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
        DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      },
    };
  }

  /** Lifecycle rules run once a day at midnight UTC and their deletions are never replicated. */
  #sweepDaily(bucket: Bucket): void {
    const sweep = (): void => {
      if (!this.world.network.up(bucket.region)) return;
      const { expire, remove } = applyLifecycle(bucket, this.now);
      for (const version of remove) {
        bucket.remove(version);
        this.#events.deleted(bucket, version, 'Lifecycle Expiration', LIFECYCLE);
      }
      for (const version of expire) {
        const gone = bucket.settings.versioned ? this.#mark(bucket, version.key) : version;
        if (gone === version) bucket.remove(version);
        this.#events.deleted(bucket, gone, 'Lifecycle Expiration', LIFECYCLE);
      }
    };
    this.world.kernel.every(DAY_MS, sweep, DAY_MS - (this.now % DAY_MS));
  }
}
