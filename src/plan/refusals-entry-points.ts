import { type Draft, type Item, items, whole } from './draft.ts';
import { foundText } from './problem.ts';
import type { Misfit } from './shape.ts';

type EntryPointDraft = Item<Draft['entryPoints']>;

export function entryPointRefusals(draft: Draft): Misfit[] {
  return [
    ...checkRefusals(draft),
    ...hostRefusals(draft),
    ...targetRefusals(draft),
    ...items(draft.entryPoints).flatMap(({ item, index }) => backendRefusals(item, index)),
  ];
}

/** A check goes through an entry point that is there, and is bound no later than the workload's own tier. */
function checkRefusals(draft: Draft): Misfit[] {
  const entryPoints = draft.entryPoints ?? [];
  if (!whole(entryPoints.map((entryPoint) => entryPoint?.name))) return [];
  const rank = (tier: string | undefined) => draft.tiers?.findIndex((candidate) => candidate?.name === tier) ?? -1;
  const names = entryPoints.map((entryPoint) => entryPoint?.name).join(', ');
  return items(draft.workloads).flatMap(({ item: workload, index }) =>
    items(workload.checks).flatMap(({ item: check, index: position }): Misfit[] => {
      const path = ['workloads', index, 'checks', position, 'entryPoint'];
      if (check.entryPoint === undefined) return [];
      const found = foundText(check.entryPoint);
      const entryPoint = entryPoints.find((candidate) => candidate?.name === check.entryPoint);
      if (!entryPoint)
        return [
          {
            path,
            found,
            allowed: names ? `one of the entry points: ${names}` : 'an entry point, and the plan has none',
          },
        ];
      const later = rank(workload.tier) >= 0 && rank(entryPoint.tier) > rank(workload.tier);
      const allowed = `an entry point of tier ${workload.tier} or an earlier one`;
      return later ? [{ path, found: `${found}, of the later tier ${entryPoint.tier}`, allowed }] : [];
    }),
  );
}

/**
 * Hosts are failover records of type CNAME in the zone, one each; the zone's own name can have none.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat
 */
function hostRefusals(draft: Draft): Misfit[] {
  const zone = draft.traffic?.zone?.name?.toLowerCase();
  const seen = new Set<string>();
  return items(draft.entryPoints).flatMap(({ item, index }): Misfit[] => {
    const host = item.host?.toLowerCase();
    if (host === undefined) return [];
    const path = ['entryPoints', index, 'host'];
    const again = seen.has(host);
    seen.add(host);
    if (again) return [{ path, found: `${foundText(item.host)} again`, allowed: 'each host once' }];
    if (zone === undefined || host.endsWith(`.${zone}`)) return [];
    return [
      {
        path,
        found: foundText(item.host),
        allowed: `a name inside traffic.zone, such as ${item.name ?? 'app'}.${zone}`,
      },
    ];
  });
}

/** What traffic enters must be restored by the time that it moves. */
function targetRefusals(draft: Draft): Misfit[] {
  const parts = [...(draft.workloads ?? []), ...(draft.platform ?? [])];
  if (!draft.workloads || !parts.every((part) => whole(part?.namespaces))) return [];
  const known = new Set(parts.flatMap((part) => part?.namespaces ?? []));
  return items(draft.entryPoints).flatMap(({ item, index }): Misfit[] => {
    const namespace = item.target?.namespace;
    if (namespace === undefined || known.has(namespace)) return [];
    const found = `${foundText(namespace)}, which no workload or platform component has`;
    const allowed = `one of ${[...known].join(', ')}`;
    return [{ path: ['entryPoints', index, 'target', 'namespace'], found, allowed }];
  });
}

function backendRefusals(entryPoint: EntryPointDraft, index: number): Misfit[] {
  const { target, backends } = entryPoint;
  if (target?.kind !== 'Service' || !backends) return [];
  if (backends.length > 1) {
    const allowed = 'one backend, since a Service is its own and only one (an Ingress may have more)';
    return [{ path: ['entryPoints', index, 'backends'], found: `${backends.length} backends`, allowed }];
  }
  const service = backends[0]?.service;
  if (service === undefined || target.name === undefined || service === target.name) return [];
  const path = ['entryPoints', index, 'backends', 0, 'service'];
  return [{ path, found: foundText(service), allowed: `${target.name}, the Service that the load balancer serves` }];
}
