import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { claimsOf } from '../pods.ts';

/** https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** A pod's claims as far as they decide where it can go, or why it cannot go anywhere yet. */
export type PodVolumes = { problem?: string; unbound: KubeObject[]; terms: KubeObject[][] };

export function volumesOf({ store }: ControlPlane, pod: KubeObject): PodVolumes {
  const unbound: KubeObject[] = [];
  const terms: KubeObject[][] = [];
  for (const name of claimsOf(pod).values()) {
    const claim = store.get({ resource: 'persistentvolumeclaims', namespace: pod.metadata.namespace, name });
    if (claim === undefined) return { problem: `persistentvolumeclaim "${name}" not found`, unbound, terms };
    if (claim.metadata.deletionTimestamp !== undefined)
      return { problem: `persistentvolumeclaim "${name}" is being deleted`, unbound, terms };
    if (claim.status?.phase === 'Bound') {
      const volume = store.get({ resource: 'persistentvolumes', name: claim.spec.volumeName });
      const required = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms;
      if (required) terms.push(required);
      continue;
    }
    const className = claim.spec.storageClassName;
    const storageClass = className && store.get({ resource: 'storageclasses.storage.k8s.io', name: className });
    if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer')
      return { problem: 'pod has unbound immediate PersistentVolumeClaims', unbound, terms };
    unbound.push(claim);
    const topologies = storageClass.allowedTopologies;
    if (topologies) terms.push(topologies.map(asNodeTerm));
  }
  return { unbound, terms };
}

const asNodeTerm = (topology: KubeObject): KubeObject => ({
  matchExpressions: topology.matchLabelExpressions.map(({ key, values }: KubeObject) => ({
    key:
      key === 'topology.ebs.csi.aws.com/zone' || key === 'topology.ebs.csi.eks.amazonaws.com/zone'
        ? 'topology.kubernetes.io/zone'
        : key,
    operator: 'In',
    values,
  })),
});

/** The volumes are made where the pod will run; it is bound once they are. A node that is gone since is chosen anew. */
export function selectNode({ store }: ControlPlane, claims: KubeObject[], node: string): void {
  for (const claim of claims) {
    const annotations = claim.metadata.annotations ?? {};
    const selected = annotations[SELECTED_NODE];
    if (selected !== undefined && store.get({ resource: 'nodes', name: selected })) continue;
    store.update({ ...claim, metadata: { ...claim.metadata, annotations: { ...annotations, [SELECTED_NODE]: node } } });
  }
}
