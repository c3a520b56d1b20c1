import { ApiError } from '../api-error.ts';
import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import { jsonPatch } from './json-patch.ts';
import { strategicMerge } from './strategic-merge.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

/** The object as the patch makes it; its identity cannot be patched away. */
export function patched(resource: Resource, current: KubeObject, type: PatchType, patch: KubeObject): KubeObject {
  const next = changed(resource, current, type, patch);
  const { name, namespace } = current.metadata;
  if (next.metadata?.name !== name || next.metadata.namespace !== namespace)
    throw new ApiError(
      'BadRequest',
      `the name of the object (${next.metadata?.name}) does not match the name on the URL (${name})`,
    );
  return next;
}

function changed(resource: Resource, current: KubeObject, type: PatchType, patch: KubeObject): KubeObject {
  if (type === 'json') return jsonPatch(current, patch);
  if (type === 'merge') return mergePatch(current, patch);
  // https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/ (custom resources have none)
  if (resource.custom)
    throw new ApiError(
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
  return strategicMerge(current, patch);
}

/** RFC 7386. Nothing of the target is changed in place. */
export function mergePatch(target: KubeObject, patch: KubeObject): KubeObject {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const key in patch) {
    if (patch[key] === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], patch[key]);
  }
  return merged;
}
