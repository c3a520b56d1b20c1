import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, allow, asRole, CoreTwin, roleNamed } from './core-twin.ts';

const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:people`;
const topic = (more = {}) => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName: 'people', ...more } });
const subscription = (Protocol: string, Endpoint: unknown) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'Topic' }, Protocol, Endpoint },
});

describe('SNS', () => {
  it('tells people who subscribed by e-mail', async () => {
    const twin = new CoreTwin();
    twin.deploy({ Topic: topic(), Mail: subscription('email', 'ops@example.com') });
    await twin.call('sns', 'Publish', { TopicArn: TOPIC, Subject: 'Approve?', Message: 'The primary is down.' });
    await twin.run(1);
    expect(twin.sns.deliveries).toMatchObject([
      { topic: 'people', endpoint: 'ops@example.com', subject: 'Approve?', message: 'The primary is down.' },
    ]);
    expect(twin.happened('told people')).toHaveLength(1);
  });

  it('hands a message to a queue that lets it in', async () => {
    const twin = new CoreTwin();
    const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } };
    const Statement = [
      {
        ...allow('sqs:SendMessage', '*', { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } }),
        Principal: { Service: 'sns.amazonaws.com' },
      },
    ];
    const Policy = {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement } },
    };
    twin.deploy({
      Topic: topic(),
      Queue,
      Policy,
      Subscription: subscription('sqs', { 'Fn::GetAtt': ['Queue', 'Arn'] }),
    });
    await twin.call('sns', 'Publish', { TopicArn: TOPIC, Message: 'hello' });
    await twin.run(1);
    const [message] = twin.sqs.queues.get(`arn:aws:sqs:eu-west-1:${ACCOUNT}:q`)?.messages ?? [];
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ Type: 'Notification', TopicArn: TOPIC, Message: 'hello' });
  });

  it('asks for the key of an encrypted topic', async () => {
    const twin = new CoreTwin();
    const Key = { Type: 'AWS::KMS::Key', Properties: {} };
    const Role = roleNamed('teller', 'lambda.amazonaws.com', allow('sns:Publish', TOPIC));
    twin.deploy({ Key, Topic: topic({ KmsMasterKeyId: { Ref: 'Key' } }), Role });
    const told = twin.call('sns', 'Publish', { TopicArn: TOPIC, Message: 'm' }, asRole('teller'));
    await expect(told).rejects.toMatchObject({ message: expect.stringContaining('kms:GenerateDataKey') });
  });

  it('refuses a topic that does not exist', async () => {
    await expect(new CoreTwin().call('sns', 'Publish', { TopicArn: TOPIC, Message: 'm' })).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it.each([
    ['an empty message', { Message: '' }],
    ['a subject of two lines', { Subject: 'two\nlines', Message: 'm' }],
    ['a subject of a hundred characters', { Subject: 's'.repeat(100), Message: 'm' }],
  ])('refuses %s', async (_, input) => {
    const twin = new CoreTwin();
    twin.deploy({ Topic: topic() });
    await expect(twin.call('sns', 'Publish', { TopicArn: TOPIC, ...input })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
