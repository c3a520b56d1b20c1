import { Worker } from 'node:worker_threads';
import {
  brokenOff,
  type CampaignRun,
  type CampaignScenario,
  type CampaignTask,
  type CampaignThread,
} from './campaign-run.ts';

export type CampaignOptions = {
  /** In order of name: run i takes scenario i mod k. */
  scenarios: CampaignScenario[];
  runs: number;
  seed: number;
  jobs: number;
  repeat: (scenario: string, seed: number) => string;
  /** The module that exports `rehearse`; each thread loads its own. */
  rehearseModule: string;
  /** Called after each run, in the order in which they end. */
  onRun?: (run: CampaignRun) => void;
};

/**
 * Rehearses many times on threads that share nothing. The runs come back in order, whichever thread took which:
 * a run depends on its scenario and its seed alone.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignRun[]> {
  const runs: CampaignRun[] = new Array(options.runs);
  let next = 0;
  const take = (): CampaignTask | undefined => (next < options.runs ? taskOf(options, next++) : undefined);
  const threads = Array.from({ length: Math.min(options.jobs, options.runs) }, () =>
    runThread(options, take, (run) => {
      runs[run.index] = run;
      options.onRun?.(run);
    }),
  );
  await Promise.all(threads);
  return runs;
}

function taskOf({ scenarios, seed, repeat }: CampaignOptions, index: number): CampaignTask {
  const scenario = index % scenarios.length;
  const name = scenarios[scenario]?.name ?? '';
  return { index, scenario, seed: seed + index, repeat: repeat(name, seed + index) };
}

/** One thread, from task to task until none is left. A thread that dies takes one run with it, and is replaced. */
async function runThread(
  options: CampaignOptions,
  take: () => CampaignTask | undefined,
  done: (run: CampaignRun) => void,
): Promise<void> {
  const { rehearseModule, scenarios } = options;
  const thread: CampaignThread = { rehearseModule, scenarios };
  for (let task = take(); task !== undefined; ) {
    const worker = new Worker(new URL('./campaign-thread.ts', import.meta.url), { workerData: thread });
    try {
      while (task !== undefined) {
        done(await answerOf(worker, task));
        task = take();
      }
    } catch (error) {
      if (task !== undefined) done(brokenOff(task, (error as Error).message));
      task = take();
    } finally {
      await worker.terminate();
    }
  }
}

const answerOf = (worker: Worker, task: CampaignTask): Promise<CampaignRun> =>
  new Promise((resolve, reject) => {
    const exited = (code: number) => reject(new Error(`the thread ended with status ${code}`));
    worker.once('error', reject);
    worker.once('exit', exited);
    worker.once('message', (run: CampaignRun) => {
      worker.off('error', reject);
      worker.off('exit', exited);
      resolve(run);
    });
    worker.postMessage(task);
  });
