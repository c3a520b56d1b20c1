import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

/** SNS cuts subjects at 100 characters by refusing them. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SUBJECT_CHARACTERS = 99;

/** Everybody whom the plan wants told. */
export class People {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(wires: Wires, region: string, topicArn: string) {
    this.#client = connect(wires, SNSClient, region);
    this.#topicArn = topicArn;
  }

  async tell(subject: string, message: string): Promise<void> {
    const Subject = subject.slice(0, SUBJECT_CHARACTERS);
    await this.#client.send(new PublishCommand({ TopicArn: this.#topicArn, Subject, Message: message }));
  }
}
