import { describe, expect, it } from '@jest/globals';
import type { CreateHandler, Given, LambdaContext } from '../../functions/given.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { planOf, SMALL_PLAN } from '../plan/small-plan.ts';
import { folderOf, folders, functionTasks } from './machines.ts';

const { input: plan } = planOf(SMALL_PLAN);
const run = {
  id: 'a',
  startedAt: '2026-03-01T04:40:00Z',
  trigger: { kind: 'alarm', alarm: 'lifeboat-shop-orders-down' },
};
const point = {
  tier: 'critical',
  namespaces: ['orders', 'ingress'],
  backup: 'critical-5m-20260301043500',
  moment: '2026-03-01T04:35:00Z',
  lossSeconds: 300,
  lostVolumes: [],
};

/** What the expressions in the machines' payloads stand for, while a failover runs. */
const VALUES: Record<string, unknown> = {
  '$states.context.Execution.Name': run.id,
  '$states.context.Execution.StartTime': '2026-03-01T04:40:00.123Z',
  '$states.context.Task.Token': 'a-token',
  '$states.input': {},
  '$states.input.detail': { object: { key: 'lifeboat/seals/critical-5m-20260301043500.json' } },
  $run: run,
  $point: point,
  '$points[0]': point,
  $points: [point],
  $epoch: 2,
  $since: 1_772_340_000_000,
  '$choice.restsOn': [{ repository: 'velero/kopia/orders/', backup: 'critical-5m-20260301043500' }],
  '$choice.reason': 'the plan wants a word from a person',
  $ending: 'recovered',
  $reason: '',
  $failure: null,
  '$run.id': run.id,
  $schedule: 'critical-5m',
  $parts: [{ schedule: 'critical-5m' }, { schedule: 'daily', error: 'TemporaryFailure', cause: 'later' }],
  $tiers: [{ tier: 'critical', outcome: 'recovered' }],
};

function standIn(written: unknown): unknown {
  const [, expression] = /^\{% (.*) %\}$/.exec(String(written)) ?? [];
  if (expression === undefined) return written;
  if (/^\$\w+Since$/.test(expression)) return VALUES.$since;
  if (!(expression in VALUES)) throw new Error(`say in VALUES what ${expression} stands for`);
  return VALUES[expression];
}

class ReachedTheWire extends Error {}
const reached = () => Promise.reject(new ReachedTheWire());

/** Wires behind which there is nothing: whoever comes so far has accepted what it was called with. */
const given = (environment: Given['environment']): Given => ({
  environment,
  clock: { now: () => new Date('2026-03-01T04:41:00Z'), sleep: reached },
  ids: { next: () => 'an-id' },
  random: { next: () => 0.5 },
  wires: {
    attach({ middlewareStack }) {
      const stack = middlewareStack as { add(middleware: () => () => Promise<never>, at: { step: string }): void };
      stack.add(() => reached, { step: 'initialize' });
    },
    send: reached,
    resolve: reached,
  },
  readFile: () => JSON.stringify(plan),
  log: () => undefined,
});

const CONTEXT: LambdaContext = {
  awsRequestId: 'an-id',
  functionName: 'a-function',
  invokedFunctionArn: 'an-arn',
  getRemainingTimeInMillis: () => 60_000,
};

/** Every variable that any function asks for. */
const ENVIRONMENT = {
  PLAN_FILE: '/opt/plan.json',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  OBSERVER: 'control',
  ...Object.fromEntries(
    [
      'SIGNALS_TABLE',
      'RUNS_TABLE',
      'CATALOGUE_TABLE',
      'CONTROL_BUS',
      'TOPIC_ARN',
      'REPLICA_BUCKET',
      'CONTROL_BUCKET',
      'ACCOUNT',
      'BACKUP_BUCKET',
    ].map((name) => [name, name.toLowerCase()]),
  ),
  ...Object.fromEntries(['REPORTS_BUCKET', 'REPORT_KEY_ID', 'SEAL_KEY_ID'].map((name) => [name, name.toLowerCase()])),
};

async function createOf(folder: string): Promise<CreateHandler> {
  const module: { create: CreateHandler } = await import(`../../functions/${folder}/handler.ts`);
  return module.create;
}

/** What a call comes to: an answer, an attempt to reach the wire, or a refusal. */
async function outcomeOf(folder: string, payload: unknown): Promise<'accepted' | string> {
  const create = await createOf(folder);
  try {
    await create(given(ENVIRONMENT))(payload, CONTEXT);
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    if (!(error instanceof ReachedTheWire)) throw error;
  }
  return 'accepted';
}

describe('the payload of a task', () => {
  it.each(functionTasks.map((task) => [`${task.machine}: ${task.name}`, task] as const))(
    '%s is what its function takes',
    async (_, task) => {
      const payload = Object.entries(task.state.Arguments?.Payload ?? {}).map(([key, value]) => [key, standIn(value)]);
      expect(await outcomeOf(folderOf(task), Object.fromEntries(payload))).toBe('accepted');
    },
  );

  it.each([
    ['confirm-loss', {}, 'run'],
    ['restore-tier', { run, point, since: 1 }, 'part'],
    ['check-tier', { run, point, since: 1 }, 'epoch'],
    ['finish-run', { run, reason: '' }, 'ending'],
    ['raise-epoch', { run }, 'reason'],
    ['hide-strays', { run, points: [point] }, 'restsOn'],
  ])(
    'of %s without one of its parts is refused before anything is done, and the part is named',
    async (folder, payload, missing) => {
      expect(await outcomeOf(folder, payload)).toMatch(new RegExp(`^input: ${missing}`));
    },
  );
});

describe('a handler', () => {
  it.each(folders)('of %s does nothing when it is imported: it exports create, and no more', async (folder) => {
    const before = process.getActiveResourcesInfo().length;
    const module = await import(`../../functions/${folder}/handler.ts`);
    expect(Object.keys(module)).toEqual(['create']);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });

  it.each(folders)('of %s names what its environment lacks when it starts, not when it is called', async (folder) => {
    const create = await createOf(folder);
    const { PLAN_FILE: _, ...environment } = ENVIRONMENT;
    expect(() => create(given(environment))).toThrow(/^environment: PLAN_FILE/);
  });
});
