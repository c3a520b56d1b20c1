import { describe, expect, it } from '@jest/globals';
import type { CreateHandler } from '../../../src/rehearsal/cloud/lambda-sandbox.ts';
import { ACCOUNT, allow, asRole, CoreTwin, functionNamed, roleNamed } from './core-twin.ts';

const MACHINE = `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:m`;
const machine = (states: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: 'm',
    RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
    DefinitionString: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states }),
    ...more,
  },
});
const task = (Resource: string, Arguments: unknown, more: Record<string, unknown> = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${Resource}`,
  Arguments,
  End: true,
  ...more,
});
const CALL = task(
  'lambda:invoke',
  { FunctionName: `\${F}`, Payload: '{% $states.input %}' },
  { Output: '{% $states.result.Payload %}' },
);
const SUBSTITUTIONS = { DefinitionSubstitutions: { F: { 'Fn::GetAtt': ['f', 'Arn'] } } };

const deployed = (
  states: Record<string, unknown>,
  statements: unknown[] = [allow('*')],
  create?: CreateHandler,
  more = {},
): CoreTwin => {
  const twin = new CoreTwin(create);
  twin.deploy({
    ...functionNamed('f'),
    MachineRole: roleNamed('machine', 'states.amazonaws.com', ...statements),
    Machine: machine(states, { ...SUBSTITUTIONS, ...more }),
  });
  return twin;
};
const start = (twin: CoreTwin, input: unknown = {}, name = 'one') =>
  twin.call('sfn', 'StartExecution', { stateMachineArn: MACHINE, name, input: JSON.stringify(input) });
const finish = async (twin: CoreTwin, input: unknown = {}) => {
  const { executionArn } = await start(twin, input);
  await twin.run(60);
  return twin.call('sfn', 'DescribeExecution', { executionArn });
};

describe('Step Functions', () => {
  it('invokes a function with the machine’s role, and goes on with its payload', async () => {
    const twin = deployed({ Call: CALL }, [allow('lambda:InvokeFunction')], () => async (event) => ({ heard: event }));
    const execution = await finish(twin, { a: 1 });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '{"heard":{"a":1}}', stopDate: expect.any(Date) });
    expect(twin.calls.find(({ operation }) => operation === 'Invoke')?.caller).toMatchObject({
      arn: expect.stringContaining('role/machine'),
    });
  });

  it('fails with Lambda.AWSLambdaException where the role may not, and says what is missing', async () => {
    const execution = await finish(deployed({ Call: CALL }, [allow('sqs:*')]));
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.AWSLambdaException',
      cause: expect.stringContaining('no statement of role machine allows lambda:InvokeFunction'),
    });
  });

  it('names an error as the function did, with its answer as the cause', async () => {
    const throwing: CreateHandler = () => async () => {
      throw Object.assign(new Error('not yet'), { name: 'StillRestoring' });
    };
    const execution = await finish(deployed({ Call: CALL }, undefined, throwing));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'StillRestoring' });
    expect(JSON.parse(execution.cause)).toMatchObject({ errorMessage: 'not yet' });
  });

  it('reports a time-out as Sandbox.Timedout, and a runtime that went away as Lambda.Unknown', async () => {
    const sleeping: CreateHandler = (_, sandbox) => () => sandbox.during(() => new Promise(() => {}));
    expect(await finish(deployed({ Call: CALL }, undefined, sleeping))).toMatchObject({ error: 'Sandbox.Timedout' });
    const crashing = deployed({ Call: CALL });
    crashing.world.faults.add({ kind: 'crash-after', service: 'lambda', probability: 1 });
    expect(await finish(crashing)).toMatchObject({ error: 'Lambda.Unknown' });
  });

  it('answers a second start of the same name and input with the first, and refuses another input', async () => {
    const twin = deployed({ Wait: { Type: 'Wait', Seconds: 60, End: true } });
    const first = await start(twin, { a: 1 });
    expect(await start(twin, { a: 1 })).toEqual(first);
    await expect(start(twin, { a: 2 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await twin.run(2);
    await expect(start(twin, { a: 1 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('refuses names, inputs and machines that do not exist or do not fit', async () => {
    const twin = deployed({ Done: { Type: 'Succeed' } });
    await expect(start(twin, {}, 'a b')).rejects.toMatchObject({ name: 'InvalidName' });
    const call = (input: Record<string, unknown>) =>
      twin.call('sfn', 'StartExecution', { stateMachineArn: MACHINE, ...input });
    await expect(call({ input: '{' })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(call({ stateMachineArn: `${MACHINE}x` })).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  it('waits for whoever has the task token', async () => {
    const tokens: string[] = [];
    const asking: CreateHandler = () => async (event) => {
      tokens.push((event as { token: string }).token);
      return null;
    };
    const ask = task('lambda:invoke.waitForTaskToken', {
      FunctionName: `\${F}`,
      Payload: { token: '{% $states.context.Task.Token %}' },
    });
    const twin = deployed({ Ask: ask }, undefined, asking);
    const { executionArn } = await start(twin);
    await twin.run(30);
    const status = async () => (await twin.call('sfn', 'DescribeExecution', { executionArn })).status;
    expect(await status()).toBe('RUNNING');
    const answer = { taskToken: tokens[0], output: '{"approved":true}' };
    await expect(twin.call('sfn', 'SendTaskSuccess', answer, asRole('f'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await twin.call('sfn', 'SendTaskSuccess', answer);
    await twin.run(1);
    expect(await status()).toBe('SUCCEEDED');
    await expect(twin.call('sfn', 'SendTaskSuccess', answer)).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('stops an execution that is told to', async () => {
    const twin = deployed({ Wait: { Type: 'Wait', Seconds: 3600, End: true } });
    const { executionArn } = await start(twin);
    await twin.call('sfn', 'StopExecution', { executionArn, error: 'Aborted', cause: 'by hand' });
    await twin.run(1);
    expect(await twin.call('sfn', 'DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      error: 'Aborted',
      cause: 'by hand',
    });
  });

  it('starts another machine, publishes, sends and puts events for a state', async () => {
    const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } };
    const twin = new CoreTwin();
    const states = {
      Send: task(
        'sqs:sendMessage',
        { QueueUrl: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q`, MessageBody: { a: 1 } },
        { End: undefined, Next: 'Put' },
      ),
      Put: task(
        'events:putEvents',
        { Entries: [{ Source: 'lifeboat', DetailType: 't', Detail: { a: 1 } }] },
        { End: undefined, Next: 'Start' },
      ),
      Start: task(
        'states:startExecution',
        { StateMachineArn: `${MACHINE}`, Name: 'two', Input: { again: false } },
        { End: undefined, Next: 'Failed' },
      ),
      Failed: { Type: 'Fail', Error: 'Over', Cause: '{% $states.input.ExecutionArn %}' },
    };
    twin.deploy({
      Queue: queue,
      MachineRole: roleNamed('machine', 'states.amazonaws.com', allow('*')),
      Machine: machine(states),
    });
    const execution = await finish(twin);
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'Over',
      cause: expect.stringMatching(/:execution:m:two$/),
    });
    expect(twin.sqs.queues.get(`arn:aws:sqs:eu-west-1:${ACCOUNT}:q`)?.messages[0]?.body).toBe('{"a":1}');
    expect(await twin.call('sfn', 'ListExecutions', { stateMachineArn: MACHINE })).toMatchObject({
      executions: [{ name: 'two' }, { name: 'one' }],
    });
  });

  it('calls services through the SDK with members in Pascal case, and names their errors', async () => {
    const described = task(
      'aws-sdk:sfn:describeStateMachine',
      { StateMachineArn: MACHINE },
      { Output: '{% $states.result.Name %}' },
    );
    expect(await finish(deployed({ Describe: described }))).toMatchObject({ output: '"m"' });
    const missing = task('aws-sdk:sfn:describeStateMachine', { StateMachineArn: `${MACHINE}x` });
    expect(await finish(deployed({ Describe: missing }))).toMatchObject({
      error: 'Sfn.StateMachineDoesNotExistException',
    });
  });

  it('tells every history event, and pages them', async () => {
    const twin = deployed({ Call: CALL });
    const heard: string[] = [];
    twin.sfn.onHistory((event, execution) =>
      heard.push(`${execution.machine.name}/${execution.name} ${event.type} ${event.state ?? ''}`),
    );
    await finish(twin);
    expect(heard[0]).toBe('m/one ExecutionStarted ');
    expect(heard).toContain('m/one TaskStateEntered Call');
    const executionArn = `${MACHINE.replace('stateMachine', 'execution')}:one`;
    const page = await twin.call('sfn', 'GetExecutionHistory', { executionArn, maxResults: 2 });
    expect(page).toMatchObject({
      nextToken: '2',
      events: [
        { id: 1, type: 'ExecutionStarted', executionStartedEventDetails: { input: '{}' } },
        { id: 2, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Call', input: '{}' } },
      ],
    });
  });

  it('goes no further when its region is lost', async () => {
    const twin = deployed({ Wait: { Type: 'Wait', Seconds: 120, Next: 'Call' }, Call: CALL });
    await start(twin);
    twin.kernel.schedule(60_000, () => twin.world.network.lose('eu-west-1'));
    await twin.run(30);
    twin.world.network.restore('eu-west-1');
    await twin.run(30);
    expect(twin.sfn.executions[0]?.status).toBe('RUNNING');
    expect(twin.calls.some(({ operation }) => operation === 'Invoke')).toBe(false);
  });

  it('does not deploy with a role that it cannot take, or that cannot deliver its logs', () => {
    const states = { Done: { Type: 'Succeed' } };
    const wrong = {
      ...functionNamed('f'),
      MachineRole: roleNamed('machine', 'lambda.amazonaws.com'),
      Machine: machine(states),
    };
    expect(() => new CoreTwin().deploy(wrong)).toThrow(/state machine m \(stack\/Machine\).*states\.amazonaws\.com/);
    expect(() => deployed(states, [allow('sqs:*')], undefined, { LoggingConfiguration: { Level: 'ALL' } })).toThrow(
      'logs:CreateLogDelivery',
    );
  });

  it('does not deploy a definition that is malformed or lacks a substitution, and names the machine', () => {
    expect(() => deployed({ Call: { ...CALL, Next: 'Nowhere', End: undefined } })).toThrow(/stack\/Machine/);
    expect(() => deployed({ Call: CALL }, undefined, undefined, { DefinitionSubstitutions: {} })).toThrow(`\${F}`);
  });
});
