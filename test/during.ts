import type { Kernel } from '../src/rehearsal/kernel/kernel.ts';

const DAY_MS = 86_400_000;

/** Lets time go on in the twin until some work of ours is done; answers what comes of it. */
export async function during<T>(kernel: Kernel, work: () => Promise<T>): Promise<T> {
  const outcomes: Promise<T>[] = [];
  kernel.spawn(async () => {
    const outcome = work();
    await outcome.catch(() => {});
    outcomes.push(outcome);
  });
  await kernel.run(kernel.now + DAY_MS, () => outcomes.length > 0);
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error('the twin did not answer within a day');
  return outcome;
}
