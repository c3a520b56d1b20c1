import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';

/** The claim behind a pod's volume, if it is one. https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming */
export function claimName(pod: KubeObject, volume: KubeObject): string | undefined {
  if (volume.ephemeral !== undefined) return `${pod.metadata?.name}-${volume.name}`;
  return volume.persistentVolumeClaim?.claimName;
}

export const claimNames = (pod: KubeObject): string[] =>
  (pod.spec.volumes ?? []).flatMap((volume: KubeObject) => claimName(pod, volume) ?? []);
