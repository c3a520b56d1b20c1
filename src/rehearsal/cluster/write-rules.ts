import type { KubeObject } from './host.ts';
import type { Resource } from './resources.ts';
import { same } from './same.ts';

export type RemoveOptions = {
  propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  /** Zero removes a pod at once; default: the pod's own. Other kinds have none. */
  gracePeriodSeconds?: number | undefined;
};

/** What a pod gets to end, unless it says otherwise. */
const DEFAULT_GRACE_SECONDS = 30;

/** Their strategies give them none. https://github.com/kubernetes/kubernetes/tree/v1.35.4/pkg/registry/core */
const WITHOUT_GENERATION = new Set([
  ...['namespaces', 'nodes', 'persistentvolumes', 'persistentvolumeclaims', 'services', 'endpoints', 'configmaps'],
  ...['secrets', 'serviceaccounts', 'events', 'limitranges', 'resourcequotas', 'leases.coordination.k8s.io'],
]);

export const hasGeneration = (resource: Resource): boolean => !WITHOUT_GENERATION.has(resource.key);

/**
 * Whether a change is one of what is wanted: of anything but metadata, and but status where that is a subresource.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#status-subresource
 */
export function changesGeneration(resource: Resource, next: KubeObject, current: KubeObject): boolean {
  const statusApart = !resource.custom || resource.subresources.includes('status');
  for (const key of new Set([...Object.keys(next), ...Object.keys(current)])) {
    if (key === 'metadata' || (key === 'status' && statusApart)) continue;
    if (!same(next[key], current[key])) return true;
  }
  return false;
}

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#foreground-deletion */
export function withPropagation(finalizers: string[], propagation: RemoveOptions['propagation']): string[] {
  if (propagation === 'Foreground' && !finalizers.includes('foregroundDeletion'))
    return [...finalizers, 'foregroundDeletion'];
  if (propagation === 'Orphan' && !finalizers.includes('orphan')) return [...finalizers, 'orphan'];
  return finalizers;
}

/** Seconds that the kubelet has to end a pod; a pod that no node runs needs none. */
export function podGrace(pod: KubeObject, asked: number | undefined): number {
  const phase = pod.status?.phase;
  if (!pod.spec?.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  return asked ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
}
