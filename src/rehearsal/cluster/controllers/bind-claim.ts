import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';

/** Makes claim and volume each other's. */
export function bindClaim(cluster: ControlPlane, claim: KubeObject, volume: KubeObject): void {
  const { store } = cluster;
  const { name, namespace, uid } = claim.metadata;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid };
  const { capacity, accessModes } = volume.spec;
  store.update({ ...volume, spec: { ...volume.spec, claimRef }, status: { ...volume.status, phase: 'Bound' } });
  const annotations = { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
  store.update({
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
    status: { phase: 'Bound', accessModes, capacity },
  });
}
