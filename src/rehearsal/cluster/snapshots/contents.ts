import type { ControlPlane } from '../control-plane.ts';
import { driverOf } from '../controllers/provisioner.ts';
import type { KubeObject } from '../host.ts';
import { quantity } from '../quantity.ts';
import { SNAPSHOT_CONTENTS, SNAPSHOTS } from './definitions.ts';

const BOUND = 'snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection';
const RETRY_MS = 10_000;

/**
 * Has snapshots made of EBS volumes, and deleted. The moment of a snapshot is that of the request; it can be used once
 * EBS has copied it. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-creating-snapshot.html,
 * https://github.com/kubernetes-csi/external-snapshotter/blob/v8.4.0/pkg/sidecar-controller/snapshot_controller.go
 */
export class Contents {
  readonly #cluster: ControlPlane;
  readonly #runs: () => boolean;
  readonly #changed: (content: KubeObject) => void;
  readonly #coming = new Set<string>();

  constructor(cluster: ControlPlane, runs: () => boolean, changed: (content: KubeObject) => void) {
    this.#cluster = cluster;
    this.#runs = runs;
    this.#changed = changed;
  }

  reconcile(seen: KubeObject | undefined): void {
    if (seen === undefined || seen.spec.driver !== driverOf(this.#cluster)) return;
    if (seen.metadata.deletionTimestamp !== undefined) return void this.#release(seen);
    const content = this.#guard(seen);
    this.#changed(content);
    const { uid } = content.metadata;
    const { status } = content;
    if (status?.readyToUse === true || this.#coming.has(uid)) return;
    if (content.spec.source.snapshotHandle !== undefined) this.#find(content, content.spec.source.snapshotHandle);
    else if (status?.snapshotHandle === undefined) this.#create(content);
    else this.#awaitReady(uid);
  }

  #guard(content: KubeObject): KubeObject {
    const { finalizers = [] } = content.metadata;
    if (finalizers.includes(BOUND)) return content;
    return this.#cluster.store.update({
      ...content,
      metadata: { ...content.metadata, finalizers: [...finalizers, BOUND] },
    });
  }

  /** A content that is being deleted waits for its snapshot. */
  snapshotChanged({ status }: KubeObject): void {
    const name = status?.boundVolumeSnapshotContentName;
    const content = name && this.#cluster.store.get({ resource: SNAPSHOT_CONTENTS, name });
    if (content?.metadata.deletionTimestamp !== undefined) this.reconcile(content);
  }

  #create(content: KubeObject): void {
    const { store, volumes, random } = this.#cluster;
    const { uid } = content.metadata;
    const { volumeHandle } = content.spec.source;
    const volume = store
      .list('persistentvolumes')
      .find(({ spec }) => spec.csi?.volumeHandle === volumeHandle && spec.csi?.driver === content.spec.driver);
    if (volume === undefined || !volumes.has(volume.metadata.name))
      return void this.#fail(
        content,
        `Failed to create snapshot: failed to take snapshot of the volume ${volumeHandle}: "rpc error: code = NotFound desc = Volume ${volumeHandle} not found"`,
      );
    const taken = volumes.snapshot(volume.metadata.name);
    const restoreSize = quantity(volume.spec.capacity.storage);
    const creationTime = this.#cluster.now * 1e6;
    this.#coming.add(uid);
    this.#later('volume.snapshot', uid, () => {
      const snapshotHandle = `snap-0${random.hex(16)}`;
      volumes.keep(snapshotHandle, taken);
      this.#status(uid, { snapshotHandle, creationTime, restoreSize, readyToUse: false });
      this.#awaitReady(uid);
    });
  }

  #awaitReady(uid: string): void {
    this.#coming.add(uid);
    this.#later('volume.snapshotReady', uid, () => this.#status(uid, { readyToUse: true }));
  }

  #find(content: KubeObject, snapshotHandle: string): void {
    const { uid } = content.metadata;
    const { volumes } = this.#cluster;
    this.#coming.add(uid);
    this.#later('volume.snapshot', uid, () => {
      if (volumes.kept(snapshotHandle) !== undefined)
        return this.#status(uid, { snapshotHandle, readyToUse: true, creationTime: this.#cluster.now * 1e6 });
      const current = this.#cluster.store.byUid(uid);
      if (current !== undefined)
        this.#fail(current, `Failed to check and update snapshot content: snapshot ${snapshotHandle} not found`);
    });
  }

  /** It stays while a snapshot that is not deleted is bound to it. */
  #release(content: KubeObject): void {
    const { store, volumes } = this.#cluster;
    const { name, namespace, uid } = content.spec.volumeSnapshotRef;
    const snapshot = store.get({ resource: SNAPSHOTS, namespace, name });
    const bound = snapshot !== undefined && snapshot.metadata.uid === uid;
    if (bound && snapshot.metadata.deletionTimestamp === undefined) return;
    if (content.spec.deletionPolicy === 'Delete' && content.status?.snapshotHandle !== undefined)
      volumes.forget(content.status.snapshotHandle);
    const { finalizers = [] } = content.metadata;
    const left = finalizers.filter((each: string) => each !== BOUND);
    if (left.length < finalizers.length)
      store.update({ ...content, metadata: { ...content.metadata, finalizers: left } });
  }

  #later(latency: string, uid: string, act: () => void): void {
    this.#cluster.later(latency, () => {
      if (!this.#runs()) return;
      this.#coming.delete(uid);
      const current = this.#cluster.store.byUid(uid);
      if (current !== undefined && current.metadata.deletionTimestamp === undefined) act();
    });
  }

  #fail(content: KubeObject, message: string): void {
    const { uid } = content.metadata;
    this.#status(uid, { readyToUse: false, error: { message, time: this.#cluster.store.timestamp() } });
    this.#coming.add(uid);
    this.#cluster.after(RETRY_MS, () => {
      if (!this.#runs()) return;
      this.#coming.delete(uid);
      this.reconcile(this.#cluster.store.byUid(uid));
    });
  }

  #status(uid: string, status: KubeObject): void {
    const current = this.#cluster.store.byUid(uid);
    if (current === undefined) return;
    const { error: _error, ...before } = current.status ?? {};
    this.#cluster.store.update({ ...current, status: { ...before, ...status } });
  }
}
