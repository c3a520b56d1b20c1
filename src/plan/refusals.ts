import { type Draft, items, whole } from './draft.ts';
import { foundText } from './problem.ts';
import { backupRefusals } from './refusals-backups.ts';
import { entryPointRefusals } from './refusals-entry-points.ts';
import { timingRefusals } from './refusals-timing.ts';
import type { Misfit } from './shape.ts';

/**
 * What cannot be right although its shape is, each with its place. Whether a promise can be kept (an RPO shorter
 * than the backups' interval, say) is not judged here: such a plan can be read, and told the arithmetic.
 */
export function refusals(draft: Draft): Misfit[] {
  return [
    ...regionRefusals(draft),
    ...duplicateRefusals(draft),
    ...tierRefusals(draft),
    ...namespaceRefusals(draft),
    ...backupRefusals(draft),
    ...entryPointRefusals(draft),
    ...timingRefusals(draft),
  ];
}

function regionRefusals(draft: Draft): Misfit[] {
  const primary = draft.sites?.primary?.region;
  const standby = draft.sites?.standby?.region;
  const control = draft.control?.region ?? standby;
  const witness = draft.witness?.region;
  const found: Misfit[] = [];
  const refuse = (path: string, value: string | undefined, others: (string | undefined)[], allowed: string) => {
    if (value !== undefined && others.includes(value))
      found.push({ path: path.split('.'), found: foundText(value), allowed });
  };
  refuse('sites.standby.region', standby, [primary], "a region other than the primary's");
  refuse(
    'control.region',
    draft.control?.region,
    [primary],
    "a region other than the primary's, which Lifeboat must outlive",
  );
  refuse('witness.region', witness, [primary, control], "a third region: neither the primary's nor the control region");
  return found;
}

function duplicateRefusals(draft: Draft): Misfit[] {
  const lists = {
    tiers: draft.tiers,
    workloads: draft.workloads,
    platform: draft.platform,
    entryPoints: draft.entryPoints,
    'stores.backups.schedules': draft.stores?.backups?.schedules,
    'stores.buckets': draft.stores?.buckets,
    drills: draft.drills,
  };
  return Object.entries(lists).flatMap(([path, list]) => {
    const seen = new Set<string>();
    return items<{ name?: string | undefined }>(list).flatMap(({ item, index }): Misfit[] => {
      if (item.name === undefined || !seen.has(item.name)) {
        if (item.name !== undefined) seen.add(item.name);
        return [];
      }
      return [
        {
          path: [...path.split('.'), index, 'name'],
          found: `${foundText(item.name)} again`,
          allowed: 'each name once',
        },
      ];
    });
  });
}

function tierRefusals(draft: Draft): Misfit[] {
  const tiers = draft.tiers?.map((tier) => tier?.name);
  const used = draft.workloads?.map((workload) => workload?.tier);
  const allowed = tiers?.filter((name) => name !== undefined).join(', ') ?? '';
  const unknown = (list: string, index: number, tier: string | undefined): Misfit[] =>
    tier === undefined || !whole(tiers) || tiers?.includes(tier)
      ? []
      : [
          {
            path: [...list.split('.'), index, 'tier'],
            found: foundText(tier),
            allowed: `one of the tiers: ${allowed}`,
          },
        ];
  return [
    ...items(tiers).flatMap(({ item, index }): Misfit[] =>
      !whole(used) || used?.includes(item)
        ? []
        : [
            {
              path: ['tiers', index, 'name'],
              found: `${foundText(item)}, a tier without a workload`,
              allowed: 'a tier that a workload names',
            },
          ],
    ),
    ...items(draft.workloads).flatMap(({ item, index }) => unknown('workloads', index, item.tier)),
    ...items(draft.entryPoints).flatMap(({ item, index }) => unknown('entryPoints', index, item.tier)),
    ...items(draft.stores?.buckets).flatMap(({ item, index }) => unknown('stores.buckets', index, item.tier)),
  ];
}

/** A namespace is restored once, with one tier: the platform's with the first. */
function namespaceRefusals(draft: Draft): Misfit[] {
  const first = draft.tiers?.[0]?.name;
  const tierOf = new Map<string, string>();
  for (const { item } of items(draft.platform)) {
    for (const { item: namespace } of items(item.namespaces)) if (first !== undefined) tierOf.set(namespace, first);
  }
  return items(draft.workloads).flatMap(({ item: workload, index }) =>
    items(workload.namespaces).flatMap(({ item: namespace, index: position }): Misfit[] => {
      const tier = tierOf.get(namespace) ?? workload.tier;
      if (tier !== undefined) tierOf.set(namespace, tier);
      if (workload.tier === undefined || tier === workload.tier) return [];
      const path = ['workloads', index, 'namespaces', position];
      const found = `${foundText(namespace)}, which is restored with tier ${tier}`;
      return [{ path, found, allowed: `a namespace of tier ${workload.tier} alone` }];
    }),
  );
}
