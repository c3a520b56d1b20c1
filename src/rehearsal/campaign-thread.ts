import { parentPort, workerData } from 'node:worker_threads';
import { brokenOff, type CampaignRun, type CampaignTask, type CampaignThread } from './campaign-run.ts';
import type { Rehearse } from './rehearse-options.ts';
import type { Rehearsal } from './result.ts';

/** A thread of a campaign: it loads its own `rehearse` and answers task after task. */
async function serve(
  port: NonNullable<typeof parentPort>,
  { rehearseModule, scenarios }: CampaignThread,
): Promise<void> {
  const { rehearse } = (await import(rehearseModule)) as { rehearse: Rehearse };
  port.on('message', async (task: CampaignTask) => {
    const options = scenarios[task.scenario]?.options;
    if (options === undefined) throw new Error(`no scenario ${task.scenario}`);
    try {
      port.postMessage(kept(task, await rehearse({ ...options, seed: task.seed, repeat: task.repeat })));
    } catch (error) {
      const { name, message } = error as Error;
      port.postMessage(brokenOff(task, name === 'NotSimulated' ? message : `${name}: ${message}`));
    }
  });
}

function kept(task: CampaignTask, { summary, problems, interleaving, recoveryPoints }: Rehearsal): CampaignRun {
  const broken = summary.invariants.filter(({ held }) => !held);
  const losses = summary.stores.flatMap(({ trueLossSeconds }) => (trueLossSeconds === null ? [] : [trueLossSeconds]));
  return {
    ...task,
    digest: summary.digest,
    interleaving,
    recoveryPoints: recoveryPoints.filter(({ chosen }) => chosen).map(({ name }) => name),
    rtoSeconds: summary.rtoSeconds,
    lossSeconds: losses.length === 0 ? null : Math.max(...losses),
    holds: summary.expected && broken.length === 0 && problems.length === 0,
    broken,
    problems,
  };
}

if (parentPort !== null) await serve(parentPort, workerData as CampaignThread);
