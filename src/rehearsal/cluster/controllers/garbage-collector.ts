import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/ */
export function collectGarbage(cluster: ControlPlane): void {
  const { store } = cluster;
  store.watch('*', ({ type, object, old }) => {
    const { uid, ownerReferences, deletionTimestamp, finalizers } = object.metadata;
    if (type === 'DELETED') {
      for (const dependent of store.dependents(uid)) dropIfUnowned(cluster, dependent);
      for (const owner of ownerReferences ?? []) finishForeground(cluster, store.byUid(owner.uid));
      return;
    }
    if (deletionTimestamp !== undefined) {
      if (finalizers?.includes(ORPHAN)) orphan(cluster, object);
      if (finalizers?.includes(FOREGROUND)) foreground(cluster, object);
      return;
    }
    if (ownerReferences?.length > 0 && ownerReferences !== old?.metadata.ownerReferences) {
      const current = store.byUid(uid);
      if (current !== undefined) dropIfUnowned(cluster, current);
    }
  });
}

/** An object goes when none of its owners is left. */
function dropIfUnowned(cluster: ControlPlane, object: KubeObject): void {
  const { store } = cluster;
  const owners: KubeObject[] = object.metadata.ownerReferences ?? [];
  if (owners.length === 0 || object.metadata.deletionTimestamp !== undefined) return;
  if (owners.every((owner) => store.byUid(owner.uid) === undefined)) store.remove(store.refOf(object));
}

function orphan(cluster: ControlPlane, owner: KubeObject): void {
  const { store } = cluster;
  for (const dependent of store.dependents(owner.metadata.uid)) {
    const { ownerReferences, ...metadata } = dependent.metadata;
    const left = ownerReferences.filter((each: KubeObject) => each.uid !== owner.metadata.uid);
    store.update({ ...dependent, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata });
  }
  withoutFinalizer(cluster, owner, ORPHAN);
}

function foreground(cluster: ControlPlane, owner: KubeObject): void {
  const { store } = cluster;
  for (const dependent of store.dependents(owner.metadata.uid))
    if (dependent.metadata.deletionTimestamp === undefined)
      store.remove(store.refOf(dependent), { propagation: 'Foreground' });
  finishForeground(cluster, store.byUid(owner.metadata.uid));
}

/** The owner goes once nothing is left that blocks it. */
function finishForeground(cluster: ControlPlane, owner: KubeObject | undefined): void {
  if (!owner?.metadata.finalizers?.includes(FOREGROUND)) return;
  const blocking = cluster.store
    .dependents(owner.metadata.uid)
    .some((each) =>
      each.metadata.ownerReferences.some((ref: KubeObject) => ref.uid === owner.metadata.uid && ref.blockOwnerDeletion),
    );
  if (!blocking) withoutFinalizer(cluster, owner, FOREGROUND);
}

function withoutFinalizer(cluster: ControlPlane, object: KubeObject, finalizer: string): void {
  const current = cluster.store.byUid(object.metadata.uid);
  if (!current?.metadata.finalizers?.includes(finalizer)) return;
  const finalizers = current.metadata.finalizers.filter((each: string) => each !== finalizer);
  cluster.store.update({ ...current, metadata: { ...current.metadata, finalizers } });
}
