import { adaptEntryPoints } from './adapt-entry-points.ts';
import { adaptImages } from './adapt-images.ts';
import { adaptSchedules } from './adapt-schedules.ts';
import { adaptWorkloads } from './adapt-workloads.ts';
import { type Adapted, FOUND_TIER } from './adapted.ts';
import type { ManifestObject } from './manifest-object.ts';
import type { PlanInput } from './schema.ts';

/**
 * The plan for other manifests than its own. What they do not have drops out; what it does not name gets tier
 * `normal`, a schedule that keeps its RPO, and an entry point for each of its load balancers. The result parses
 * whenever `input` does.
 */
export function adaptPlan(input: PlanInput, objects: readonly ManifestObject[]): Adapted {
  const steps = [adaptWorkloads, adaptEntryPoints, adaptTiers, adaptSchedules, adaptImages];
  return steps.reduce<Adapted>(
    (before, step) => {
      const after = step(before.input, objects, input);
      return { input: after.input, said: [...before.said, ...after.said] };
    },
    { input, said: [] },
  );
}

function adaptTiers(input: PlanInput): Adapted {
  const used = new Set(input.workloads.map((workload) => workload.tier));
  const kept = input.tiers.filter((tier) => used.has(tier.name));
  const dropped = input.tiers.filter((tier) => !used.has(tier.name));
  const missing = used.has(FOUND_TIER.name) && !kept.some((tier) => tier.name === FOUND_TIER.name);
  const said = dropped.map((tier) => `Tier ${tier.name} is left out: no workload of it is left.`);
  if (missing) said.push(`Tier ${FOUND_TIER.name} is added: rto ${FOUND_TIER.rto}, rpo ${FOUND_TIER.rpo}.`);
  const tiers = missing ? [...kept, FOUND_TIER] : kept;
  return { input: dropped.length > 0 || missing ? { ...input, tiers } : input, said };
}
