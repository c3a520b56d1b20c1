import { inStandby, parseEcr } from '../domain/translation.ts';
import { veleroImages } from '../domain/velero-images.ts';
import type { Registry } from '../gateways/aws/registry.ts';
import type { RunsTable } from '../gateways/aws/runs-table.ts';
import type { CapturedFacts } from '../gateways/captured-facts.ts';
import type { Plan } from '../plan/schema.ts';

export type CheckImages = { captured: CapturedFacts; registry: Registry; runs: RunsTable; account: string };

/**
 * Which of the primary's own images, and of Velero's, the standby's registry does not hold. They are named; the run goes
 * on without them.
 */
export async function checkImages(
  { captured, registry, runs, account }: CheckImages,
  plan: Plan,
  runId: string,
): Promise<{ missing: string[] }> {
  const { images } = await captured.inventory();
  const copies = images.map((image) => inStandby(image, plan, account)).filter((image) => !images.includes(image));
  const wanted = [...new Set([...copies, ...Object.values(veleroImages(plan, 'standby', account))])];
  const there = await Promise.all(
    wanted.map(async (image) => {
      const reference = parseEcr(image);
      return reference === undefined || (await registry.has(reference));
    }),
  );
  const missing = wanted.filter((_, index) => !there[index]);
  await runs.note(runId, 'missingImages', missing);
  return { missing };
}
