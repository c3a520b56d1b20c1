import { describe, expect, it } from '@jest/globals';
import type { CreateHandler } from '../../../src/rehearsal/cloud/lambda-sandbox.ts';
import { allow, asRole, CoreTwin, functionNamed, OPERATOR, roleNamed, START } from './core-twin.ts';

const answering =
  (work: (event: unknown) => unknown): CreateHandler =>
  () =>
  async (event) =>
    work(event);
const invoke = async (twin: CoreTwin, name: string, payload: unknown = {}) => {
  const answer = await twin.call('lambda', 'Invoke', { FunctionName: name, Payload: JSON.stringify(payload) });
  return { ...answer, Payload: JSON.parse(answer.Payload.toString()) };
};

describe('Lambda', () => {
  it('answers with what the handler answers', async () => {
    const twin = new CoreTwin(answering((event) => ({ heard: event })));
    twin.deploy(functionNamed('echo'));
    expect(await invoke(twin, 'echo', { a: 1 })).toMatchObject({ StatusCode: 200, Payload: { heard: { a: 1 } } });
  });

  it('answers a thrown error as the runtime does, the same on every machine', async () => {
    const twin = new CoreTwin(
      answering(() => {
        throw new RangeError('too far');
      }),
    );
    twin.deploy(functionNamed('failing'));
    const Payload = { errorType: 'RangeError', errorMessage: 'too far', trace: ['RangeError: too far'] };
    expect(await invoke(twin, 'failing')).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', Payload });
  });

  it('gives the handler what Lambda sets in the environment, with credentials of its role', async () => {
    const twin = new CoreTwin((_, sandbox) => async () => sandbox.environment);
    twin.deploy(functionNamed('seeing', { Environment: { Variables: { TABLE: 't' } } }));
    const { Payload } = await invoke(twin, 'seeing');
    expect(Payload).toMatchObject({ TABLE: 't', AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: 'seeing' });
    expect(twin.world.credentials.get(Payload.AWS_ACCESS_KEY_ID)).toBe(
      asRole('seeing').kind === 'role' && twin.iam.role('seeing')?.arn,
    );
  });

  it('starts cold once, and is warm afterwards', async () => {
    const starts: number[] = [];
    const twin = new CoreTwin((_, sandbox) => {
      starts.push(sandbox.ordinal);
      return async () => null;
    });
    twin.deploy(functionNamed('f'));
    await invoke(twin, 'f');
    const cold = twin.kernel.now - START;
    await invoke(twin, 'f');
    expect(twin.kernel.now - START - cold).toBeLessThan(cold);
    expect(starts).toEqual([1]);
  });

  it('ends a function at its time-out, and nothing of it goes on', async () => {
    let wentOn = false;
    const twin = new CoreTwin((_, sandbox) => async () => {
      await sandbox.during(() => twin.kernel.sleep(10_000));
      wentOn = true;
    });
    twin.deploy(functionNamed('slow', { Timeout: 5 }));
    const { Payload, FunctionError } = await invoke(twin, 'slow');
    expect(FunctionError).toBe('Unhandled');
    expect(Payload).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 5.00 seconds'),
    });
    await twin.run(5);
    expect(wentOn).toBe(false);
  });

  it('runs as many at a time as it has reserved, and refuses more', async () => {
    const twin = new CoreTwin((_, sandbox) => () => sandbox.during(() => twin.kernel.sleep(60_000)));
    twin.deploy(functionNamed('narrow', { ReservedConcurrentExecutions: 1, Timeout: 300 }));
    twin.kernel.spawn(() =>
      twin.world.call({
        caller: OPERATOR,
        from: 'eu-west-1',
        region: 'eu-west-1',
        service: 'lambda',
        operation: 'Invoke',
        input: { FunctionName: 'narrow' },
      }),
    );
    await twin.run(0.02);
    await expect(invoke(twin, 'narrow')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  });

  it('tries an asynchronous event three times, one and two minutes apart, and then sends it to the dead-letter queue', async () => {
    const attempts: number[] = [];
    const twin = new CoreTwin(
      answering(() => {
        attempts.push(twin.kernel.now);
        throw new Error('no');
      }),
    );
    const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } };
    const deadLetters = { DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } };
    twin.deploy({ Dead: queue, ...functionNamed('failing', deadLetters, allow('sqs:SendMessage')) });
    await twin.call('lambda', 'Invoke', { FunctionName: 'failing', InvocationType: 'Event', Payload: '{"id":1}' });
    await twin.run(10);
    const [first = 0, second = 0, third = 0] = attempts;
    expect(attempts).toHaveLength(3);
    expect(Math.round((second - first) / 60_000)).toBe(1);
    expect(Math.round((third - second) / 60_000)).toBe(2);
    expect([...twin.sqs.queues.values()][0]?.messages.map(({ body }) => body)).toEqual(['{"id":1}']);
  });

  it('loses the answer when a fault crashes it after the effect', async () => {
    let effects = 0;
    const twin = new CoreTwin(answering(() => ++effects));
    twin.deploy(functionNamed('f'));
    twin.world.faults.add({ kind: 'crash-after', service: 'lambda', operations: ['f'], probability: 1 });
    expect(await invoke(twin, 'f')).toMatchObject({
      FunctionError: 'Unhandled',
      Payload: { errorType: 'Runtime.ExitError' },
    });
    expect(effects).toBe(1);
  });

  it('does nothing more when its region is lost, and whoever waits hears nothing but a broken connection', async () => {
    let wentOn = false;
    const twin = new CoreTwin((_, sandbox) => async () => {
      await sandbox.during(() => twin.kernel.sleep(60_000));
      wentOn = true;
    });
    twin.deploy(functionNamed('f', { Timeout: 300 }));
    twin.kernel.schedule(30_000, () => twin.world.network.lose('eu-west-1'));
    await expect(invoke(twin, 'f')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await twin.run(10);
    expect(wentOn).toBe(false);
  });

  it('lets a service in only by a permission for its source', async () => {
    const twin = new CoreTwin();
    const permission = {
      FunctionName: { Ref: 'f' },
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: 'arn:aws:events:eu-west-1:111122223333:rule/r',
    };
    twin.deploy({ ...functionNamed('f'), Permission: { Type: 'AWS::Lambda::Permission', Properties: permission } });
    const by = (rule: string) =>
      ({
        kind: 'service',
        principal: 'events.amazonaws.com',
        sourceArn: `arn:aws:events:eu-west-1:111122223333:rule/${rule}`,
      }) as const;
    const input = { FunctionName: 'f', InvocationType: 'Event' };
    expect(await twin.call('lambda', 'Invoke', input, by('r'))).toEqual({ StatusCode: 202 });
    await expect(twin.call('lambda', 'Invoke', input, by('other'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('does not deploy with a role that it cannot take, or that cannot reach the dead-letter queue', () => {
    const f = functionNamed('f');
    const untrusted = { ...f, fRole: roleNamed('f', 'states.amazonaws.com') };
    expect(() => new CoreTwin().deploy(untrusted)).toThrow(/function f .*lambda\.amazonaws\.com/);
    const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } };
    const mute = functionNamed('f', { DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } });
    expect(() => new CoreTwin().deploy({ Dead: queue, ...mute })).toThrow(/function f .*sqs:SendMessage/);
  });

  it('refuses variables that Lambda keeps for itself, and an environment over 4 KB', () => {
    const set = (Variables: Record<string, string>) => () =>
      new CoreTwin().deploy(functionNamed('f', { Environment: { Variables } }));
    expect(set({ AWS_REGION: 'x' })).toThrow('AWS_REGION');
    expect(set({ PLAN: 'x'.repeat(5000) })).toThrow('4096');
  });

  it('writes logs with its own role, and says when it cannot', async () => {
    const twin = new CoreTwin();
    twin.deploy({ ...functionNamed('f'), fRole: roleNamed('f', 'lambda.amazonaws.com') });
    await invoke(twin, 'f');
    expect(twin.calls.filter(({ outcome }) => outcome === 'denied').map(({ operation }) => operation)).toEqual([
      'CreateLogStream',
      'PutLogEvents',
    ]);
    expect(twin.happened('function cannot log')).toHaveLength(2);
  });
});
