import { ApiError } from '../api-error.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { apiVersionOf } from '../resources.ts';
import { parseFieldSelector } from '../selectors.ts';
import type { ObjectPath } from './request-path.ts';
import { asServed } from './versions.ts';

/**
 * A List document in the order of etcd's keys (namespace, then name), with selectors, `limit` and `continue`.
 * As from the real server, items of built-in kinds do not repeat their apiVersion and kind.
 */
export function listed(cluster: ControlPlane, at: ObjectPath, query: URLSearchParams): KubeObject {
  const { resource, namespace } = at;
  const labelSelector = query.get('labelSelector') ?? '';
  const fieldSelector = query.get('fieldSelector') ?? '';
  let found = cluster.store.list(resource.key, { ...(namespace !== undefined && { namespace }), labelSelector });
  if (fieldSelector !== '') found = found.filter(parseFieldSelector(fieldSelector, resource.custom));
  found.sort(
    (a, b) =>
      compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name),
  );
  const start = Number(Buffer.from(query.get('continue') ?? '', 'base64').toString() || 0);
  if (Number.isNaN(start)) throw new ApiError('BadRequest', 'continue key is not valid');
  const end = start + (Number(query.get('limit')) || found.length);
  const apiVersion = apiVersionOf(resource.group, at.version);
  const rest = found.length - end;
  return {
    kind: `${resource.kind}List`,
    apiVersion,
    metadata: {
      resourceVersion: cluster.store.version,
      ...(rest > 0 && { continue: Buffer.from(String(end)).toString('base64'), remainingItemCount: rest }),
    },
    items: found.slice(start, end).map((object) => {
      const served = asServed(object, apiVersion);
      return resource.custom ? served : bare(served);
    }),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function bare(object: KubeObject): KubeObject {
  const { apiVersion: _version, kind: _kind, ...rest } = object;
  return rest;
}
