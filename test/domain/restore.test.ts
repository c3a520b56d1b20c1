import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decideRestore,
  hasEnded,
  RESTORE_PARTS,
  type RestoreFacts,
  type RestoreRequest,
  restoreJob,
  restoreName,
  runLabel,
} from '../../src/domain/restore.ts';
import { always } from './always.ts';

const request = (change: Partial<RestoreRequest> = {}): RestoreRequest => ({
  run: 'operator-5d1f3a7e-3c1e-4b7e-9d2c-0a1b2c3d4e5f',
  tier: 'critical',
  part: 'tier',
  backup: 'critical-5m-20260301043000',
  namespaces: ['orders', 'ingress'],
  ...change,
});

/** The command line of a restore's job. */
function commandOf(change: Partial<RestoreRequest>): string[] {
  const { spec } = restoreJob(request(change), 'registry/velero:v1.18.3') as unknown as {
    spec: { template: { spec: { containers: { command: string[] }[] } } };
  };
  return spec.template.spec.containers[0]?.command ?? [];
}
const flag = (command: string[], name: string) =>
  command.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);

describe('a restore', () => {
  it('is named after its run, tier and part, the same one every time it is asked for', () => {
    const run = runLabel(request().run);
    expect(run).toMatch(/^operator-5d1f-[0-9a-f]{6}$/);
    expect(restoreName(request())).toBe(`${run}-tier-critical`);
    expect(restoreName(request({ part: 'cluster' }))).toBe(`${run}-cluster`);
    expect(restoreName(request({ part: 'admission' }))).toBe(`${run}-admission`);
    expect(RESTORE_PARTS).toEqual(['cluster', 'tier', 'admission']);
  });

  it('is never taken for another part, whatever its tier is called', () => {
    expect(restoreName(request({ tier: 'cluster' }))).not.toBe(restoreName(request({ part: 'cluster' })));
    expect(restoreName(request({ tier: 'web-cluster' }))).not.toBe(
      restoreName(request({ tier: 'web', part: 'cluster' })),
    );
  });

  it("is never taken for another run's, alike as their ids may be", () => {
    const alike = ['operator-5d1f3a7e-1', 'operator-5d1f3a7e-2', 'Operator-5d1f3a7e-1', 'operator 5d1f3a7e-1'];
    expect(new Set(alike.map(runLabel)).size).toBe(alike.length);
    expect(new Set(alike.map((run) => restoreName(request({ run })))).size).toBe(alike.length);
    always(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 80 }), { maxLength: 10 }), (runs) => {
        expect(new Set(runs.map(runLabel)).size).toBe(runs.length);
      }),
    );
  });

  it('has a name that Kubernetes takes, whatever somebody in the console called the run', () => {
    /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#StepFunctions-StartExecution-request-name */
    const byHand = fc.oneof(fc.string({ minLength: 1, maxLength: 80 }), fc.stringMatching(/^[\w.-]{1,80}$/));
    const byId = fc.tuple(fc.constantFrom('', 'operator-'), fc.uuid()).map(([prefix, id]) => prefix + id);
    const run = fc.oneof(byHand, byId);
    const tier = fc.stringMatching(/^[a-z][a-z0-9-]{0,22}[a-z0-9]$/);
    always(
      fc.property(run, tier, (id, name) => {
        for (const part of RESTORE_PARTS) {
          const restore = restoreName({ run: id, tier: name, part });
          expect(`restore-${restore}`).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        }
        expect(runLabel(id)).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
    );
  });

  it('brings back the namespaces of its tier, from its own backup', () => {
    const command = commandOf({});
    expect(command.slice(0, 4)).toEqual(['/velero', 'restore', 'create', restoreName(request())]);
    expect(flag(command, 'from-backup')).toBe('critical-5m-20260301043000');
    expect(flag(command, 'include-namespaces')).toBe('orders,ingress');
  });

  it('carries its run and its tier as labels, by which the next look finds it', () => {
    const labels = `lifeboat.dev/run=${runLabel(request().run)},lifeboat.dev/tier=critical`;
    expect(flag(commandOf({}), 'labels')).toBe(labels);
  });

  it.each(['cluster', 'tier'] as const)(
    'of the %s leaves out what is translated, and webhooks, which would refuse what comes next',
    (part) => {
      const excluded = flag(commandOf({ part }), 'exclude-resources')?.split(',');
      expect(excluded).toEqual(
        expect.arrayContaining([
          'ingresses.networking.k8s.io',
          'storageclasses.storage.k8s.io',
          'mutatingwebhookconfigurations.admissionregistration.k8s.io',
          'validatingwebhookconfigurations.admissionregistration.k8s.io',
        ]),
      );
    },
  );

  it("brings back what is the cluster's once, before the tiers, and no volume by itself", () => {
    const command = commandOf({ part: 'cluster' });
    expect(flag(command, 'include-cluster-resources')).toBe('true');
    expect(flag(command, 'include-namespaces')).toBe('lifeboat');
    expect(flag(command, 'exclude-resources')?.split(',')).toContain('persistentvolumes');
    expect(flag(commandOf({}), 'include-cluster-resources')).toBeUndefined();
  });

  it('brings back admission webhooks alone when it is the last', () => {
    const command = commandOf({ part: 'admission' });
    expect(flag(command, 'include-resources')?.split(',')).toEqual([
      'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      'validatingwebhookconfigurations.admissionregistration.k8s.io',
    ]);
    expect(flag(command, 'include-namespaces')).toBeUndefined();
  });
});

describe('the next step of a restore', () => {
  const facts = (change: Partial<RestoreFacts> = {}): RestoreFacts => ({
    restore: undefined,
    jobFailed: false,
    jobExists: false,
    waitingFor: [],
    waitedSeconds: 60,
    runningSeconds: 0,
    ...change,
  });

  it.each<[string, Partial<RestoreFacts>, string]>([
    ['is to submit it when it is its turn', {}, 'submit'],
    ['is to wait for the tiers before it', { waitingFor: ['critical'] }, 'wait'],
    ['is to go on when a tier before it never ends', { waitingFor: ['critical'], waitedSeconds: 2700 }, 'submit'],
    ['is to wait for its job, and not to submit it twice', { jobExists: true }, 'wait'],
    ['is to give up when its job failed', { jobExists: true, jobFailed: true }, 'failed'],
    [
      "is Velero's word, once it is there, whatever became of the job",
      { jobFailed: true, restore: { phase: 'Completed' } },
      'completed',
    ],
    ['is to wait while it has no phase', { restore: {} }, 'wait'],
    ['is to wait while it runs', { restore: { phase: 'InProgress' } }, 'wait'],
    [
      'is to give up when it has not ended in time',
      { restore: { phase: 'InProgress' }, runningSeconds: 2701 },
      'failed',
    ],
    ['is to give up when its job has not run in time', { jobExists: true, runningSeconds: 2701 }, 'failed'],
    [
      'is to let it run however long it waited for its turn',
      { restore: { phase: 'InProgress' }, waitedSeconds: 5000, runningSeconds: 2700 },
      'wait',
    ],
    [
      'is to let its job run however long it waited for its turn',
      { jobExists: true, waitedSeconds: 5000, runningSeconds: 2700 },
      'wait',
    ],
    [
      'is to wait for its turn however long another one runs, but not for ever',
      { waitingFor: ['critical'], waitedSeconds: 2699, runningSeconds: 0 },
      'wait',
    ],
    ['is to go on though it ended late', { restore: { phase: 'Completed' }, runningSeconds: 9999 }, 'completed'],
  ])('%s', (_, change, kind) => {
    expect(decideRestore(facts(change)).kind).toBe(kind);
  });

  it.each([
    ['New', false],
    ['InProgress', false],
    ['WaitingForPluginOperations', false],
    ['WaitingForPluginOperationsPartiallyFailed', false],
    ['Finalizing', false],
    ['FinalizingPartiallyFailed', false],
    ['Completed', true],
    ['PartiallyFailed', true],
    ['Failed', true],
    ['FailedValidation', true],
  ])('waits for more after the phase %s, or not: ended is %s', (phase, ended) => {
    expect(hasEnded(phase)).toBe(ended);
    const { kind } = decideRestore(facts({ restore: { phase } }));
    expect(kind === 'wait').toBe(!ended);
    expect(kind === 'completed').toBe(phase === 'Completed');
  });

  it("gives Velero's own reasons when it failed", () => {
    const restore = {
      phase: 'PartiallyFailed',
      errors: 2,
      failureReason: 'a volume',
      validationErrors: ['no such backup'],
    };
    expect(decideRestore(facts({ restore }))).toEqual({
      kind: 'failed',
      reason: 'Velero says PartiallyFailed: a volume; no such backup; 2 errors',
    });
  });

  it('tells how far it has come', () => {
    const restore = { phase: 'InProgress', progress: { totalItems: 200, itemsRestored: 40 } };
    expect(decideRestore(facts({ restore }))).toEqual({ kind: 'wait', reason: '40 of 200 objects' });
  });
});
