import type { ControlPlane } from '../control-plane.ts';
import type { ApiResponse, Identity, KubeObject } from '../host.ts';
import { resourceKey } from '../resources.ts';
import { allowed } from './authorization.ts';

/** "May I?" https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/ */
export function reviewAccess(cluster: ControlPlane, by: Identity, review: KubeObject): ApiResponse {
  const asked = review.spec?.resourceAttributes ?? {};
  const access = {
    verb: asked.verb ?? '',
    resource: resourceKey(asked.group ?? '', asked.resource ?? ''),
    subresource: asked.subresource,
    namespace: asked.namespace || undefined,
    name: asked.name || undefined,
  };
  return { status: 201, body: { ...review, status: { allowed: allowed(cluster, by, access) } } };
}
