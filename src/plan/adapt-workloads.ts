import { type Adapted, FOUND_TIER } from './adapted.ts';
import { freshName } from './fresh-name.ts';
import type { ManifestObject } from './manifest-object.ts';
import type { PlanInput } from './schema.ts';

/** Each cluster has its own. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'velero'];
/** The namespace that every cluster has. */
const ANY_NAMESPACE = 'default';

type Part = { name: string; namespaces: string[] };

/** Workloads and platform components that the manifests have, and a workload for each namespace that none has. */
export function adaptWorkloads(input: PlanInput, objects: readonly ManifestObject[]): Adapted {
  const said: string[] = [];
  const found = foundNamespaces(objects);
  const platform = keep(input.platform ?? [], 'Platform component', found, said);
  const kept = keep(input.workloads, 'Workload', found, said).map((workload) =>
    withKnownReplicas(workload, objects, said),
  );
  const known = new Set([...platform, ...kept].flatMap((part) => part.namespaces));
  const taken = new Set(kept.map((workload) => workload.name));
  const added = unknownNamespaces(found, known, kept.length === 0, said).map((namespace) => {
    const name = freshName(namespace, taken);
    said.push(`Namespace ${namespace} is protected as workload ${name}, of tier ${FOUND_TIER.name}.`);
    return { name, tier: FOUND_TIER.name, namespaces: [namespace] };
  });
  const workloads = [...kept, ...added];
  return { input: { ...input, workloads, ...(input.platform ? { platform } : {}) }, said };
}

/** Namespaces that the manifests have something in, or make. */
function foundNamespaces(objects: readonly ManifestObject[]): Set<string> {
  const found = new Set<string>();
  for (const { kind, apiVersion, metadata } of objects) {
    if (metadata.namespace !== undefined) found.add(metadata.namespace);
    // A Namespace `default` alone says nothing: every export of namespaces has it.
    else if (kind === 'Namespace' && apiVersion === 'v1' && metadata.name !== ANY_NAMESPACE) found.add(metadata.name);
  }
  return found;
}

function unknownNamespaces(found: Set<string>, known: Set<string>, none: boolean, said: string[]): string[] {
  const unknown = [...found].filter((namespace) => !known.has(namespace));
  const system = unknown.filter((namespace) => SYSTEM_NAMESPACES.includes(namespace));
  if (system.length > 0) said.push(`Not protected, since each cluster has its own: ${system.join(', ')}.`);
  const own = unknown.filter((namespace) => !SYSTEM_NAMESPACES.includes(namespace));
  if (own.length > 0 || !none) return own;
  said.push(`The manifests have no workload's namespace: ${ANY_NAMESPACE}, which every cluster has, stands in.`);
  return [ANY_NAMESPACE];
}

function keep<T extends Part>(parts: readonly T[], what: string, there: Set<string>, said: string[]): T[] {
  return parts.flatMap((part) => {
    const namespaces = part.namespaces.filter((namespace) => there.has(namespace));
    if (namespaces.length === part.namespaces.length) return [part];
    const absent = part.namespaces.filter((namespace) => !there.has(namespace)).join(', ');
    const left = namespaces.length === 0 ? 'is left out' : `goes on without ${absent}`;
    said.push(`${what} ${part.name} ${left}: the manifests have nothing in ${absent}.`);
    return namespaces.length === 0 ? [] : [{ ...part, namespaces }];
  });
}

function withKnownReplicas<T extends PlanInput['workloads'][number]>(
  workload: T,
  objects: readonly ManifestObject[],
  said: string[],
): T {
  const there = new Set(
    objects
      .filter((object) => workload.namespaces.includes(object.metadata.namespace ?? ''))
      .map((object) => `${object.kind}/${object.metadata.name}`),
  );
  const entries = Object.entries(workload.replicas ?? {});
  const absent = entries.filter(([key]) => !there.has(key)).map(([key]) => key);
  if (absent.length === 0) return workload;
  said.push(`Workload ${workload.name} expects no replicas of ${absent.join(', ')}: the manifests do not have it.`);
  return { ...workload, replicas: Object.fromEntries(entries.filter(([key]) => there.has(key))) };
}
