import type { ControlPlane } from './control-plane.ts';
import type { KubeObject } from './host.ts';

/** Whether a pod still counts: neither ended nor being ended. */
export const isActive = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp === undefined && !hasEnded(pod);

export const hasEnded = (pod: KubeObject): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

export const isReady = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined && conditionIs(pod, 'Ready', 'True');

export const conditionIs = (object: KubeObject, type: string, status: string): boolean =>
  object.status?.conditions?.some((each: KubeObject) => each.type === type && each.status === status) === true;

const CONDITION = ['status', 'reason', 'message', 'lastUpdateTime'];

/**
 * Conditions with one set; its transition time moves only when its status does. Nothing new gives the same list back.
 */
export function withCondition(conditions: KubeObject[] = [], next: KubeObject, now: string): KubeObject[] {
  const known = conditions.find((each) => each.type === next.type);
  if (known === undefined) return [...conditions, { ...next, lastTransitionTime: now }];
  if (CONDITION.every((field) => known[field] === next[field])) return conditions;
  const lastTransitionTime = known.status === next.status ? known.lastTransitionTime : now;
  return conditions.map((each) => (each === known ? { ...next, lastTransitionTime } : each));
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/ */
export const ownerReference = ({ apiVersion, kind, metadata }: KubeObject): KubeObject => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

export const controllerOf = (object: KubeObject): KubeObject | undefined =>
  object.metadata.ownerReferences?.find((owner: KubeObject) => owner.controller === true);

export const priorityOf = (pod: KubeObject): number => pod.spec.priority ?? 0;

/** The claims that a pod mounts, by volume name. Ephemeral volumes' claims are named after pod and volume. */
export function claimsOf(pod: KubeObject): Map<string, string> {
  const claims = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim) claims.set(volume.name, volume.persistentVolumeClaim.claimName);
    else if (volume.ephemeral) claims.set(volume.name, `${pod.metadata.name}-${volume.name}`);
  }
  return claims;
}

/** The pod's containers end with an error, and are restarted as its restart policy says. */
export function crashPod(cluster: ControlPlane, namespace: string, name: string): void {
  const pod = cluster.store.get({ resource: 'pods', namespace, name });
  if (pod !== undefined) cluster.kubelet.crash(pod.metadata.uid);
}
