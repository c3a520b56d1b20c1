import type { TemplateResource } from '../../../../src/rehearsal/assembly/assembly.ts';
import { tableWith } from '../gateways/table.ts';
import { catching, dynamodb, line, machine, ONCE, only, put, QUEUE, states } from './builders.ts';
import type { Play } from './execution.ts';

export const MACHINE_RESOURCES: Record<string, TemplateResource> = {
  ...tableWith('runs', 'id', 'item'),
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'tasks' } },
};

/** Tasks of other services, tried again and caught. */
export const TASK_MACHINES: Record<string, Play> = {
  'a failing Output is caught on a Task': {
    definition: catching({ ...put(), Output: '{% $states.result.none %}' }),
    moto: {
      differs: 'asl-output-caught',
      goes: {
        status: 'FAILED',
        error: 'States.QueryEvaluationError',
        output: undefined,
        events: [
          'ExecutionStarted',
          'TaskStateEntered Try',
          'TaskScheduled',
          'TaskStarted',
          'TaskSucceeded',
          'EvaluationFailed',
          'ExecutionFailed',
        ],
      },
    },
  },
  'a failing Arguments is caught on a Task': {
    definition: catching(dynamodb('putItem', { TableName: '{% $states.input.none %}' })),
    moto: {
      differs: 'asl-evaluation-twice',
      goes: {
        events: [
          'ExecutionStarted',
          'TaskStateEntered Try',
          'EvaluationFailed',
          'EvaluationFailed',
          'TaskStateExited Try',
          'PassStateEntered Caught',
          'PassStateExited Caught',
          'ExecutionSucceeded',
        ],
      },
    },
  },
  'a task writes': { definition: only({ ...put(), Output: ['written'] }) },
  'a task writes and another reads': {
    definition: line(put(), {
      ...dynamodb('getItem', { TableName: 'runs', Key: { id: { S: 'a' }, item: { S: 'b' } } }),
      Output: '{% $states.result.Item.n %}',
    }),
  },
  'a task reads what is not there': {
    definition: only({
      ...dynamodb('getItem', { TableName: 'runs', Key: { id: { S: 'a' }, item: { S: 'b' } } }),
      Output: '{% $exists($states.result.Item) %}',
    }),
  },
  'a task keeps a variable': {
    definition: line(
      { ...put({ ReturnValues: 'ALL_OLD' }), Assign: { had: '{% $exists($states.result.Attributes) %}' } },
      { ...put({ ReturnValues: 'ALL_OLD' }), Output: ['{% $had %}', '{% $states.result.Attributes.n.N %}'] },
    ),
  },
  'a task is refused': { definition: line(put(ONCE), put(ONCE)) },
  'a refused task is caught by its name': {
    definition: machine({
      Once: { ...put(ONCE), Next: 'Twice' },
      Twice: {
        ...put(ONCE),
        Catch: [
          {
            ErrorEquals: ['DynamoDb.ConditionalCheckFailedException'],
            Next: 'Caught',
            Output: ['{% $states.errorOutput.Error %}'],
          },
        ],
        End: true,
      },
      Caught: { Type: 'Pass', End: true },
    }),
  },
  'States.TaskFailed means every task’s failure': {
    definition: machine({
      Try: {
        ...dynamodb('getItem', { TableName: 'none', Key: { id: { S: 'a' } } }),
        Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught', Output: ['{% $states.errorOutput.Error %}'] }],
        End: true,
      },
      Caught: { Type: 'Pass', End: true },
    }),
  },
  'a task tries again and fails': {
    definition: only({
      ...dynamodb('getItem', { TableName: 'none', Key: { id: { S: 'a' } } }),
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }],
    }),
  },
  'a task tries again and is then caught': {
    definition: catching({
      ...dynamodb('getItem', { TableName: 'none', Key: { id: { S: 'a' } } }),
      Retry: [
        { ErrorEquals: ['DynamoDb.ResourceNotFoundException'], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 1 },
      ],
    }),
  },
  'no attempts are no retry': {
    definition: only({
      ...dynamodb('getItem', { TableName: 'none', Key: { id: { S: 'a' } } }),
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }],
    }),
  },
  'a retry of another error is none': {
    definition: only({
      ...dynamodb('getItem', { TableName: 'none', Key: { id: { S: 'a' } } }),
      Retry: [{ ErrorEquals: ['Other'], MaxAttempts: 2 }],
    }),
  },
  'a message is sent': {
    definition: only({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Arguments: { QueueUrl: QUEUE, MessageBody: { a: '{% $states.input %}' } },
      Output: '{% $exists($states.result.MessageId) %}',
    }),
  },
  'tasks within a Map': {
    definition: only({
      ...{ Type: 'Map', Items: ['a', 'b'], MaxConcurrency: 1, Output: '{% $count($states.result) %}' },
      ItemProcessor: states({
        Put: {
          ...dynamodb('putItem', { TableName: 'runs', Item: { id: { S: '{% $states.input %}' }, item: { S: 'x' } } }),
          End: true,
        },
      }),
    }),
  },
};
