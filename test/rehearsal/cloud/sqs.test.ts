import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, CoreTwin } from './core-twin.ts';

const url = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/${name}`;
const deployed = (): CoreTwin => {
  const twin = new CoreTwin();
  const RedrivePolicy = { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 };
  twin.deploy({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', VisibilityTimeout: 60, RedrivePolicy } },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  });
  return twin;
};
const receive = async (twin: CoreTwin, name = 'q') =>
  (await twin.call('sqs', 'ReceiveMessage', { QueueUrl: url(name) })).Messages ?? [];

describe('SQS', () => {
  it('hides a message that was received, and shows it again unless it is deleted', async () => {
    const twin = deployed();
    await twin.call('sqs', 'SendMessage', { QueueUrl: url('q'), MessageBody: 'm' });
    expect(await receive(twin)).toMatchObject([{ Body: 'm', Attributes: { ApproximateReceiveCount: '1' } }]);
    expect(await receive(twin)).toEqual([]);
    await twin.run(2);
    const [again] = await receive(twin);
    await twin.call('sqs', 'DeleteMessage', { QueueUrl: url('q'), ReceiptHandle: again.ReceiptHandle });
    await twin.run(2);
    expect(await receive(twin)).toEqual([]);
  });

  it('moves a message that was received too often to the dead-letter queue', async () => {
    const twin = deployed();
    await twin.call('sqs', 'SendMessage', { QueueUrl: url('q'), MessageBody: 'm' });
    for (let i = 0; i < 3; i++) {
      await receive(twin);
      await twin.run(2);
    }
    expect(await receive(twin, 'dead')).toMatchObject([{ Body: 'm' }]);
  });

  it('refuses a queue that does not exist', async () => {
    await expect(receive(deployed(), 'other')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});
