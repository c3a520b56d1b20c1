import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as errors from '../../src/domain/errors.ts';
import { LOCK_BELIEVED_SECONDS } from '../../src/domain/run.ts';
import { folderOf, folders, functionTasks, machines, type PlacedState } from './machines.ts';

const called = ({ machine, name }: PlacedState) => `${machine}: ${name}`;

/** Errors that a function of ours throws, by class. */
const classes = Object.entries(errors).filter(([name]) => name !== 'LifeboatError');
/** https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
const FAULTS_OF_LAMBDA = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
];

describe('a task that calls a function', () => {
  it.each(functionTasks.map((task) => [called(task), task] as const))('%s is a folder in functions/', (_, task) => {
    expect(folders).toContain(folderOf(task));
    expect(existsSync(`functions/${folderOf(task)}/handler.ts`)).toBe(true);
  });

  it.each(functionTasks.map((task) => [called(task), task] as const))(
    '%s is tried again after what may pass, and stops at last',
    (_, { state }) => {
      const retryable = classes.filter(([, Class]) => new Class('').retryable).map(([name]) => name);
      const retried = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried).toEqual(expect.arrayContaining([...retryable, ...FAULTS_OF_LAMBDA]));
      for (const { MaxAttempts } of state.Retry ?? []) expect(MaxAttempts).toBeLessThanOrEqual(10);
    },
  );

  it.each(functionTasks.map((task) => [called(task), task] as const))('%s has a time-out', (_, { state }) => {
    expect(state.TimeoutSeconds).toBeDefined();
  });

  it('ends in a state of its own whatever it throws', () => {
    const catchesAll = ({ state, caughtOutside }: PlacedState) =>
      caughtOutside || (state.Catch ?? []).some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
    expect(functionTasks.filter((task) => !catchesAll(task)).map(called)).toEqual([]);
  });
});

describe('a name of an error in a state machine', () => {
  const named = machines.flatMap(({ name, description }) =>
    description.errorEquals.map((one) => ({ ...one, machine: name })),
  );
  const ours = named.filter(({ name }) => !/^(States|Lambda|Sandbox|StepFunctions)\./.test(name));

  it.each([...new Set(ours.map(({ name }) => name))])('%s is a class of src/domain/errors.ts', (name) => {
    expect(classes.map(([known]) => known)).toContain(name);
  });

  it('is the name that its class gives to what is thrown, since that is what Lambda passes on', () => {
    for (const [name, Class] of classes) expect(new Class('why')).toMatchObject({ name, message: 'why' });
  });

  it('is never one that is tried again in one task and not in another', () => {
    for (const [name, Class] of classes) {
      if (new Class('').retryable) continue;
      expect(ours.map((one) => one.name)).not.toContain(name);
    }
  });
});

describe('a state machine', () => {
  it.each(machines.map((machine) => [machine.name, machine] as const))(
    '%s starts only machines that there are',
    (_, { description }) => {
      const started = description.tasks.flatMap(({ machineSubstitution = [] }) => machineSubstitution);
      for (const machine of started) expect(machines.map(({ name }) => name)).toContain(machine.toLowerCase());
    },
  );

  it.each(machines.map((machine) => [machine.name, machine] as const))(
    '%s uses only variables that it assigns',
    (_, { description }) => {
      const assigned = new Set(description.variables.assigned.map(({ name }) => name));
      expect(description.variables.used.filter(({ name }) => !assigned.has(name))).toEqual([]);
    },
  );

  it('gives the fence the input that it begins with, when it starts it and when it hands over', () => {
    const starts = machines
      .flatMap(({ states }) => states)
      .filter(({ state }) => state.Resource === 'arn:aws:states:::states:startExecution');
    expect(starts.map(called)).toEqual(['failover: StartFence', 'fence: HandOver']);
    for (const { state } of starts) expect(Object.keys(state.Arguments?.Input ?? {})).toEqual(['run', 'tries']);
  });

  it('ends before its lock is no longer believed, so that no two runs ever act', () => {
    const failover = machines.find(({ name }) => name === 'failover');
    expect(failover?.timeoutSeconds).toBeLessThan(LOCK_BELIEVED_SECONDS);
  });
});
