import { mkdirSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { quantity } from '../../../src/rehearsal/cluster/quantity.ts';
import { type Api, attempt } from './api.ts';

const ROOT = '/apis/snapshot.storage.k8s.io/v1';
export const SNAPSHOT_PATHS = ['volumesnapshotclasses', 'volumesnapshots', 'volumesnapshotcontents'].map(
  (plural) => `${ROOT}/${plural}`,
);
/** https://github.com/kubernetes-csi/external-snapshotter/blob/v8.4.0/pkg/utils/util.go */
const SNAPSHOT_FINALIZER = 'snapshot.storage.kubernetes.io/volumesnapshot-bound-protection';
const CONTENT_FINALIZER = 'snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection';

type Seen = {
  claims: KubeObject[];
  volumes: KubeObject[];
  snapshotClasses: KubeObject[];
  snapshots: KubeObject[];
  contents: KubeObject[];
};

/**
 * Stands for the snapshot controller and for every driver's sidecar: a snapshot is a copy of a volume's directory. One whose
 * claim is not bound, whose class is not there or is another driver's, or whose content is not there waits for ever, and
 * nothing tells why. No groups, no default classes. https://github.com/kubernetes-csi/external-snapshotter/tree/v8.4.0
 */
export class Snapshots {
  readonly #api: Api;
  readonly #disks: string;
  readonly #home: string;

  constructor(api: Api, disks: string, home: string) {
    this.#api = api;
    this.#disks = disks;
    this.#home = home;
    mkdirSync(home);
  }

  /** The directory with the copy. */
  copyOf(handle: string): string {
    return join(this.#home, handle);
  }

  async tend(seen: Seen): Promise<void> {
    for (const snapshot of seen.snapshots) await attempt(() => this.#tendSnapshot(snapshot, seen));
    for (const content of seen.contents) await attempt(() => this.#tendContent(content, seen));
  }

  async #tendSnapshot(snapshot: KubeObject, seen: Seen): Promise<void> {
    const content = contentOf(snapshot, seen.contents);
    if (snapshot.metadata?.deletionTimestamp !== undefined) return this.#letGo(snapshot, content);
    if (snapshot.status?.readyToUse) return;
    if (content === undefined) {
      if (snapshot.spec.source.persistentVolumeClaimName !== undefined) await this.#take(snapshot, seen);
      return;
    }
    if (content.status?.readyToUse !== true) return;
    const { creationTime, restoreSize } = content.status;
    await this.#keep(snapshot, SNAPSHOT_FINALIZER);
    await this.#report(snapshot, {
      boundVolumeSnapshotContentName: content.metadata?.name,
      creationTime: new Date(creationTime / 1e6).toISOString(),
      readyToUse: true,
      ...(restoreSize !== undefined && { restoreSize: `${restoreSize}` }),
    });
  }

  async #take(snapshot: KubeObject, { claims, volumes, snapshotClasses }: Seen): Promise<void> {
    const { namespace, uid } = snapshot.metadata ?? {};
    const { source, volumeSnapshotClassName } = snapshot.spec;
    const claim = claims.find(
      ({ metadata }) => metadata?.namespace === namespace && metadata?.name === source.persistentVolumeClaimName,
    );
    const volume = volumes.find(({ metadata }) => metadata?.name === claim?.spec.volumeName);
    const found = snapshotClasses.find(({ metadata }) => metadata?.name === volumeSnapshotClassName);
    if (volume?.status?.phase !== 'Bound' || found === undefined || found.driver !== volume.spec.csi?.driver) return;
    const copy = this.copyOf(handleFor(uid));
    rmSync(copy, { recursive: true, force: true });
    await cp(join(this.#disks, volume.spec.csi.volumeHandle), copy, { recursive: true, preserveTimestamps: true });
    await this.#api.post(`${ROOT}/volumesnapshotcontents`, contentFor(snapshot, found, volume));
  }

  /** A snapshot goes once its content is gone, or need not go. */
  async #letGo(snapshot: KubeObject, content: KubeObject | undefined): Promise<void> {
    const stays = content === undefined || content.spec.deletionPolicy === 'Retain';
    if (stays) await this.#release(snapshot, SNAPSHOT_FINALIZER);
    else if (content.metadata?.deletionTimestamp === undefined)
      await this.#api.delete(pathOf(content), content.metadata?.uid ?? '');
  }

  async #tendContent(content: KubeObject, { snapshots, volumes }: Seen): Promise<void> {
    const { source, volumeSnapshotRef, deletionPolicy } = content.spec;
    const handle: string = source.snapshotHandle ?? handleFor(volumeSnapshotRef.uid);
    if (content.metadata?.deletionTimestamp !== undefined) {
      const user = snapshots.find((one) => contentOf(one, [content]) !== undefined);
      if (user !== undefined && user.metadata?.deletionTimestamp === undefined) return;
      if (deletionPolicy === 'Delete') rmSync(this.copyOf(handle), { recursive: true, force: true });
      return this.#release(content, CONTENT_FINALIZER);
    }
    if (content.status?.readyToUse) return;
    const volume = volumes.find(({ spec }) => spec.csi?.volumeHandle === source.volumeHandle);
    const size = volume === undefined ? undefined : quantity(volume.spec.capacity.storage);
    await this.#keep(content, CONTENT_FINALIZER);
    await this.#report(content, {
      ...{ snapshotHandle: handle, creationTime: Date.now() * 1e6, readyToUse: true },
      ...(size !== undefined && { restoreSize: size }),
    });
  }

  #report(object: KubeObject, status: object): Promise<KubeObject> {
    return this.#api.merge(`${pathOf(object)}/status`, { status });
  }

  async #keep(object: KubeObject, finalizer: string): Promise<void> {
    const finalizers = object.metadata?.finalizers ?? [];
    if (finalizers.includes(finalizer)) return;
    await this.#api.merge(pathOf(object), { metadata: { finalizers: [...finalizers, finalizer] } });
  }

  async #release(object: KubeObject, finalizer: string): Promise<void> {
    const finalizers = object.metadata?.finalizers?.filter((one) => one !== finalizer);
    await this.#api.merge(pathOf(object), { metadata: { finalizers: finalizers ?? [] } });
  }
}

const handleFor = (uid: string | undefined): string => `snap-${uid}`;

function pathOf({ kind, metadata }: KubeObject): string {
  return kind === 'VolumeSnapshot'
    ? `${ROOT}/namespaces/${metadata?.namespace}/volumesnapshots/${metadata?.name}`
    : `${ROOT}/volumesnapshotcontents/${metadata?.name}`;
}

/** The content of a snapshot, which must name it as well. */
function contentOf({ metadata, spec }: KubeObject, contents: KubeObject[]): KubeObject | undefined {
  const name = spec.source.volumeSnapshotContentName ?? contentName(metadata?.uid);
  return contents.find(({ metadata: found, spec: { volumeSnapshotRef: by } }) => {
    const isMine = by.namespace === metadata?.namespace && by.name === metadata?.name;
    return found?.name === name && isMine && [undefined, '', metadata?.uid].includes(by.uid);
  });
}

const contentName = (uid: string | undefined): string => `snapcontent-${uid}`;

/** https://github.com/kubernetes-csi/external-snapshotter/blob/v8.4.0/pkg/common-controller/snapshot_controller.go */
function contentFor({ metadata }: KubeObject, snapshotClass: KubeObject, volume: KubeObject): KubeObject {
  const { namespace, name, uid } = metadata ?? {};
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: { name: contentName(uid) },
    spec: {
      deletionPolicy: snapshotClass.deletionPolicy,
      driver: snapshotClass.driver,
      source: { volumeHandle: volume.spec.csi.volumeHandle },
      sourceVolumeMode: volume.spec.volumeMode,
      volumeSnapshotClassName: snapshotClass.metadata?.name,
      volumeSnapshotRef: {
        ...{ apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot' },
        ...{ namespace, name, uid },
      },
    },
  };
}

/** Where a claim's bytes come from, if it says so: the handle of a snapshot that is ready. */
export function snapshotBehind(
  claim: KubeObject,
  { snapshots, contents }: Pick<Seen, 'snapshots' | 'contents'>,
  driver: string,
): string | undefined {
  const snapshot = snapshots.find(
    ({ metadata }) =>
      metadata?.namespace === claim.metadata?.namespace && metadata?.name === claim.spec.dataSource?.name,
  );
  const name = snapshot?.status?.readyToUse && snapshot.status.boundVolumeSnapshotContentName;
  const content = contents.find(({ metadata, spec }) => metadata?.name === name && spec.driver === driver);
  return content?.status?.snapshotHandle;
}
