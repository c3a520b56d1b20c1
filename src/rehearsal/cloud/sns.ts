import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Random } from '../kernel/random.ts';
import { lastPart } from './arn.ts';
import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import type { Kms } from './kms.ts';
import { physicalName, uuidFrom } from './physical-name.ts';
import type { Caller, Input, Operation, ResourceType, Service } from './service.ts';
import { targetCall } from './target-call.ts';
import type { World } from './world.ts';

type Topic = { arn: string; keyId: string | undefined; subscriptions: Subscription[] };
type Subscription = { arn: string; protocol: string; endpoint: string; raw: boolean };

/** What reached people: an e-mail, a text message. */
export type Delivery = {
  at: number;
  topic: string;
  protocol: string;
  endpoint: string;
  subject: string;
  message: string;
};

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_MESSAGE_BYTES = 262_144;
const MAX_SUBJECT_CHARACTERS = 99;

function refusal({ Message, Subject = '' }: { Message: string; Subject?: string }): string | undefined {
  if (Message === '') return 'Empty message';
  if (Buffer.byteLength(Message) > MAX_MESSAGE_BYTES) return 'Message too long';
  return Subject.length > MAX_SUBJECT_CHARACTERS || /\p{Cc}/u.test(Subject) ? 'Subject' : undefined;
}
const PEOPLE = new Set(['email', 'email-json', 'sms']);

/** Topics and their subscriptions. */
export class Sns implements Service {
  readonly id = 'sns';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly deliveries: Delivery[] = [];
  readonly #world: World;
  readonly #topics = new Map<string, Topic>();
  readonly #random: Random;

  constructor(world: World, iam: Iam, kms: Kms) {
    this.#world = world;
    this.#random = world.kernel.random.fork('sns');
    this.operations = {
      Publish: {
        permissions: (input, at) => {
          const key = this.#topics.get(input.TopicArn)?.keyId;
          const through = (action: string) => kms.permissionThrough('sns', action, key, at.region);
          // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
          return [
            { action: 'sns:Publish', resource: input.TopicArn },
            ...through('kms:GenerateDataKey'),
            ...through('kms:Decrypt'),
          ];
        },
        answer: (input, at) => this.#publish(input, at.region),
      },
    };
    this.resources = {
      'AWS::SNS::Topic': (properties, at) => {
        if (properties.FifoTopic === true) throw new NotSimulated('a FIFO topic');
        const name = physicalName(properties.TopicName, at, 256);
        const arn = `arn:aws:sns:${at.region}:${world.account}:${name}`;
        const topic: Topic = { arn, keyId: properties.KmsMasterKeyId, subscriptions: [] };
        this.#topics.set(arn, topic);
        for (const each of properties.Subscription ?? []) this.#subscribe(arn, each);
        return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
      },
      'AWS::SNS::TopicPolicy': (properties, at) => {
        for (const arn of properties.Topics) iam.resourcePolicy(arn, properties.PolicyDocument);
        return { ref: at.logicalId };
      },
      'AWS::SNS::Subscription': (properties) => ({ ref: this.#subscribe(properties.TopicArn, properties) }),
    };
  }

  #subscribe(topicArn: string, properties: Input): string {
    const topic = this.#topics.get(topicArn);
    if (topic === undefined) throw new Error(`a subscription is for topic ${topicArn}, which does not exist`);
    if (properties.FilterPolicy !== undefined) throw new NotSimulated('a filter policy of a subscription');
    const protocol: string = properties.Protocol;
    if (!PEOPLE.has(protocol) && !['sqs', 'lambda', 'https'].includes(protocol))
      throw new NotSimulated(`a subscription by ${protocol}`);
    const arn = `${topicArn}:${uuidFrom(this.#random.hex(32))}`;
    topic.subscriptions.push({
      arn,
      protocol,
      endpoint: properties.Endpoint,
      raw: properties.RawMessageDelivery === true,
    });
    return arn;
  }

  #publish(input: Input, region: string): unknown {
    const topic = this.#topics.get(input.TopicArn);
    if (topic === undefined) throw new AwsError('NotFoundException', 'Topic does not exist', 404);
    const refused = refusal(input);
    if (refused !== undefined) throw new AwsError('InvalidParameterException', `Invalid parameter: ${refused}`);
    const MessageId = uuidFrom(this.#random.hex(32));
    for (const subscription of topic.subscriptions)
      this.#world.schedule(region, this.#world.latencies.draw('aws.call'), () =>
        this.#deliver(topic, subscription, input, MessageId, region),
      );
    return { MessageId };
  }

  #deliver(topic: Topic, subscription: Subscription, input: Input, messageId: string, region: string): void {
    const { protocol, endpoint } = subscription;
    if (PEOPLE.has(protocol) || protocol === 'https') {
      const delivery = {
        topic: lastPart(topic.arn),
        protocol,
        endpoint,
        subject: input.Subject ?? '',
        message: input.Message,
      };
      this.deliveries.push({ at: this.#world.kernel.now, ...delivery });
      this.#world.record('told people', delivery);
      return;
    }
    const caller: Caller = { kind: 'service', principal: 'sns.amazonaws.com', sourceArn: topic.arn };
    const notice = this.#notice(topic, subscription, input, messageId);
    const wrapped = {
      Records: [{ EventVersion: '1.0', EventSource: 'aws:sns', EventSubscriptionArn: subscription.arn, Sns: notice }],
    };
    const text =
      protocol === 'lambda' ? JSON.stringify(wrapped) : subscription.raw ? input.Message : JSON.stringify(notice);
    const call = targetCall(endpoint, text);
    try {
      if (call === undefined) throw new Error(`${endpoint} is no queue and no function`);
      this.#world.act({ caller, region, ...call });
    } catch (error) {
      this.#world.record('sns delivery refused', { topic: topic.arn, endpoint, error: String(error) });
    }
  }

  /** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
  #notice(topic: Topic, subscription: Subscription, input: Input, MessageId: string): Record<string, unknown> {
    const Timestamp = new Date(this.#world.kernel.now).toISOString();
    const { Subject, Message, MessageAttributes } = input;
    const notice = { Type: 'Notification', MessageId, TopicArn: topic.arn, Subject, Message, Timestamp };
    return subscription.protocol === 'sqs' ? notice : { ...notice, MessageAttributes };
  }
}
