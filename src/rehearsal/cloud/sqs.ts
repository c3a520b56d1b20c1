import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Random } from '../kernel/random.ts';
import { lastPart } from './arn.ts';
import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import type { Kms } from './kms.ts';
import { physicalName, uuidFrom } from './physical-name.ts';
import type { Input, Operation, ResourcePlace, ResourceType, Service } from './service.ts';
import { measureBy } from './service-metrics.ts';
import { Queue } from './sqs-queue.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html (1 MiB since 2025-08) */
const MAX_MESSAGE_BYTES = 1_048_576;

/** Standard queues, their dead-letter queues, and those who wait for their messages. */
export class Sqs implements Service {
  readonly id = 'sqs';
  readonly operations: Record<string, Operation>;
  readonly resources: Record<string, ResourceType>;
  readonly queues = new Map<string, Queue>();
  readonly #world: World;
  readonly #iam: Iam;
  readonly #kms: Kms;
  readonly #random: Random;

  constructor(world: World, iam: Iam, kms: Kms) {
    this.#world = world;
    this.#iam = iam;
    this.#kms = kms;
    this.#random = world.kernel.random.fork('sqs');
    const on = (action: string, answer: (queue: Queue, input: Input) => unknown, keyAction?: string): Operation => ({
      permissions: (input, at) => {
        const arn = arnOfUrl(input.QueueUrl);
        const key = keyAction === undefined ? undefined : this.queues.get(arn)?.keyId;
        return [{ action, resource: arn }, ...this.#kms.permissionThrough('sqs', keyAction ?? '', key, at.region)];
      },
      answer: (input) => answer(this.#existing(input.QueueUrl), input),
    });
    this.operations = {
      SendMessage: on('sqs:SendMessage', (queue, input) => this.#send(queue, input), 'kms:GenerateDataKey'),
      ReceiveMessage: on('sqs:ReceiveMessage', (queue, input) => this.#receive(queue, input), 'kms:Decrypt'),
      DeleteMessage: on('sqs:DeleteMessage', (queue, input) => queue.delete(input.ReceiptHandle)),
      ChangeMessageVisibility: on('sqs:ChangeMessageVisibility', (queue, input) =>
        queue.hide(input.ReceiptHandle, this.#world.kernel.now + 1000 * input.VisibilityTimeout),
      ),
      GetQueueAttributes: on('sqs:GetQueueAttributes', (queue) => ({
        Attributes: { QueueArn: queue.arn, ApproximateNumberOfMessages: String(queue.visible(this.#world.kernel.now)) },
      })),
      GetQueueUrl: {
        permissions: (input, at) => [{ action: 'sqs:GetQueueUrl', resource: this.#arn(input.QueueName, at.region) }],
        answer: (input, at) => ({ QueueUrl: this.#existing(urlOf(this.#arn(input.QueueName, at.region))).url }),
      },
    };
    this.resources = {
      'AWS::SQS::Queue': (properties, at) => this.#create(properties, at),
      'AWS::SQS::QueuePolicy': (properties, at) => {
        for (const url of properties.Queues) this.#iam.resourcePolicy(arnOfUrl(url), properties.PolicyDocument);
        return { ref: at.logicalId };
      },
    };
  }

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
  deployed(): void {
    const name = 'ApproximateNumberOfMessagesVisible';
    for (const region of new Set([...this.queues.keys()].map((arn) => arn.split(':')[3] ?? ''))) {
      const changed = measureBy(this.#world, region, 'AWS/SQS', (metric) => {
        const queue = this.queues.get(this.#arn(metric.dimensions.QueueName ?? '', region));
        if (queue === undefined || metric.name !== name) return undefined;
        const count = queue.visible(this.#world.kernel.now);
        return { sum: count, count: 1, min: count, max: count };
      });
      for (const queue of this.queues.values())
        if (queue.arn.split(':')[3] === region)
          queue.onChange(() => changed({ namespace: 'AWS/SQS', name, dimensions: { QueueName: lastPart(queue.arn) } }));
    }
  }

  #arn(name: string, region: string): string {
    return `arn:aws:sqs:${region}:${this.#world.account}:${name}`;
  }

  #existing(url: string): Queue {
    const queue = this.queues.get(arnOfUrl(url));
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  #create(properties: Input, at: ResourcePlace): ReturnType<ResourceType> {
    if (properties.FifoQueue === true) throw new NotSimulated('a FIFO queue');
    const name = physicalName(properties.QueueName, at, 80);
    const arn = this.#arn(name, at.region);
    const queue = new Queue({
      arn,
      url: urlOf(arn),
      keyId: properties.KmsMasterKeyId,
      hiddenMs: 1000 * (properties.VisibilityTimeout ?? 30),
      delayMs: 1000 * (properties.DelaySeconds ?? 0),
      maxReceives: properties.RedrivePolicy?.maxReceiveCount,
      deadLetterArn: properties.RedrivePolicy?.deadLetterTargetArn,
    });
    this.queues.set(arn, queue);
    return { ref: queue.url, attributes: { Arn: arn, QueueName: name, QueueUrl: queue.url } };
  }

  #send(queue: Queue, input: Input): unknown {
    if (Buffer.byteLength(input.MessageBody) > MAX_MESSAGE_BYTES)
      throw new AwsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`,
      );
    const id = uuidFrom(this.#random.hex(32));
    const delayMs = input.DelaySeconds === undefined ? queue.delayMs : 1000 * input.DelaySeconds;
    const attributes = input.MessageAttributes ?? {};
    queue.add({ id, body: input.MessageBody, attributes, visibleAt: this.#world.kernel.now + delayMs, receives: 0 });
    return { MessageId: id };
  }

  #receive(queue: Queue, input: Input): unknown {
    if (input.WaitTimeSeconds > 0) throw new NotSimulated('long polling of a queue');
    const { messages, dead } = queue.take(
      this.#world.kernel.now,
      input.MaxNumberOfMessages ?? 1,
      input.VisibilityTimeout,
    );
    const deadLetters = queue.deadLetterArn === undefined ? undefined : this.queues.get(queue.deadLetterArn);
    for (const message of dead) deadLetters?.add({ ...message, receives: 0, visibleAt: this.#world.kernel.now });
    return messages.length === 0 ? {} : { Messages: messages };
  }
}

const urlOf = (arn: string): string => {
  const [, , , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
};

function arnOfUrl(url: string): string {
  const [, region, account, name] = /^https:\/\/sqs\.([^.]+)\.amazonaws\.com\/(\d+)\/(.+)$/.exec(url) ?? [];
  if (name === undefined) throw new AwsError('QueueDoesNotExist', `The address ${url} is not valid for this endpoint.`);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}
