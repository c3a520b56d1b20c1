import { mkdirSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { type Api, attempt } from './api.ts';
import { claimNames } from './claims.ts';
import { type Snapshots, snapshotBehind } from './snapshots.ts';

type Seen = {
  pods: KubeObject[];
  claims: KubeObject[];
  volumes: KubeObject[];
  classes: KubeObject[];
  snapshots: KubeObject[];
  contents: KubeObject[];
};

const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/**
 * Stands for every CSI driver: a volume is a directory of `home`, and looks like one of the class's own driver. The real
 * controller binds it. One whose claim names a snapshot begins with what that holds. No clones, no topology: a claim with
 * another data source or a selector is given a node, and waits for whoever binds it.
 */
export class Storage {
  readonly #api: Api;
  readonly #home: string;
  readonly #snapshots: Snapshots;

  constructor(api: Api, home: string, snapshots: Snapshots) {
    this.#api = api;
    this.#home = home;
    this.#snapshots = snapshots;
    mkdirSync(home);
  }

  async tend(seen: Seen): Promise<void> {
    for (const claim of seen.claims.filter((one) => isUnbound(one, seen.volumes)))
      await attempt(() => this.#provision(claim, seen));
    for (const volume of seen.volumes.filter(isLeft)) await attempt(() => this.#remove(volume));
  }

  /** https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode */
  async #provision(claim: KubeObject, seen: Seen): Promise<void> {
    const found = seen.classes.find(({ metadata }) => metadata?.name === claim.spec.storageClassName);
    if (found === undefined || found.provisioner === 'kubernetes.io/no-provisioner') return;
    if (found.volumeBindingMode === 'WaitForFirstConsumer' && !(await this.#selectNode(claim, seen.pods))) return;
    // Drivers refuse a selector: https://github.com/kubernetes-csi/external-provisioner/blob/v6.0.0/pkg/controller/controller.go
    if (claim.spec.selector) return;
    const volume = volumeFor(claim, found);
    const directory = join(this.#home, volume.metadata?.name ?? '');
    mkdirSync(directory, { recursive: true, mode: 0o777 });
    if (claim.spec.dataSource) {
      const handle = snapshotBehind(claim, seen, found.provisioner);
      if (handle === undefined) return;
      await cp(this.#snapshots.copyOf(handle), directory, { recursive: true, preserveTimestamps: true });
    }
    await this.#api.post('/api/v1/persistentvolumes', volume);
  }

  /** The scheduler says so of each claim that a pod waits for, also where nobody will provision. */
  async #selectNode(claim: KubeObject, pods: KubeObject[]): Promise<boolean> {
    const { namespace, name, annotations } = claim.metadata ?? {};
    if (annotations?.[SELECTED_NODE] !== undefined) return true;
    const consumer = pods.find((pod) => pod.spec.nodeName && uses(pod, claim));
    if (consumer === undefined) return false;
    await this.#api.merge(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`, {
      metadata: { annotations: { [SELECTED_NODE]: consumer.spec.nodeName } },
    });
    return true;
  }

  async #remove({ metadata }: KubeObject): Promise<void> {
    await this.#api.delete(`/api/v1/persistentvolumes/${metadata?.name}`, metadata?.uid ?? '');
    rmSync(join(this.#home, metadata?.name ?? ''), { recursive: true, force: true });
  }
}

const isUnbound = ({ metadata, spec }: KubeObject, volumes: KubeObject[]): boolean =>
  metadata?.deletionTimestamp === undefined &&
  !spec.volumeName &&
  isServed(spec) &&
  !volumes.some((volume) => volume.spec.claimRef?.uid === metadata?.uid);

/** Every data source is a reference too: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#data-source-references */
const isServed = ({ dataSource, dataSourceRef }: KubeObject): boolean =>
  [dataSource, dataSourceRef].every((source) => !source || source.kind === 'VolumeSnapshot');

/** The controller leaves it to whoever made it. */
const isLeft = ({ metadata, spec, status }: KubeObject): boolean =>
  metadata?.annotations?.[PROVISIONED_BY] !== undefined &&
  metadata.deletionTimestamp === undefined &&
  status?.phase === 'Released' &&
  spec.persistentVolumeReclaimPolicy === 'Delete';

const uses = (pod: KubeObject, { metadata }: KubeObject): boolean =>
  pod.metadata?.namespace === metadata?.namespace && claimNames(pod).includes(metadata?.name ?? '');

/** As the provisioner that goes with every driver makes it. https://github.com/kubernetes-csi/external-provisioner */
function volumeFor({ metadata, spec }: KubeObject, storageClass: KubeObject): KubeObject {
  const name = `pvc-${metadata?.uid}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [PROVISIONED_BY]: storageClass.provisioner } },
    spec: {
      accessModes: spec.accessModes,
      capacity: { storage: spec.resources.requests.storage },
      claimRef: {
        ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
        ...{ namespace: metadata?.namespace, name: metadata?.name, uid: metadata?.uid },
      },
      csi: { driver: storageClass.provisioner, volumeHandle: name, fsType: 'ext4' },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata?.name,
      volumeMode: spec.volumeMode ?? 'Filesystem',
    },
  };
}
