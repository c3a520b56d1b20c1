import type { KubeObject } from '../host.ts';
import type { Resource, Resources } from '../resources.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const SUBRESOURCE_VERBS: Record<string, string[]> = {
  log: ['get'],
  exec: ['create', 'get'],
  eviction: ['create'],
  binding: ['create'],
  token: ['create'],
  finalize: ['update'],
};

/** Answers `/api`, `/apis`, `/apis/<group>` and `/apis/<group>/<version>`; undefined for every other path, or an unknown group. */
export function discover(resources: Resources, path: string): KubeObject | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts[0] === 'api' && parts.length === 1) return { kind: 'APIVersions', versions: ['v1'] };
  if (parts[0] === 'api' && parts.length === 2) return resourceList(resources, '', parts[1] ?? '');
  if (parts[0] !== 'apis') return undefined;
  if (parts.length === 1) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(resources) };
  if (parts.length === 2) {
    const group = groups(resources).find((each) => each.name === parts[1]);
    return group && { kind: 'APIGroup', apiVersion: 'v1', ...group };
  }
  return parts.length === 3 ? resourceList(resources, parts[1] ?? '', parts[2] ?? '') : undefined;
}

function groups(resources: Resources): KubeObject[] {
  const versions = new Map<string, Set<string>>();
  for (const resource of resources.all()) {
    if (resource.group === '') continue;
    const known = versions.get(resource.group) ?? new Set();
    for (const version of resource.versions) known.add(version);
    versions.set(resource.group, known);
  }
  return [...versions].map(([name, known]) => {
    const all = [...known].map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: all, preferredVersion: all[0] };
  });
}

function resourceList(resources: Resources, group: string, version: string): KubeObject | undefined {
  const served = [...resources.all()].filter((each) => each.group === group && each.versions.includes(version));
  if (served.length === 0) return undefined;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: served.flatMap(entries) };
}

function entries(resource: Resource): KubeObject[] {
  const { plural, kind, namespaced } = resource;
  const main = { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: VERBS };
  const others = resource.subresources.map((each) => ({
    name: `${plural}/${each}`,
    singularName: '',
    namespaced,
    kind: each === 'scale' ? 'Scale' : kind,
    ...(each === 'scale' && { group: 'autoscaling', version: 'v1' }),
    verbs: SUBRESOURCE_VERBS[each] ?? ['get', 'patch', 'update'],
  }));
  return [main, ...others];
}
