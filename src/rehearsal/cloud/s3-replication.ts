import { AwsError } from './aws-error.ts';
import { iamOf } from './iam-of.ts';
import type { Bucket } from './s3-bucket.ts';
import { canEncrypt, replicationKeyPermissions } from './s3-encryption.ts';
import type { S3Events } from './s3-events.ts';
import type { ObjectVersion } from './s3-object.ts';
import { S3ReplicationMetrics } from './s3-replication-metrics.ts';
import type { ReplicationConfiguration, ReplicationRule } from './s3-settings.ts';
import type { Caller, Input } from './service.ts';

import type { World } from './world.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html */
export function replicationConfiguration(configuration: Input): ReplicationConfiguration | undefined {
  if (configuration === undefined) return undefined;
  const rules: Input[] = configuration.Rules;
  return {
    roleArn: configuration.Role,
    rules: rules
      .filter((rule) => rule.Status === 'Enabled')
      .map((rule, index) => ({
        id: rule.Id ?? `rule-${index}`,
        priority: rule.Priority ?? 0,
        prefix: rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix ?? '',
        destination: rule.Destination.Bucket.replace(/^arn:aws:s3:::/, ''),
        // Rules without Filter are of the first version, which replicates delete markers.
        deleteMarkers: rule.Filter === undefined || rule.DeleteMarkerReplication?.Status === 'Enabled',
        timeControl: rule.Destination.ReplicationTime?.Status === 'Enabled',
        metrics: rule.Destination.Metrics?.Status === 'Enabled',
        ...replicaKey(rule),
      })),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_SourceSelectionCriteria.html */
function replicaKey(rule: Input): { replicaKmsKey?: string } {
  if (rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== 'Enabled') return {};
  const key: string | undefined = rule.Destination.EncryptionConfiguration?.ReplicaKmsKeyID;
  if (key === undefined)
    throw new AwsError('InvalidRequest', 'ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.');
  return { replicaKmsKey: key };
}

type Task = {
  source: Bucket;
  version: ObjectVersion;
  rule: ReplicationRule;
  startedAt: number;
  missed: boolean;
  /** For the metrics: it has come to an end. */
  end: () => void;
};
/** Says which objects do not arrive while a fault lasts. */
export type HeldBack = (source: string, key: string, versionId: string) => boolean;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
const THRESHOLD_MS = 15 * 60_000;

/**
 * Copies new versions to other buckets, each after its own time, so in any order. What is on its way when a region
 * is lost waits, PENDING, until both can talk again. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
 */
export class S3Replication {
  readonly #world: World;
  readonly #events: S3Events;
  readonly #find: (bucket: string) => Bucket | undefined;
  readonly metrics: S3ReplicationMetrics;
  readonly #unfinished = new Map<ObjectVersion, number>();
  readonly #held = new Set<HeldBack>();
  readonly #elsewhere: ((heldBack: HeldBack) => () => void)[] = [];
  #waiting: Task[] = [];

  constructor(world: World, events: S3Events, find: (bucket: string) => Bucket | undefined) {
    this.#world = world;
    this.#events = events;
    this.#find = find;
    this.metrics = new S3ReplicationMetrics(world, find);
    world.network.onChange(() => this.#resume());
  }

  /** Objects that `heldBack` says true of do not arrive until the returned function is called. */
  holdBack(heldBack: HeldBack): () => void {
    this.#held.add(heldBack);
    const elsewhere = this.#elsewhere.map((holdBack) => holdBack(heldBack));
    return () => {
      this.#held.delete(heldBack);
      this.#resume();
      for (const release of elsewhere) release();
    };
  }

  /** Told of what is held back, and answers how to let it go: for buckets whose objects are copied by somebody else. */
  onHoldBack(holdBack: (heldBack: HeldBack) => () => void): void {
    this.#elsewhere.push(holdBack);
  }

  /** How many copies are on their way or wait. */
  get pending(): number {
    return this.#unfinished.size;
  }

  /** Starts the copies of a new version or delete marker. Replicas and what lifecycle rules do are never passed here. */
  start(source: Bucket, version: ObjectVersion): void {
    const rules = rulesFor(source, version);
    if (rules.length === 0) return;
    version.replicationStatus = 'PENDING';
    this.#unfinished.set(version, rules.length);
    const startedAt = this.#world.kernel.now;
    for (const rule of rules)
      this.#send({ source, version, rule, startedAt, missed: false, end: this.metrics.begin(source, rule) });
  }

  /** Destinations and versions as if replication had long finished: for a world that is built with its history. */
  settle(source: Bucket, version: ObjectVersion): void {
    for (const rule of rulesFor(source, version)) {
      const destination = this.#find(rule.destination);
      destination?.add(version.replica(rule.replicaKmsKey ?? destination.settings.kmsKeyArn));
      version.replicationStatus = 'COMPLETED';
    }
  }

  #send(task: Task): void {
    const takes = this.#world.latencies.draw('s3.replication');
    if (takes > THRESHOLD_MS) this.#watch(task);
    this.#world.kernel.schedule(takes, () => this.#arrive(task));
  }

  #arrive(task: Task): void {
    const { source, version, rule } = task;
    // A version that was deleted for good meanwhile has nothing left to copy.
    if (source.version(version.key, version.versionId) === undefined) {
      task.end();
      this.#unfinished.delete(version);
      return;
    }
    const destination = this.#find(rule.destination);
    const reachable = destination === undefined || this.#world.network.reaches(source.region, destination.region);
    if (!reachable || !this.#world.network.up(source.region) || this.#isHeld(task)) {
      this.#waiting.push(task);
      this.#watch(task);
      return;
    }
    const problem = this.#problem(task, destination);
    if (problem === undefined && destination !== undefined) this.#copy(task, destination);
    else this.#fail(task, problem ?? 'the destination does not exist');
  }

  #copy(task: Task, destination: Bucket): void {
    const { source, version, startedAt, missed } = task;
    task.end();
    if (destination.version(version.key, version.versionId) === undefined) {
      const replica = version.replica(task.rule.replicaKmsKey ?? destination.settings.kmsKeyArn);
      replica.arrivedAt = this.#world.kernel.now;
      destination.add(replica);
      const service: Caller = { kind: 'service', principal: 's3.amazonaws.com', sourceArn: source.arn };
      if (replica.deleteMarker) this.#events.deleted(destination, replica, 'DeleteObject', service);
      // Seen by the community and not in the documents: a replica's arrival is an ObjectCreated:Put there.
      else this.#events.created(destination, replica, 'PutObject', service);
    }
    const left = (this.#unfinished.get(version) ?? 1) - 1;
    if (left > 0) this.#unfinished.set(version, left);
    else {
      this.#unfinished.delete(version);
      if (version.replicationStatus === 'PENDING') version.replicationStatus = 'COMPLETED';
    }
    if (missed && this.#world.kernel.now - startedAt > THRESHOLD_MS)
      this.#tell('OperationReplicatedAfterThreshold', task);
  }

  #fail(task: Task, problem: string): void {
    const { source, version, rule } = task;
    task.end();
    version.replicationStatus = 'FAILED';
    this.#unfinished.delete(version);
    const { key } = version;
    this.#world.record('s3 replication failed', { bucket: source.name, key, destination: rule.destination, problem });
    if (rule.metrics) this.#tell('OperationFailedReplication', task);
  }

  #tell(event: string, { source, version, rule, startedAt }: Task): void {
    const { id: ruleId, destination } = rule;
    this.#events.replicationTrouble(source, version, event, { ruleId, destination, startedAt });
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html */
  #problem({ source, version, rule }: Task, destination: Bucket | undefined): string | undefined {
    if (destination === undefined) return 'the destination does not exist';
    if (!destination.settings.versioned) return 'versioning is not enabled on the destination';
    if (source.settings.objectLock && !destination.settings.objectLock)
      return 'Object Lock is not enabled on the destination';
    const roleArn = source.settings.replication?.roleArn ?? '';
    const distrust = iamOf(this.#world)?.assumeRoleProblem('s3.amazonaws.com', roleArn);
    if (distrust !== undefined) return distrust;
    const from = `${source.arn}/${version.key}`;
    const to = `${destination.arn}/${version.key}`;
    const wanted: [string, string][] = [
      ['s3:GetReplicationConfiguration', source.arn],
      ['s3:ListBucket', source.arn],
      ['s3:GetObjectVersionForReplication', from],
      ['s3:GetObjectVersionAcl', from],
      [version.deleteMarker ? 's3:ReplicateDelete' : 's3:ReplicateObject', to],
    ];
    if (version.tags !== undefined) wanted.push(['s3:GetObjectVersionTagging', from], ['s3:ReplicateTags', to]);
    if (version.retention !== undefined) wanted.push(['s3:GetObjectRetention', from], ['s3:GetObjectLegalHold', from]);
    const { replicaKmsKey } = rule;
    if (replicaKmsKey !== undefined && !canEncrypt(this.#world, replicaKmsKey, destination.region))
      return `there is no key ${replicaKmsKey} in ${destination.region} that encrypts`;
    const keys = version.deleteMarker
      ? []
      : replicationKeyPermissions(this.#world, source, destination, version.key, replicaKmsKey);
    const caller: Caller = { kind: 'role', arn: roleArn, session: 's3-replication' };
    for (const permission of [...wanted.map(([action, resource]) => ({ action, resource })), ...keys]) {
      const why = this.#world.judge(caller, permission, source.region);
      if (why !== undefined) return `${roleArn} may not ${permission.action} on ${permission.resource}: ${why}`;
    }
    return undefined;
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html: told when 15 minutes are over. */
  #watch(task: Task): void {
    if (!task.rule.timeControl || task.missed) return;
    task.missed = true;
    this.#world.kernel.schedule(task.startedAt + THRESHOLD_MS - this.#world.kernel.now, () => {
      if (task.version.replicationStatus === 'PENDING') this.#tell('OperationMissedThreshold', task);
    });
  }

  #isHeld({ source, version }: Task): boolean {
    for (const heldBack of this.#held) if (heldBack(source.name, version.key, version.versionId)) return true;
    return false;
  }

  #resume(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) this.#send(task);
  }
}

/** Of several rules for one destination, the one of highest priority counts. */
function rulesFor(source: Bucket, version: ObjectVersion): ReplicationRule[] {
  const chosen = new Map<string, ReplicationRule>();
  const encrypted = source.settings.kmsKeyArn !== undefined && !version.deleteMarker;
  for (const rule of source.settings.replication?.rules ?? []) {
    if (!version.key.startsWith(rule.prefix)) continue;
    // Not copied unless the rule says so: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    if (encrypted && rule.replicaKmsKey === undefined) continue;
    const other = chosen.get(rule.destination);
    if (other === undefined || other.priority < rule.priority) chosen.set(rule.destination, rule);
  }
  return [...chosen.values()].filter((rule) => !version.deleteMarker || rule.deleteMarkers);
}
