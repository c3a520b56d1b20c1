import { ControlBus } from '../../../../src/gateways/aws/control-bus.ts';
import { People } from '../../../../src/gateways/aws/people.ts';
import { ACCOUNT, REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';

const topic = (name: string): string => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;

export const people: Suite<People> = {
  gateway: People,
  resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'people' } } },
  connect: ({ wires }) => new People(wires, REGION, topic('people')),
  cases: {
    tell: [
      {
        title: 'may be told at length: the subject is cut before it is refused',
        ask: (all) => errorOf(all.tell('s'.repeat(500), 'm'.repeat(200_000))),
        answers: 'none',
      },
      {
        title: 'throws for more than 256 KiB',
        ask: (all) => errorOf(all.tell('subject', 'm'.repeat(262_145))),
        answers: 'InvalidParameterException',
      },
      {
        title: 'throws for a subject of two lines',
        ask: (all) => errorOf(all.tell('two\nlines', 'message')),
        answers: 'InvalidParameterException',
        moto: { differs: 'sns-subject-lines', answers: 'none' },
      },
      {
        title: 'throws for an empty message',
        ask: (all) => errorOf(all.tell('subject', '')),
        answers: 'InvalidParameterException',
        moto: { differs: 'sns-empty-message', answers: 'none' },
      },
      {
        title: 'throws when there is no such topic',
        ask: (_, { wires }) => errorOf(new People(wires, REGION, topic('none')).tell('subject', 'message')),
        answers: 'NotFoundException',
      },
    ],
  },
};

const trouble = (key: string) => ({
  bucket: 'b',
  key,
  versionId: 'v',
  event: 's3:Replication:OperationFailedReplication',
});

export const controlBus: Suite<ControlBus> = {
  gateway: ControlBus,
  resources: { Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'lifeboat' } } },
  connect: ({ wires }) => new ControlBus(wires, REGION, 'lifeboat'),
  cases: {
    siteLooksDown: [
      {
        title: 'is taken',
        ask: (bus) => errorOf(bus.siteLooksDown('control', '2026-03-01T04:30:00.000Z')),
        answers: 'none',
      },
    ],
    replicationTrouble: [
      {
        title: 'is taken, more than ten at once too',
        ask: (bus) => errorOf(bus.replicationTrouble(Array.from({ length: 11 }, (_, number) => trouble(`${number}`)))),
        answers: 'none',
      },
      { title: 'is nothing where there is none', ask: (bus) => errorOf(bus.replicationTrouble([])), answers: 'none' },
      {
        title: 'of more than 1 MiB is refused',
        ask: (bus) => errorOf(bus.replicationTrouble([trouble('k'.repeat(1_048_576))])),
        answers: 'ValidationException',
        moto: { differs: 'events-size', answers: 'none' },
      },
    ],
  },
};
