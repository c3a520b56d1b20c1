import { parseArn } from './arn.ts';
import { AwsError } from './aws-error.ts';
import { publishEvent } from './eventbridge-publish.ts';
import type { Bucket } from './s3-bucket.ts';
import type { ObjectVersion } from './s3-object.ts';
import type { BucketSettings, NotificationTargets } from './s3-settings.ts';
import type { Caller, Input } from './service.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html */
export function notificationTargets(configuration: Input): NotificationTargets[] {
  const list = (items: Input[] | undefined, kind: NotificationTargets['kind'], arnOf: (item: Input) => string) =>
    (items ?? []).map((item) => {
      const rules: Input[] = item.Filter?.S3Key?.Rules ?? [];
      const value = (name: string): string => rules.find((rule) => rule.Name.toLowerCase() === name)?.Value ?? '';
      return { kind, arn: arnOf(item), event: item.Event, prefix: value('prefix'), suffix: value('suffix') };
    });
  return [
    ...list(configuration?.TopicConfigurations, 'sns', (item) => item.Topic),
    ...list(configuration?.QueueConfigurations, 'sqs', (item) => item.Queue),
    ...list(configuration?.LambdaConfigurations, 'lambda', (item) => item.Function),
  ];
}

/** What a record tells of the replication that is in trouble. */
export type ReplicationOf = { ruleId: string; destination: string; startedAt: number };

const asS3 = (bucket: string): Caller => ({
  kind: 'service',
  principal: 's3.amazonaws.com',
  sourceArn: `arn:aws:s3:::${bucket}`,
});

/** What S3 tells of its objects: to EventBridge and to the bucket's own notification targets. */
export class S3Events {
  readonly #world: World;
  /** Events are kept while their region is down: S3 delivers at least once. */
  readonly #kept = new Map<string, (() => void)[]>();
  #sequence = 0;

  constructor(world: World) {
    this.#world = world;
    world.network.onReturn((region) => {
      const kept = this.#kept.get(region) ?? [];
      this.#kept.delete(region);
      for (const tell of kept) this.#later(region, tell);
    });
  }

  /**
   * A topic, queue or function of another region, or one that does not let S3 in yet, is refused when it is configured.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-enable-disable-notification-intro.html
   */
  validate({ name, region, notifications }: BucketSettings): void {
    for (const target of notifications) {
      const problem = this.#problem(target, name, region);
      if (problem === undefined) continue;
      const message = `Unable to validate the following destination configurations: ${target.arn} (${problem})`;
      throw new AwsError('InvalidArgument', message, 400);
    }
  }

  #problem(target: NotificationTargets, bucket: string, region: string): string | undefined {
    if (parseArn(target.arn)?.region !== region) return `it is not in ${region}`;
    const { service, operation, input } = delivery(target, '{}');
    const caller = asS3(bucket);
    const wanted =
      this.#world.services.get(service)?.operations[operation]?.permissions(input, { region, caller }) ?? [];
    return wanted.map((permission) => this.#world.judge(caller, permission, region)).find((why) => why !== undefined);
  }

  created(bucket: Bucket, version: ObjectVersion, reason: string, requester: Caller): void {
    this.#tell(bucket, version, 'Object Created', `s3:ObjectCreated:${reason === 'CopyObject' ? 'Copy' : 'Put'}`, {
      reason,
      requester: this.#name(requester),
    });
  }

  deleted(bucket: Bucket, version: ObjectVersion, reason: string, requester: Caller): void {
    const name = version.deleteMarker ? 's3:ObjectRemoved:DeleteMarkerCreated' : 's3:ObjectRemoved:Delete';
    this.#tell(bucket, version, 'Object Deleted', name, {
      reason,
      'deletion-type': version.deleteMarker ? 'Delete Marker Created' : 'Permanently Deleted',
      requester: this.#name(requester),
    });
  }

  /**
   * Replication tells of trouble only, only at the source, and never through EventBridge.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html
   */
  replicationTrouble(bucket: Bucket, version: ObjectVersion, event: string, of: ReplicationOf): void {
    this.#world.record(event, { bucket: bucket.name, key: version.key, versionId: version.versionId });
    const replicationEventData = {
      replicationRuleId: of.ruleId,
      destinationBucket: `arn:aws:s3:::${of.destination}`,
      s3Operation: version.deleteMarker ? 'OBJECT_DELETE' : 'OBJECT_PUT',
      requestTime: new Date(of.startedAt).toISOString(),
    };
    this.#notify(bucket, version, `s3:Replication:${event}`, { replicationEventData });
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
  #tell(bucket: Bucket, version: ObjectVersion, type: string, name: string, more: Record<string, string>): void {
    this.#notify(bucket, version, name);
    if (!bucket.settings.eventBridge) return;
    const sequencer = this.#nextSequencer();
    const detail = {
      version: '0',
      bucket: { name: bucket.name },
      object: describe(version, sequencer, type === 'Object Deleted'),
      'request-id': sequencer,
      ...more,
    };
    this.#later(bucket.region, () =>
      publishEvent(this.#world, bucket.region, { source: 'aws.s3', type, resources: [bucket.arn], detail }),
    );
  }

  #notify(bucket: Bucket, version: ObjectVersion, event: string, more: Record<string, unknown> = {}): void {
    for (const target of bucket.settings.notifications) {
      if (!matches(target, version.key, event)) continue;
      const message = { Records: [{ ...this.#message(bucket, version, event), ...more }] };
      this.#later(bucket.region, () => this.#send(bucket, target, message));
    }
  }

  #send(bucket: Bucket, target: NotificationTargets, message: unknown): void {
    const call = { caller: asS3(bucket.name), region: bucket.region, ...delivery(target, JSON.stringify(message)) };
    this.#world.kernel.spawn(async () => {
      try {
        await this.#world.act(call);
      } catch (error) {
        this.#world.record('s3 notification refused', { target: target.arn, error: String(error) });
      }
    });
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
  #message(bucket: Bucket, version: ObjectVersion, event: string): Record<string, unknown> {
    const requestId = this.#nextSequencer();
    return {
      eventVersion: event.startsWith('s3:Replication') ? '2.2' : '2.1',
      eventSource: 'aws:s3',
      awsRegion: bucket.region,
      eventTime: new Date(this.#world.kernel.now).toISOString(),
      eventName: event.replace(/^s3:/, ''),
      userIdentity: { principalId: 's3.amazonaws.com' },
      requestParameters: { sourceIPAddress: 's3.amazonaws.com' },
      responseElements: { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: `${bucket.name}-${event}`,
        bucket: { name: bucket.name, arn: bucket.arn, ownerIdentity: { principalId: this.#world.account } },
        object: {
          key: encodeURIComponent(version.key).replaceAll('%2F', '/').replaceAll('%20', '+'),
          size: version.size,
          eTag: version.etag,
          versionId: version.versionId,
          sequencer: this.#nextSequencer(),
        },
      },
    };
  }

  #later(region: string, tell: () => void): void {
    this.#world.kernel.schedule(this.#world.latencies.draw('s3.event'), () => {
      if (this.#world.network.up(region)) return tell();
      const kept = this.#kept.get(region);
      if (kept === undefined) this.#kept.set(region, [tell]);
      else kept.push(tell);
    });
  }

  #nextSequencer(): string {
    return (++this.#sequence).toString(16).toUpperCase().padStart(18, '0');
  }

  #name(caller: Caller): string {
    if (caller.kind === 'service') return caller.principal;
    return caller.kind === 'role' ? this.#world.account : 'Anonymous';
  }
}

/** Size and ETag stand in the event as S3 tells them, and are worked out when somebody reads them: most events nobody does. */
function describe(version: ObjectVersion, sequencer: string, deleted: boolean): Record<string, unknown> {
  const versionId = version.versionId === 'null' ? {} : { 'version-id': version.versionId };
  if (deleted) return { key: version.key, ...versionId, sequencer };
  return {
    key: version.key,
    get size() {
      return version.size;
    },
    get etag() {
      return version.etag;
    },
    ...versionId,
    sequencer,
  };
}

const matches = (target: NotificationTargets, key: string, event: string): boolean =>
  (target.event.endsWith('*') ? event.startsWith(target.event.slice(0, -1)) : event === target.event) &&
  key.startsWith(target.prefix) &&
  key.endsWith(target.suffix);

/** How S3 calls a target. */
function delivery({ kind, arn }: NotificationTargets, text: string) {
  if (kind === 'sns')
    return {
      service: kind,
      operation: 'Publish',
      input: { TopicArn: arn, Message: text, Subject: 'Amazon S3 Notification' },
    };
  if (kind === 'sqs')
    return { service: kind, operation: 'SendMessage', input: { QueueUrl: queueUrl(arn), MessageBody: text } };
  return {
    service: kind,
    operation: 'Invoke',
    input: { FunctionName: arn, InvocationType: 'Event', Payload: text },
  };
}

function queueUrl(arn: string): string {
  const [, , , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}
