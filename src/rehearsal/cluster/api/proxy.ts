import { ApiError, notFound } from '../api-error.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { ApiRequest, ApiResponse } from '../host.ts';
import { servePod } from '../serving.ts';
import { authorize } from './authorization.ts';
import type { ObjectPath } from './request-path.ts';

const VERBS: Record<string, string> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** `…/services/[https:]name[:port]/proxy/path`. https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/ */
export function proxied(cluster: ControlPlane, at: ObjectPath, request: ApiRequest): ApiResponse {
  const parts = (at.name ?? '').split(':');
  const [name = '', port] = parts[0] === 'http' || parts[0] === 'https' ? parts.slice(1) : parts;
  const ref = { resource: at.resource.key, namespace: at.namespace, name };
  authorize(cluster, request.identity, { verb: VERBS[request.method] ?? 'get', subresource: 'proxy', ...ref });
  const object = cluster.store.get(ref);
  if (object === undefined) throw notFound(at.resource.plural, name);
  const serve = at.resource.key === 'pods' ? servePod(cluster, object) : cluster.serve(at.namespace ?? '', name, port);
  const { status, body } = serve({ method: request.method, path: `/${at.rest}`, host: `${name}.${at.namespace}` });
  if (status !== 503) return { status, body };
  const what = at.resource.key === 'pods' ? `pod "${name}"` : `service "${name}"`;
  throw new ApiError('ServiceUnavailable', `no endpoints available for ${what}`);
}
