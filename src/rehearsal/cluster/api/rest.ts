import { parse as parseYaml } from 'yaml';
import { NotSimulated } from '../../kernel/not-simulated.ts';
import { ApiError, conflict, invalid, notFound } from '../api-error.ts';
import type { ControlPlane, WriteOptions } from '../control-plane.ts';
import type { ApiRequest, ApiResponse, KubeObject } from '../host.ts';
import { apiVersionOf } from '../resources.ts';
import type { Ref, RemoveOptions } from '../store.ts';
import { reviewAccess } from './access-review.ts';
import { authorize } from './authorization.ts';
import { discover } from './discovery.ts';
import { listed } from './listing.ts';
import type { PatchType } from './patch.ts';
import { proxied } from './proxy.ts';
import { type ObjectPath, parsePath } from './request-path.ts';
import { hasScale, scaled, scaleOf } from './scale.ts';
import { asServed } from './versions.ts';

const HEALTH = ['/readyz', '/livez', '/healthz'];
const ACCESS_REVIEW = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

const PATCH_TYPES: Record<string, PatchType | 'apply'> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** Answers as the API server's HTTP endpoint does: an object, a list or a Status; text for health and proxies. */
export function rest(cluster: ControlPlane, request: ApiRequest): ApiResponse {
  try {
    return answer(cluster, request);
  } catch (error) {
    if (error instanceof ApiError) return { status: error.code, body: error.status };
    if (error instanceof NotSimulated) cluster.host.kernel.fail(error);
    throw error;
  }
}

function answer(cluster: ControlPlane, request: ApiRequest): ApiResponse {
  const { path, query } = request;
  // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles (everyone who is authenticated)
  if (HEALTH.includes(path)) return { status: 200, body: 'ok' };
  if (path === '/version') return { status: 200, body: version(cluster.host.version) };
  if (path === ACCESS_REVIEW && request.method === 'POST')
    return reviewAccess(cluster, request.identity, parseBody(request));
  if (request.identity.groups.includes('system:unauthenticated'))
    throw new ApiError(
      'Forbidden',
      `forbidden: User "${request.identity.username}" cannot ${verbOf(request)} path "${path}"`,
    );
  const discovered = discover(cluster.store.resources, path);
  if (discovered !== undefined) return { status: 200, body: discovered };
  const at = parsePath(cluster.store.resources, path);
  if (at === undefined) return nowhere(cluster, path);
  if (query.get('watch') === 'true' || query.get('watch') === '1')
    throw new NotSimulated('a watch over the Kubernetes API');
  if (at.subresource === 'proxy') return proxied(cluster, at, request);
  if (at.subresource !== undefined && !['status', 'scale'].includes(at.subresource))
    return otherSubresource(cluster, at, request);
  return at.name === undefined ? collection(cluster, at, request) : single(cluster, at, at.name, request);
}

/** A group that is served answers for its paths; nobody does for the rest. */
function nowhere(cluster: ControlPlane, path: string): ApiResponse {
  const [, root, group] = path.split('/');
  if (root === 'apis' && discover(cluster.store.resources, `/apis/${group}`) === undefined)
    return { status: 404, body: '404 page not found\n' };
  throw new ApiError('NotFound', 'the server could not find the requested resource');
}

const verbOf = ({ method }: ApiRequest): string => method.toLowerCase();

function collection(cluster: ControlPlane, at: ObjectPath, request: ApiRequest): ApiResponse {
  const { identity, query } = request;
  const { key: resource, namespaced } = at.resource;
  switch (request.method) {
    case 'GET':
      authorize(cluster, identity, { verb: 'list', resource, namespace: at.namespace });
      return { status: 200, body: listed(cluster, at, query) };
    case 'POST': {
      if (namespaced && at.namespace === undefined) break;
      const object = inPlace(at, parseBody(request));
      return { status: 201, body: answered(at, cluster.api.create(object, writeOptions(request))) };
    }
    case 'DELETE': {
      authorize(cluster, identity, { verb: 'deletecollection', resource, namespace: at.namespace });
      const list = listed(cluster, at, query);
      for (const { metadata } of list.items)
        cluster.api.remove({ resource, namespace: metadata.namespace, name: metadata.name }, removeOptions(request));
      return { status: 200, body: list };
    }
  }
  throw new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

function single(cluster: ControlPlane, at: ObjectPath, name: string, request: ApiRequest): ApiResponse {
  const { identity: by } = request;
  const ref = { resource: at.resource.key, namespace: at.namespace, name };
  if (at.subresource !== undefined && !at.resource.subresources.includes(at.subresource))
    throw new ApiError('NotFound', 'the server could not find the requested resource');
  if (at.subresource === 'scale' && hasScale(at.resource)) return scale(cluster, at, name, request);
  switch (request.method) {
    case 'GET':
      authorize(cluster, by, { verb: 'get', subresource: at.subresource, ...ref });
      return { status: 200, body: answered(at, cluster.api.get(ref)) };
    case 'PUT': {
      const object = inPlace(at, parseBody(request));
      return { status: 200, body: answered(at, cluster.api.replace(object, writeOptions(request, at))) };
    }
    case 'PATCH':
      return patch(cluster, at, name, request);
    case 'DELETE': {
      checkPreconditions(cluster, ref, parseBody(request).preconditions);
      const left = cluster.api.remove(ref, { ...removeOptions(request), by });
      const details = { name, kind: at.resource.plural, ...(at.resource.group && { group: at.resource.group }) };
      const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
      return { status: 200, body: left === undefined ? success : answered(at, left) };
    }
  }
  throw new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/ */
function checkPreconditions(cluster: ControlPlane, ref: Ref, preconditions: KubeObject = {}): void {
  const metadata = cluster.store.get(ref)?.metadata;
  for (const field of ['uid', 'resourceVersion'])
    if (metadata !== undefined && preconditions[field] !== undefined && preconditions[field] !== metadata[field])
      throw conflict(ref.resource, ref.name);
}

function patch(cluster: ControlPlane, at: ObjectPath, name: string, request: ApiRequest): ApiResponse {
  const mediaType = (header(request, 'content-type') ?? '').split(';')[0] ?? '';
  const type = PATCH_TYPES[mediaType];
  if (type === undefined)
    throw new ApiError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${Object.keys(PATCH_TYPES).join(', ')}`,
    );
  const options = writeOptions(request, at);
  const force = request.query.get('force') === 'true';
  const body = parseBody(request);
  if (type === 'apply') {
    if (at.subresource !== undefined) throw new NotSimulated('server-side apply to a subresource');
    const before = cluster.store.get({ resource: at.resource.key, namespace: at.namespace, name });
    const manager = request.query.get('fieldManager') ?? undefined;
    const applied = cluster.api.apply(inPlace(at, body), { ...options, manager, force });
    return { status: before === undefined ? 201 : 200, body: answered(at, applied) };
  }
  if (force)
    throw new ApiError(
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  const ref = { resource: at.resource.key, namespace: at.namespace, name };
  return { status: 200, body: answered(at, cluster.api.patch(ref, type, body, options)) };
}

function scale(cluster: ControlPlane, at: ObjectPath, name: string, request: ApiRequest): ApiResponse {
  const ref = { resource: at.resource.key, namespace: at.namespace, name };
  const { identity, method } = request;
  const verb = method === 'GET' ? 'get' : method === 'PUT' ? 'update' : 'patch';
  authorize(cluster, identity, { verb, subresource: 'scale', ...ref });
  const current = cluster.api.get(ref);
  if (method === 'GET') return { status: 200, body: scaleOf(current) };
  const body = parseBody(request);
  const asked = method === 'PUT' ? body : { spec: { ...scaleOf(current).spec, ...body.spec }, metadata: body.metadata };
  const { by: _judged, ...options } = writeOptions(request);
  if (asked.spec?.replicas < 0)
    throw invalid('Scale.autoscaling', name, [
      'spec.replicas',
      `Invalid value: ${asked.spec.replicas}: must be greater than or equal to 0`,
    ]);
  return { status: 200, body: scaleOf(cluster.api.replace(scaled(current, asked), options)) };
}

/** An eviction deletes the pod; a disruption budget is not asked. Everything else of this sort is not simulated. */
function otherSubresource(cluster: ControlPlane, at: ObjectPath, request: ApiRequest): ApiResponse {
  const { key: resource, plural } = at.resource;
  if (!at.resource.subresources.includes(at.subresource ?? '')) throw notFound(plural, at.name ?? '');
  if (at.subresource !== 'eviction') throw new NotSimulated(`the subresource ${plural}/${at.subresource}`);
  authorize(cluster, request.identity, {
    verb: 'create',
    resource,
    subresource: 'eviction',
    namespace: at.namespace,
    name: at.name,
  });
  cluster.api.remove({ resource, namespace: at.namespace, name: at.name ?? '' });
  return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}

/** The object as the URL places it; what contradicts the URL is refused. */
function inPlace(at: ObjectPath, object: KubeObject): KubeObject {
  const served = apiVersionOf(at.resource.group, at.version);
  const { name, namespace } = object.metadata ?? {};
  if ((object.apiVersion ?? served) !== served || (object.kind ?? at.resource.kind) !== at.resource.kind)
    throw new ApiError(
      'BadRequest',
      `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${at.resource.kind}`,
    );
  if (at.namespace !== undefined && namespace !== undefined && namespace !== at.namespace)
    throw new ApiError(
      'BadRequest',
      `the namespace of the provided object does not match the namespace sent on the request`,
    );
  if (at.name !== undefined && name !== undefined && name !== at.name)
    throw new ApiError(
      'BadRequest',
      `the name of the object (${name}) does not match the name on the URL (${at.name})`,
    );
  const metadata = { ...object.metadata };
  if (at.namespace !== undefined) metadata.namespace = at.namespace;
  if (at.name !== undefined) metadata.name = at.name;
  return { ...object, apiVersion: served, kind: at.resource.kind, metadata };
}

const answered = (at: ObjectPath, object: KubeObject): KubeObject =>
  asServed(object, apiVersionOf(at.resource.group, at.version));

function parseBody(request: ApiRequest): KubeObject {
  if (!request.body) return {};
  try {
    return JSON.parse(request.body);
  } catch {
    if (header(request, 'content-type')?.includes('yaml')) return parseYaml(request.body);
    throw new ApiError('BadRequest', 'the object provided is unrecognized (must be of type JSON)');
  }
}

const writeOptions = ({ identity, query, headers }: ApiRequest, at?: ObjectPath): WriteOptions => ({
  by: identity,
  // https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers (by default, from the User-Agent)
  manager: query.get('fieldManager') ?? (headers['user-agent'] ?? headers['User-Agent'] ?? 'unknown').split('/')[0],
  dryRun: query.get('dryRun') === 'All',
  ...(at?.subresource === 'status' && { subresource: 'status' }),
});

function removeOptions(request: ApiRequest): RemoveOptions {
  const body = parseBody(request);
  const grace = request.query.get('gracePeriodSeconds') ?? body.gracePeriodSeconds;
  const policy = request.query.get('propagationPolicy') ?? body.propagationPolicy;
  return {
    ...(grace !== undefined && grace !== null && { gracePeriodSeconds: Number(grace) }),
    ...(policy && { propagation: policy }),
  };
}

const header = ({ headers }: ApiRequest, name: string): string | undefined => {
  for (const key in headers) if (key.toLowerCase() === name) return headers[key];
  return undefined;
};

function version(gitVersion: string): KubeObject {
  const [major, minor] = gitVersion.replace(/^v/, '').split('.');
  return { major, minor, gitVersion, platform: 'linux/amd64' };
}
