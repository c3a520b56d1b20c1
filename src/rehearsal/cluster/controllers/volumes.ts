import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { claimsOf, hasEnded } from '../pods.ts';
import { quantity } from '../quantity.ts';
import { matchesSelector } from '../selectors.ts';
import { SNAPSHOTS } from '../snapshots/definitions.ts';
import { bindClaim } from './bind-claim.ts';
import { provision } from './provisioner.ts';

const PVC_PROTECTION = 'kubernetes.io/pvc-protection';
const PV_PROTECTION = 'kubernetes.io/pv-protection';
/** https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ (--pvclaimbinder-sync-period) */
const RESYNC_MS = 15_000;

/** Binds claims to volumes, has volumes made, and lets them go. https://kubernetes.io/docs/concepts/storage/persistent-volumes/ */
export function controlVolumes(cluster: ControlPlane): void {
  const { store } = cluster;
  const coming = new Set<string>();
  const enqueue = cluster.reconcile('persistentvolumeclaims', (claim) => {
    if (claim.metadata.deletionTimestamp !== undefined) return releaseClaim(cluster, claim);
    if (claim.status?.phase !== 'Bound') return bindOrProvision(cluster, claim, coming);
    expand(cluster, claim);
  });
  cluster.reconcile('persistentvolumes', (volume) => reconcileVolume(cluster, volume));
  const retryPending = (): void => {
    for (const claim of store.list('persistentvolumeclaims'))
      if (claim.status?.phase !== 'Bound') enqueue(claim.metadata.uid);
  };
  const retryAtResync = atResync(cluster, retryPending);
  store.watch('persistentvolumes', ({ type, object }) => {
    if (type === 'DELETED') cluster.volumes.delete(object.metadata.name);
    else retryAtResync();
  });
  store.watch('storageclasses.storage.k8s.io', retryAtResync);
  store.watch(SNAPSHOTS, retryPending);
  store.watch('persistentvolumeclaims', ({ type, object }) => {
    const volume =
      type === 'DELETED' &&
      object.spec.volumeName &&
      store.get({ resource: 'persistentvolumes', name: object.spec.volumeName });
    if (volume) releaseVolume(cluster, volume);
  });
  store.watch('pods', ({ type, object }) => {
    if (type !== 'DELETED' && !hasEnded(object)) return;
    for (const name of claimsOf(object).values()) {
      const claim = store.get({ resource: 'persistentvolumeclaims', namespace: object.metadata.namespace, name });
      if (claim?.metadata.deletionTimestamp !== undefined) enqueue(claim.metadata.uid);
    }
  });
  cluster.onResync(() => coming.clear());
}

/**
 * A claim that waits is looked at when it changes itself, and else at the next resync: no volume wakes the claim that it
 * is meant for. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/volume/persistentvolume/pv_controller.go (syncVolume)
 */
function atResync(cluster: ControlPlane, act: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    cluster.after(RESYNC_MS - (cluster.now % RESYNC_MS), () => {
      due = false;
      act();
    });
  };
}

/** No provisioner of CSI looks at a claim with a selector. https://github.com/kubernetes-csi/external-provisioner/blob/v5.3.0/pkg/controller/controller.go */
function bindOrProvision(cluster: ControlPlane, claim: KubeObject, coming: Set<string>): void {
  const volume = matchingVolume(cluster, claim);
  if (volume !== undefined) {
    bindClaim(cluster, claim, volume);
    return;
  }
  if (claim.spec.volumeName || claim.spec.selector || claim.spec.storageClassName === '') return;
  provision(cluster, claim, coming);
}

/** The volume that the claim names, one that is kept for it, or one that suits it. */
function matchingVolume(cluster: ControlPlane, claim: KubeObject): KubeObject | undefined {
  const { name, namespace, uid } = claim.metadata;
  const { volumeName, resources, storageClassName = '', selector } = claim.spec;
  const isFree = ({ spec }: KubeObject): boolean =>
    spec.claimRef === undefined ||
    (spec.claimRef.name === name &&
      spec.claimRef.namespace === namespace &&
      (spec.claimRef.uid === undefined || spec.claimRef.uid === uid));
  const { store } = cluster;
  if (volumeName) {
    const named = store.get({ resource: 'persistentvolumes', name: volumeName });
    return named !== undefined && isFree(named) ? named : undefined;
  }
  const wanted = quantity(resources.requests.storage);
  const suits = ({ metadata, spec, status }: KubeObject): boolean =>
    status?.phase === 'Available' &&
    (selector === undefined || matchesSelector(selector, metadata.labels)) &&
    (spec.storageClassName ?? '') === storageClassName &&
    quantity(spec.capacity.storage) >= wanted;
  const volumes = store
    .list('persistentvolumes')
    .filter((each) => each.metadata.deletionTimestamp === undefined && isFree(each));
  return volumes.find((each) => each.spec.claimRef !== undefined) ?? volumes.find((each) => suits(each));
}

/** A volume made by other hands has bytes only if it is a directory, or part of the state that is being built. */
function reconcileVolume(cluster: ControlPlane, volume: KubeObject): void {
  const { store } = cluster;
  const { name, deletionTimestamp, finalizers } = volume.metadata;
  const { spec, status } = volume;
  if (deletionTimestamp !== undefined) {
    if (status?.phase === 'Bound' || !finalizers?.includes(PV_PROTECTION)) return;
    const left = finalizers.filter((each: string) => each !== PV_PROTECTION);
    store.update({ ...volume, metadata: { ...volume.metadata, finalizers: left } });
    return;
  }
  if (!cluster.volumes.has(name) && (cluster.building || spec.hostPath || spec.local))
    cluster.volumes.add(name, quantity(spec.capacity.storage));
}

/** A claim stays while a pod on a node uses it. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection */
function releaseClaim(cluster: ControlPlane, claim: KubeObject): void {
  const { name, namespace, finalizers } = claim.metadata;
  if (!finalizers?.includes(PVC_PROTECTION)) return;
  const used = cluster.store
    .list('pods', { namespace })
    .some((pod) => pod.spec.nodeName && !hasEnded(pod) && [...claimsOf(pod).values()].includes(name));
  if (used) return;
  const left = finalizers.filter((each: string) => each !== PVC_PROTECTION);
  cluster.store.update({ ...claim, metadata: { ...claim.metadata, finalizers: left } });
}

function releaseVolume(cluster: ControlPlane, volume: KubeObject): void {
  const { store } = cluster;
  const released = store.update({ ...volume, status: { ...volume.status, phase: 'Released' } });
  if (released.spec.persistentVolumeReclaimPolicy === 'Delete') store.remove(store.refOf(released));
}

function expand(cluster: ControlPlane, claim: KubeObject): void {
  const wanted = claim.spec.resources.requests.storage;
  if (quantity(wanted) <= quantity(claim.status.capacity?.storage)) return;
  const { store } = cluster;
  const storageClass = store.get({
    resource: 'storageclasses.storage.k8s.io',
    name: claim.spec.storageClassName ?? '',
  });
  const volume = store.get({ resource: 'persistentvolumes', name: claim.spec.volumeName });
  if (storageClass?.allowVolumeExpansion !== true || volume === undefined) return;
  const capacity = { storage: wanted };
  store.update({ ...volume, spec: { ...volume.spec, capacity } });
  store.setStatus(claim, { capacity });
}
