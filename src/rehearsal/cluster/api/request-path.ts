import { type Resource, type Resources, resourceKey } from '../resources.ts';

/** What a path under /api or /apis names. */
export type ObjectPath = {
  resource: Resource;
  version: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  /** What follows the subresource, as in a proxy's path. */
  rest: string;
};

/** Undefined when the server serves no such thing. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export function parsePath(resources: Resources, path: string): ObjectPath | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const core = parts[0] === 'api';
  const [group, version, ...at] = core ? ['', ...parts.slice(1)] : parts.slice(1);
  if (group === undefined || version === undefined) return undefined;
  // `namespaces/x/pods` is in a namespace; `namespaces/x` and `namespaces/x/status` are about one.
  const within = at[0] === 'namespaces' && at.length >= 3 && served(resources, group, version, at[2])?.namespaced;
  const [plural, name, subresource, ...rest] = within ? at.slice(2) : at;
  const resource = served(resources, group, version, plural);
  if (resource === undefined || (within && !resource.namespaced)) return undefined;
  return {
    resource,
    version,
    ...(within && at[1] !== undefined && { namespace: at[1] }),
    ...(name && { name }),
    ...(subresource && { subresource }),
    rest: rest.join('/'),
  };
}

function served(
  resources: Resources,
  group: string,
  version: string,
  plural: string | undefined,
): Resource | undefined {
  const resource = plural === undefined ? undefined : resources.get(resourceKey(group, plural));
  return resource?.versions.includes(version) ? resource : undefined;
}
