import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, allow, CoreTwin, roleNamed } from './core-twin.ts';

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } };
const QUEUE_ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:inbox`;
const open = (service: string) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Queue' }],
    PolicyDocument: {
      Statement: [{ ...allow('sqs:SendMessage', { 'Fn::GetAtt': ['Queue', 'Arn'] }), Principal: { Service: service } }],
    },
  },
});
const BUS = { Type: 'AWS::Events::EventBus', Properties: { Name: 'lifeboat' } };
const rule = (target: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    Name: 'r',
    EventBusName: { Ref: 'Bus' },
    EventPattern: { source: ['lifeboat.prober'] },
    Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, ...target }],
    ...more,
  },
});
const put = (twin: CoreTwin, more: Record<string, unknown> = {}) =>
  twin.call('eventbridge', 'PutEvents', {
    Entries: [
      {
        EventBusName: 'lifeboat',
        Source: 'lifeboat.prober',
        DetailType: 'Site Looks Down',
        Detail: '{"site":"primary"}',
        ...more,
      },
    ],
  });
const inbox = (twin: CoreTwin) => (twin.sqs.queues.get(QUEUE_ARN)?.messages ?? []).map(({ body }) => JSON.parse(body));

const deployed = (target = {}, more = {}): CoreTwin => {
  const twin = new CoreTwin();
  twin.deploy({ Queue: QUEUE, Policy: open('events.amazonaws.com'), Bus: BUS, Rule: rule(target, more) });
  return twin;
};

describe('EventBridge', () => {
  it('hands an event to the targets of the rules that match it', async () => {
    const twin = deployed();
    expect(await put(twin)).toMatchObject({
      FailedEntryCount: 0,
      Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    });
    await put(twin, { Source: 'lifeboat.other' });
    await twin.run(1);
    expect(inbox(twin)).toMatchObject([
      {
        version: '0',
        source: 'lifeboat.prober',
        'detail-type': 'Site Looks Down',
        account: ACCOUNT,
        region: 'eu-west-1',
        time: '2026-03-01T04:30:00Z',
        detail: { site: 'primary' },
      },
    ]);
  });

  it('gives a target the constant, the part, or the text made from the event that its rule wants', async () => {
    const given = async (target: Record<string, unknown>) => {
      const twin = deployed(target);
      await put(twin);
      await twin.run(1);
      return inbox(twin)[0];
    };
    expect(await given({ Input: '{"a":1}' })).toEqual({ a: 1 });
    expect(await given({ InputPath: '$.detail' })).toEqual({ site: 'primary' });
    const InputTemplate = '{"text":"<site> is \\"down\\"","detail":<detail>,"rule":"<aws.events.rule-name>"}';
    const transformer = {
      InputTransformer: { InputPathsMap: { site: '$.detail.site', detail: '$.detail' }, InputTemplate },
    };
    expect(await given(transformer)).toEqual({ text: 'primary is "down"', detail: { site: 'primary' }, rule: 'r' });
  });

  it('starts nothing for a disabled rule', async () => {
    const twin = deployed({}, { State: 'DISABLED' });
    await put(twin);
    await twin.run(1);
    expect(inbox(twin)).toEqual([]);
  });

  it('drops an event for a bus that does not exist, and answers well all the same', async () => {
    const twin = deployed();
    expect(await put(twin, { EventBusName: 'lifebot' })).toMatchObject({ FailedEntryCount: 0 });
    expect(twin.happened('event dropped')).toHaveLength(1);
  });

  it('refuses an entry without its parts, with a malformed detail, or in the name of AWS', async () => {
    const twin = deployed();
    const codes = async (entry: Record<string, unknown>) => (await put(twin, entry)).Entries[0].ErrorCode;
    expect(await codes({ DetailType: undefined })).toBe('InvalidArgument');
    expect(await codes({ Detail: '{' })).toBe('MalformedDetail');
    expect(await codes({ Source: 'aws.cloudwatch' })).toBe('NotAuthorizedForSourceException');
  });

  it('judges who puts events by the bus, and the bus by its policy', async () => {
    const twin = deployed();
    twin.deploy(
      {
        Role: roleNamed(
          'prober',
          'lambda.amazonaws.com',
          allow('events:PutEvents', `arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/other`),
        ),
      },
      'eu-west-1',
      'more',
    );
    const caller = { kind: 'role', arn: `arn:aws:iam::${ACCOUNT}:role/prober`, session: 's' } as const;
    const input = { Entries: [{ EventBusName: 'lifeboat', Source: 'a', DetailType: 'b', Detail: '{}' }] };
    await expect(twin.call('eventbridge', 'PutEvents', input, caller)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('event-bus/lifeboat'),
    });
  });

  it('sends what a target refuses to the dead-letter queue at once', async () => {
    const twin = new CoreTwin();
    const Dead = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } };
    const DeadPolicy = {
      ...open('events.amazonaws.com'),
      Properties: {
        ...open('events.amazonaws.com').Properties,
        Queues: [{ Ref: 'Dead' }],
        PolicyDocument: {
          Statement: [{ ...allow('sqs:SendMessage'), Principal: { Service: 'events.amazonaws.com' } }],
        },
      },
    };
    twin.deploy({
      Queue: QUEUE,
      Dead,
      DeadPolicy,
      Bus: BUS,
      Rule: rule({ DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } }),
    });
    await put(twin);
    await twin.run(1);
    expect(inbox(twin)).toEqual([]);
    const dead = twin.sqs.queues.get(`arn:aws:sqs:eu-west-1:${ACCOUNT}:dead`)?.messages;
    expect(dead).toHaveLength(1);
    expect(dead?.[0]?.attributes).toMatchObject({
      ERROR_MESSAGE: { StringValue: expect.stringContaining('sqs:SendMessage') },
    });
    expect(twin.happened('event not delivered')[0]).toMatchObject({ rule: 'r' });
  });

  it('hands events to a bus in another region, as they are, with a role that may', async () => {
    const twin = deployed();
    const remote = { EventPattern: { source: ['aws.cloudwatch'] }, EventBusName: undefined, Name: 'forward' };
    const target = {
      Arn: `arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/lifeboat`,
      RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
    };
    const Role = roleNamed('forwarder', 'events.amazonaws.com', allow('events:PutEvents', target.Arn));
    twin.deploy({ Role, Forward: rule(target, remote) }, 'us-east-1', 'signals');
    const pattern = {
      Name: 'alarms',
      EventPattern: { source: ['aws.cloudwatch'] },
      EventBusName: 'lifeboat',
      Targets: [{ Id: 't', Arn: QUEUE_ARN }],
    };
    twin.deploy({ Alarms: { Type: 'AWS::Events::Rule', Properties: pattern } }, 'eu-west-1', 'control');
    twin.eventbridge.publish('us-east-1', 'default', {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: 'a' },
    });
    await twin.run(1);
    expect(inbox(twin)).toMatchObject([{ source: 'aws.cloudwatch', region: 'us-east-1', detail: { alarmName: 'a' } }]);
  });

  it('tries again while the other region cannot be reached', async () => {
    const twin = deployed();
    const target = {
      Arn: `arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/lifeboat`,
      RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
    };
    const Role = roleNamed('forwarder', 'events.amazonaws.com', allow('events:PutEvents'));
    twin.deploy({ Role, Forward: rule(target, { EventBusName: undefined }) }, 'us-east-1', 'signals');
    twin.world.network.cut('us-east-1', 'eu-west-1');
    twin.kernel.schedule(600_000, () => twin.world.network.mend('us-east-1', 'eu-west-1'));
    twin.eventbridge.publish('us-east-1', 'default', { source: 'lifeboat.prober', 'detail-type': 'x', detail: {} });
    await twin.run(9);
    expect(inbox(twin)).toEqual([]);
    await twin.run(30);
    expect(inbox(twin)).toHaveLength(1);
  });

  it('keeps what it has taken while its own region is down', async () => {
    const twin = deployed();
    await put(twin);
    twin.world.network.lose('eu-west-1');
    await twin.run(60);
    expect(inbox(twin)).toEqual([]);
    twin.world.network.restore('eu-west-1');
    await twin.run(1);
    expect(inbox(twin)).toHaveLength(1);
  });

  it('delivers up to as much later as a fault says, each event by another time', async () => {
    const twin = deployed();
    const cancel = twin.eventbridge.delayBy(300_000);
    for (let i = 0; i < 20; i++) await put(twin);
    await twin.run(2);
    const early = inbox(twin).length;
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(20);
    await twin.run(4);
    expect(inbox(twin)).toHaveLength(20);
    cancel();
    await put(twin);
    await twin.run(1);
    expect(inbox(twin)).toHaveLength(21);
  });

  it('delivers twice while a fault says so', async () => {
    const twin = deployed();
    const cancel = twin.eventbridge.duplicate();
    await put(twin);
    cancel();
    await put(twin);
    await twin.run(1);
    expect(inbox(twin)).toHaveLength(3);
    expect(new Set(inbox(twin).map(({ id }) => id)).size).toBe(2);
  });

  it('spares the deliveries that a fault does not strike, by chance or by region', async () => {
    const twin = deployed();
    for (const share of [{ probability: 0 }, { probability: 1, region: 'us-east-1' }]) {
      twin.eventbridge.delayBy(3_600_000, share);
      twin.eventbridge.duplicate(share);
    }
    await put(twin);
    await twin.run(1);
    expect(inbox(twin)).toHaveLength(1);
    twin.eventbridge.duplicate({ probability: 0.5, region: 'eu-west-1' });
    for (let i = 0; i < 20; i++) await put(twin);
    await twin.run(1);
    expect(inbox(twin).length).toBeGreaterThan(22);
    expect(inbox(twin).length).toBeLessThan(40);
  });

  it('does not deploy a rule whose pattern is malformed, and names the rule', () => {
    expect(() => deployed({}, { EventPattern: { source: 'x' } })).toThrow(/stack\/Rule.*Event pattern is not valid/);
  });

  it('is the same for the same seed', async () => {
    const run = async (seed: string) => {
      const twin = new CoreTwin(undefined, seed);
      twin.deploy({ Queue: QUEUE, Policy: open('events.amazonaws.com'), Bus: BUS, Rule: rule({}) });
      await put(twin);
      await twin.run(1);
      return JSON.stringify(twin.transcript);
    };
    expect(await run('1')).toBe(await run('1'));
    expect(await run('1')).not.toBe(await run('2'));
  });
});
