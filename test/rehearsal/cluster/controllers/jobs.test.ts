import { describe, expect, it } from '@jest/globals';
import { job, podSpec, Rig } from '../rig.ts';

const status = (rig: Rig, name = 'task') => rig.get('jobs.batch', name, 'default').status;
const ended = (rig: Rig) =>
  status(rig).conditions?.map((each: { type: string; reason: string }) => [each.type, each.reason]);

/** Images named failing:* end with 1, succeeding:* with 0 after a second. */
function rigWithPrograms(): Rig {
  const rig = new Rig({ autoMode: false, nodes: 2 });
  rig.cluster.programs.set('failing', ({ finish }) => {
    finish(1, 'it does not work');
    return undefined;
  });
  rig.cluster.programs.set('endless', () => undefined);
  return rig;
}

describe('a Job', () => {
  it('completes after as many pods as it wants, no more at once than it allows', async () => {
    const rig = rigWithPrograms();
    rig.create(job('task', { completions: 4, parallelism: 2 }));
    let most = 0;
    rig.cluster.store.watch('jobs.batch', ({ object }) => {
      most = Math.max(most, object.status?.active ?? 0);
    });
    await rig.pass(600);
    expect(status(rig)).toMatchObject({ succeeded: 4, failed: undefined, active: undefined });
    expect(ended(rig)).toContainEqual(['Complete', 'CompletionsReached']);
    expect(most).toBe(2);
    expect(rig.pods().map((each) => each.status.phase)).toEqual(Array(4).fill('Succeeded'));
  });

  it('fails after its back-off limit, and keeps the message that the container left', async () => {
    const rig = rigWithPrograms();
    rig.create(job('task', { backoffLimit: 2 }, podSpec({}, { image: 'failing:1' })));
    await rig.pass(600);
    expect(status(rig).failed).toBe(3);
    expect(ended(rig)).toContainEqual(['Failed', 'BackoffLimitExceeded']);
    expect(rig.pods()[0]?.status.containerStatuses[0].state.terminated).toMatchObject({
      exitCode: 1,
      message: 'it does not work',
    });
  });

  it('with OnFailure restarts the container in its pod', async () => {
    const rig = rigWithPrograms();
    rig.create(
      job('task', { backoffLimit: 2 }, { restartPolicy: 'OnFailure', ...podSpec({}, { image: 'failing:1' }) }),
    );
    await rig.pass(600);
    expect(ended(rig)).toContainEqual(['Failed', 'BackoffLimitExceeded']);
  });

  it('fails at its deadline, and ends its pods', async () => {
    const rig = rigWithPrograms();
    rig.create(job('task', { activeDeadlineSeconds: 60 }, podSpec({}, { image: 'endless:1' })));
    await rig.pass(120);
    expect(ended(rig)).toContainEqual(['Failed', 'DeadlineExceeded']);
    expect(rig.pods()).toEqual([]);
  });

  it('waits while it is suspended', async () => {
    const rig = rigWithPrograms();
    rig.create(job('task', { suspend: true }));
    await rig.pass(60);
    expect(rig.pods()).toEqual([]);
    rig.patch('/apis/batch/v1/namespaces/default/jobs/task', { spec: { suspend: false } });
    await rig.pass(120);
    expect(ended(rig)).toContainEqual(['Complete', 'CompletionsReached']);
  });

  it('is taken away after its time to live', async () => {
    const rig = rigWithPrograms();
    rig.create(job('task', { ttlSecondsAfterFinished: 100 }));
    await rig.pass(90);
    expect(ended(rig)).toContainEqual(['Complete', 'CompletionsReached']);
    await rig.pass(110);
    expect([rig.get('jobs.batch', 'task', 'default'), rig.pods()]).toEqual([undefined, []]);
  });
});
