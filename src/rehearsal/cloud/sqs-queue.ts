import { AwsError } from './aws-error.ts';

export type Message = {
  id: string;
  body: string;
  attributes: Record<string, unknown>;
  visibleAt: number;
  receives: number;
};

export type QueueDetails = {
  arn: string;
  url: string;
  keyId: string | undefined;
  hiddenMs: number;
  delayMs: number;
  maxReceives: number | undefined;
  deadLetterArn: string | undefined;
};

/** A standard queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
export class Queue {
  readonly arn: string;
  readonly url: string;
  readonly keyId: string | undefined;
  readonly delayMs: number;
  readonly deadLetterArn: string | undefined;
  messages: Message[] = [];
  readonly #hiddenMs: number;
  readonly #maxReceives: number;
  readonly #listeners: (() => void)[] = [];

  constructor(details: QueueDetails) {
    this.arn = details.arn;
    this.url = details.url;
    this.keyId = details.keyId;
    this.delayMs = details.delayMs;
    this.deadLetterArn = details.deadLetterArn;
    this.#hiddenMs = details.hiddenMs;
    this.#maxReceives = details.maxReceives ?? Number.POSITIVE_INFINITY;
  }

  /** Told when there are more messages, or fewer. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  add(message: Message): void {
    this.messages.push(message);
    this.#changed();
  }

  visible(now: number): number {
    return this.messages.filter((message) => message.visibleAt <= now).length;
  }

  /** Takes messages for a while; those received too often come back as `dead`, for the dead-letter queue. */
  take(now: number, most: number, hiddenSeconds: number | undefined): { messages: unknown[]; dead: Message[] } {
    const hiddenMs = hiddenSeconds === undefined ? this.#hiddenMs : 1000 * hiddenSeconds;
    const due = this.messages.filter((message) => message.visibleAt <= now);
    const dead = due.filter((message) => message.receives >= this.#maxReceives);
    if (dead.length > 0) this.messages = this.messages.filter((message) => !dead.includes(message));
    const taken = due.filter((message) => !dead.includes(message)).slice(0, most);
    const messages = taken.map((message) => {
      message.receives++;
      message.visibleAt = now + hiddenMs;
      const Attributes = { ApproximateReceiveCount: String(message.receives) };
      const { id, body, attributes } = message;
      return { MessageId: id, ReceiptHandle: handleOf(message), Body: body, Attributes, MessageAttributes: attributes };
    });
    return { messages, dead };
  }

  /** A handle from an earlier receipt deletes nothing: the message is somebody else's by then. */
  delete(handle: string): Record<string, never> {
    this.messages = this.messages.filter((message) => handleOf(message) !== handle);
    this.#changed();
    return {};
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  hide(handle: string, until: number): Record<string, never> {
    const message = this.messages.find((candidate) => handleOf(candidate) === handle);
    if (message === undefined) throw new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    message.visibleAt = until;
    return {};
  }
}

const handleOf = (message: Message): string => `${message.id}#${message.receives}`;
