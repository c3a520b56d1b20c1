import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Machines } from '../../../../src/gateways/aws/machines.ts';
import { clientOf, type Place, REGION, until } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';
import { tableWith } from './table.ts';

const WAITING = {
  QueryLanguage: 'JSONata',
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: 2, End: true } },
};

/** Gives its token away by writing it into the table, and waits for the answer. */
const ASKING = {
  QueryLanguage: 'JSONata',
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken',
      Arguments: {
        TableName: 'questions',
        Item: { id: { S: 'a' }, item: { S: 'b' }, token: { S: '{% $states.context.Task.Token %}' } },
      },
      End: true,
    },
  },
};

async function tokenIn(place: Place): Promise<string> {
  const client = clientOf(place, DynamoDBClient);
  const Key = { id: { S: 'a' }, item: { S: 'b' } };
  return until(place, async () => {
    const { Item } = await client.send(new GetItemCommand({ TableName: 'questions', Key }));
    return Item?.token?.S;
  });
}

async function ended(place: Place, executionArn: string): Promise<unknown[]> {
  const client = clientOf(place, SFNClient);
  return until(place, async () => {
    const { status, output } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' ? undefined : [status, JSON.parse(output ?? 'null')];
  });
}

export const machines: Suite<Machines> = {
  gateway: Machines,
  resources: tableWith('questions', 'id', 'item'),
  connect: ({ wires }) => new Machines(wires, REGION),
  cases: {
    start: [
      {
        title: 'answers a second start of the same name and input with the first, and refuses another input',
        ask: async (all, place) => {
          const machine = await place.machine('waiting', WAITING);
          const first = await all.start(machine, 'a', { n: 1 });
          return [
            first === machine.replace(':stateMachine:', ':execution:').concat(':a'),
            (await all.start(machine, 'a', { n: 1 })) === first,
            await errorOf(all.start(machine, 'a', { n: 2 })),
          ];
        },
        answers: [true, true, 'ExecutionAlreadyExists'],
      },
      {
        title: 'refuses the name of an execution that has ended, with the same input too',
        ask: async (all, place) => {
          const machine = await place.machine('waiting', WAITING);
          const status = await ended(place, await all.start(machine, 'a', {}));
          return [status, await errorOf(all.start(machine, 'a', {}))];
        },
        answers: [['SUCCEEDED', {}], 'ExecutionAlreadyExists'],
      },
      {
        title: 'throws for a name that no execution may have',
        ask: async (all, place) => errorOf(all.start(await place.machine('waiting', WAITING), 'a:b', {})),
        answers: 'InvalidName',
        moto: { differs: 'sfn-execution-name', answers: 'none' },
      },
      {
        title: 'throws when there is no such machine',
        ask: async (all, place) =>
          errorOf(all.start((await place.machine('waiting', WAITING)).replace('waiting', 'none'), 'a', {})),
        answers: 'StateMachineDoesNotExist',
      },
    ],
    answer: [
      {
        title: 'is what the task that waits for it puts out, once',
        ask: async (all, place) => {
          const execution = await all.start(await place.machine('asking', ASKING), 'a', {});
          const token = await tokenIn(place);
          await all.answer(token, { approved: true });
          return [await ended(place, execution), await errorOf(all.answer(token, { approved: false }))];
        },
        answers: [['SUCCEEDED', { approved: true }], 'TaskTimedOut'],
        moto: { differs: 'sfn-token-again', answers: [['SUCCEEDED', { approved: true }], 'InvalidToken'] },
      },
      {
        title: 'throws for a token that nobody was given',
        ask: (all) => errorOf(all.answer('no token', {})),
        answers: 'InvalidToken',
      },
    ],
  },
};
