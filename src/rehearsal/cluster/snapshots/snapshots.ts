import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import type { Ref } from '../store.ts';
import { SNAPSHOT_CLASSES, SNAPSHOT_CONTENTS, SNAPSHOTS } from './definitions.ts';

/** https://github.com/kubernetes-csi/external-snapshotter/blob/v8.4.0/pkg/utils/util.go */
const BOUND = 'snapshot.storage.kubernetes.io/volumesnapshot-bound-protection';
const AS_SOURCE = 'snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection';
const DEFAULT_CLASS = 'snapshot.storage.kubernetes.io/is-default-class';
const RETRY_MS = 10_000;

const CLAIMS = 'persistentvolumeclaims';

/**
 * Binds VolumeSnapshots to VolumeSnapshotContents, and has contents made for snapshots of claims.
 * https://github.com/kubernetes-csi/external-snapshotter/blob/v8.4.0/pkg/common-controller/snapshot_controller.go
 */
export class Snapshots {
  readonly #cluster: ControlPlane;
  readonly #runs: () => boolean;
  readonly #retrying = new Set<string>();

  constructor(cluster: ControlPlane, runs: () => boolean) {
    this.#cluster = cluster;
    this.#runs = runs;
  }

  reconcile(snapshot: KubeObject | undefined): void {
    if (snapshot === undefined) return;
    if (snapshot.metadata.deletionTimestamp !== undefined) return void this.#release(snapshot);
    if (snapshot.status?.readyToUse === true) return;
    const { source } = snapshot.spec;
    if (source.volumeSnapshotContentName !== undefined) this.#bindTo(snapshot, source.volumeSnapshotContentName);
    else this.#take(snapshot, source.persistentVolumeClaimName);
  }

  contentChanged(content: KubeObject): void {
    const { name, namespace } = content.spec.volumeSnapshotRef;
    const snapshot = this.#get({ resource: SNAPSHOTS, namespace, name });
    this.reconcile(snapshot);
  }

  /** A content that was made by other hands, and names this snapshot. */
  #bindTo(snapshot: KubeObject, name: string): void {
    const content = this.#get({ resource: SNAPSHOT_CONTENTS, name });
    const reference = content?.spec.volumeSnapshotRef;
    const { namespace, name: own, uid } = snapshot.metadata;
    const mine = reference?.namespace === namespace && reference?.name === own && (reference.uid ?? uid) === uid;
    if (content === undefined) return void this.#fail(snapshot, 'VolumeSnapshotContent is missing');
    if (!mine) return void this.#fail(snapshot, 'VolumeSnapshotContent is bound to another VolumeSnapshot');
    this.#bind(snapshot, content);
  }

  #take(snapshot: KubeObject, claimName: string): void {
    const { store } = this.#cluster;
    const { namespace, uid } = snapshot.metadata;
    const name = `snapcontent-${uid}`;
    const known = this.#get({ resource: SNAPSHOT_CONTENTS, name });
    if (known !== undefined) return void this.#bind(snapshot, known);
    const claim = this.#get({ resource: CLAIMS, namespace, name: claimName });
    const volume = claim?.spec.volumeName && this.#get({ resource: 'persistentvolumes', name: claim.spec.volumeName });
    if (claim?.status?.phase !== 'Bound' || !volume)
      return void this.#fail(
        snapshot,
        `the PVC ${claimName} is not yet bound to a PV, will not attempt to take a snapshot`,
      );
    if (volume.spec.csi === undefined)
      return void this.#fail(snapshot, `cannot find CSI PersistentVolumeSource for volume ${volume.metadata.name}`);
    const snapshotClass = this.#classOf(snapshot, volume.spec.csi.driver);
    if (typeof snapshotClass === 'string') return void this.#fail(snapshot, snapshotClass);
    const guarded = this.#guard(snapshot);
    const content = store.create(contentOf(guarded, volume, snapshotClass, name));
    this.#bind(guarded, content);
  }

  #classOf(snapshot: KubeObject, driver: string): KubeObject | string {
    const name = snapshot.spec.volumeSnapshotClassName;
    if (name !== undefined) {
      const named = this.#get({ resource: SNAPSHOT_CLASSES, name });
      return (
        named ??
        `Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io "${name}" not found`
      );
    }
    const defaults = this.#cluster.store
      .list(SNAPSHOT_CLASSES)
      .filter((each) => each.driver === driver && each.metadata.annotations?.[DEFAULT_CLASS] === 'true');
    return defaults.length === 1
      ? defaults[0]
      : `Failed to set default snapshot class with error cannot find default snapshot class`;
  }

  #bind(snapshot: KubeObject, content: KubeObject): void {
    const { store } = this.#cluster;
    const { creationTime, readyToUse = false, restoreSize, error } = content.status ?? {};
    const guarded = this.#guard(snapshot);
    store.setStatus(guarded, {
      boundVolumeSnapshotContentName: content.metadata.name,
      readyToUse,
      error,
      ...(creationTime !== undefined && { creationTime: stamp(creationTime) }),
      ...(restoreSize !== undefined && { restoreSize: String(restoreSize) }),
    });
  }

  #guard(snapshot: KubeObject): KubeObject {
    const { finalizers = [] } = snapshot.metadata;
    if (finalizers.includes(BOUND)) return snapshot;
    const metadata = { ...snapshot.metadata, finalizers: [...finalizers, AS_SOURCE, BOUND] };
    return this.#cluster.store.update({ ...snapshot, metadata });
  }

  /** It goes when nothing is being made from it; its content goes before it, if that is its policy. */
  #release(snapshot: KubeObject): void {
    const { store } = this.#cluster;
    const { namespace, name, uid, finalizers = [] } = snapshot.metadata;
    const beingCopied = store
      .list(CLAIMS, { namespace })
      .some(({ spec, status }) => spec.dataSource?.name === name && status?.phase === 'Pending');
    if (beingCopied) return void this.#retry(uid);
    const content = this.#get({
      resource: SNAPSHOT_CONTENTS,
      name: snapshot.status?.boundVolumeSnapshotContentName ?? snapshot.spec.source.volumeSnapshotContentName ?? '',
    });
    const deleted = content?.metadata.deletionTimestamp !== undefined;
    if (content?.spec.deletionPolicy === 'Delete' && content.spec.volumeSnapshotRef.uid === uid && !deleted)
      store.remove({ resource: SNAPSHOT_CONTENTS, name: content.metadata.name });
    const left = finalizers.filter((each: string) => each !== BOUND && each !== AS_SOURCE);
    if (left.length < finalizers.length)
      store.update({ ...snapshot, metadata: { ...snapshot.metadata, finalizers: left } });
  }

  #fail(snapshot: KubeObject, message: string): void {
    const { store } = this.#cluster;
    if (snapshot.status?.error?.message !== message)
      store.setStatus(snapshot, { readyToUse: false, error: { message, time: store.timestamp() } });
    this.#retry(snapshot.metadata.uid);
  }

  #retry(uid: string): void {
    if (this.#retrying.has(uid)) return;
    this.#retrying.add(uid);
    this.#cluster.after(RETRY_MS, () => {
      this.#retrying.delete(uid);
      if (this.#runs()) this.reconcile(this.#cluster.store.byUid(uid));
    });
  }

  #get(ref: Ref): KubeObject | undefined {
    return this.#cluster.store.get(ref);
  }
}

const stamp = (nanoseconds: number): string => `${new Date(nanoseconds / 1e6).toISOString().slice(0, 19)}Z`;

function contentOf(snapshot: KubeObject, volume: KubeObject, snapshotClass: KubeObject, name: string): KubeObject {
  const { namespace, name: own, uid } = snapshot.metadata;
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: { name },
    spec: {
      deletionPolicy: snapshotClass.deletionPolicy,
      driver: snapshotClass.driver,
      source: { volumeHandle: volume.spec.csi.volumeHandle },
      sourceVolumeMode: volume.spec.volumeMode,
      volumeSnapshotClassName: snapshotClass.metadata.name,
      volumeSnapshotRef: {
        apiVersion: 'snapshot.storage.k8s.io/v1',
        kind: 'VolumeSnapshot',
        namespace,
        name: own,
        uid,
      },
    },
  };
}
