import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { type Api, attempt } from './api.ts';
import { claimNames } from './claims.ts';

type Seen = { pods: KubeObject[]; claims: KubeObject[]; volumes: KubeObject[]; classes: KubeObject[] };

const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/**
 * Stands for every CSI driver: a volume is a directory of `home`, and looks like one of the class's own driver. The real
 * controller binds it. No snapshots, no clones, no topology: a claim with a data source or a selector waits for ever.
 */
export class Storage {
  readonly #api: Api;
  readonly #home: string;

  constructor(api: Api, home: string) {
    this.#api = api;
    this.#home = home;
    mkdirSync(home);
  }

  async tend(seen: Seen): Promise<void> {
    for (const claim of seen.claims.filter((one) => isUnbound(one, seen.volumes)))
      await attempt(() => this.#provision(claim, seen));
    for (const volume of seen.volumes.filter(isLeft)) await attempt(() => this.#remove(volume));
  }

  /** https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode */
  async #provision(claim: KubeObject, { pods, classes }: Seen): Promise<void> {
    const found = classes.find(({ metadata }) => metadata?.name === claim.spec.storageClassName);
    const consumer = pods.find((pod) => pod.spec.nodeName && uses(pod, claim));
    if (found === undefined || found.provisioner === 'kubernetes.io/no-provisioner') return;
    if (found.volumeBindingMode === 'WaitForFirstConsumer') {
      if (consumer === undefined) return;
      const { namespace, name } = claim.metadata ?? {};
      await this.#api.merge(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`, {
        metadata: { annotations: { [SELECTED_NODE]: consumer.spec.nodeName } },
      });
    }
    const volume = volumeFor(claim, found);
    mkdirSync(join(this.#home, volume.metadata?.name ?? ''), { recursive: true, mode: 0o777 });
    await this.#api.post('/api/v1/persistentvolumes', volume);
  }

  async #remove({ metadata }: KubeObject): Promise<void> {
    await this.#api.delete(`/api/v1/persistentvolumes/${metadata?.name}`, metadata?.uid ?? '');
    rmSync(join(this.#home, metadata?.name ?? ''), { recursive: true, force: true });
  }
}

const isUnbound = ({ metadata, spec }: KubeObject, volumes: KubeObject[]): boolean =>
  metadata?.deletionTimestamp === undefined &&
  [spec.volumeName, spec.selector, spec.dataSource, spec.dataSourceRef].every((field) => !field) &&
  !volumes.some((volume) => volume.spec.claimRef?.uid === metadata?.uid);

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
