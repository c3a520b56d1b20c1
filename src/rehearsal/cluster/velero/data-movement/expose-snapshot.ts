import type { KubeObject } from '../../host.ts';
import { SNAPSHOT_CONTENTS, SNAPSHOTS } from '../../snapshots/definitions.ts';
import { goDuration } from '../go-duration.ts';
import type { Agent } from './agent.ts';
import { removeMover } from './clean-up.ts';
import { type Exposer, type MoverResult, ownerOf } from './exposer.ts';
import { moverPod } from './mover-pod.ts';

const CLEAN_UP_TIMEOUT_MS = 60_000;
const API_VERSION = 'snapshot.storage.k8s.io/v1';

/**
 * Takes a snapshot over into Velero's namespace, and has a volume made of it for the mover.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/exposer/csi_snapshot.go
 */
export class SnapshotExposer implements Exposer {
  readonly kind = 'DataUpload';
  readonly label = 'velero.io/data-upload';
  readonly #agent: Agent;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  ready(): boolean {
    return true;
  }

  async expose(upload: KubeObject): Promise<void> {
    const agent = this.#agent;
    const { sourcePVC, sourceNamespace, csiSnapshot } = upload.spec;
    const claim = agent.store.get({ resource: 'persistentvolumeclaims', namespace: sourceNamespace, name: sourcePVC });
    if (claim === undefined)
      throw new Error(
        `failed to get PVC ${sourceNamespace}/${sourcePVC}: persistentvolumeclaims "${sourcePVC}" not found`,
      );
    const topology = this.#topology(claim, csiSnapshot.storageClass);
    const snapshot = await this.#ready(sourceNamespace, csiSnapshot.volumeSnapshot);
    await this.#takeOver(upload, snapshot);
    const restoreSize = snapshot.status.restoreSize;
    agent.create(backupClaim(upload, agent.namespace, restoreSize ?? claim.spec.resources.requests.storage));
    const { label } = this;
    agent.create(
      moverPod(agent, {
        movement: upload,
        mode: 'backup',
        label,
        group: 'snapshot-exposer',
        nodeSelector: {},
        topology,
      }),
    );
  }

  async conclude(upload: KubeObject): Promise<void> {
    await this.cleanUp(upload);
  }

  async cleanUp({ metadata, spec }: KubeObject): Promise<void> {
    const agent = this.#agent;
    await removeMover(agent, metadata.name, CLEAN_UP_TIMEOUT_MS);
    agent.remove({ resource: SNAPSHOTS, namespace: agent.namespace, name: metadata.name });
    agent.remove({ resource: SNAPSHOTS, namespace: spec.sourceNamespace, name: spec.csiSnapshot.volumeSnapshot });
  }

  statusOf({ metadata }: KubeObject, { snapshotID, totalBytes, incrementalBytes }: MoverResult): KubeObject {
    return {
      path: `/${metadata.uid}`,
      snapshotID,
      progress: totalBytes > 0 ? { totalBytes, bytesDone: totalBytes } : {},
      ...(incrementalBytes && { incrementalBytes }),
    };
  }

  /** The pod must come where the volume will be, if that is not free to choose. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/util/kube/pvc_pv.go (GetVolumeTopology) */
  #topology({ spec }: KubeObject, className: string): KubeObject[] {
    const { store } = this.#agent;
    const storageClass = store.get({ resource: 'storageclasses.storage.k8s.io', name: className });
    const volume = store.get({ resource: 'persistentvolumes', name: spec.volumeName });
    if (storageClass === undefined || volume === undefined)
      throw new Error(`error getting volume topology for PV ${spec.volumeName}, storage class ${className}: not found`);
    if (storageClass.volumeBindingMode !== 'WaitForFirstConsumer') return [];
    return volume.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  }

  async #ready(namespace: string, name: string): Promise<KubeObject> {
    const { store, config } = this.#agent;
    const ref = { resource: SNAPSHOTS, namespace, name };
    const errors = new Set<string>();
    const found = await this.#agent.waitFor(() => {
      const current = store.get(ref);
      if (current === undefined)
        throw new Error(
          `error wait volume snapshot ready: error to get VolumeSnapshot ${namespace}/${name}: volumesnapshots.snapshot.storage.k8s.io "${name}" not found`,
        );
      if (current.status?.error?.message) errors.add(current.status.error.message);
      return current.status?.readyToUse === true ? current : undefined;
    }, config.prepareTimeout);
    if (found !== undefined) return found;
    const told = [...errors].join(' ');
    throw new Error(`error wait volume snapshot ready: volume snapshot is not ready until timeout, errors: [${told}]`);
  }

  /** The same snapshot by objects of Velero's own; those in the volume's namespace go. */
  async #takeOver(upload: KubeObject, snapshot: KubeObject): Promise<void> {
    const agent = this.#agent;
    const { name } = upload.metadata;
    const timeout = goDuration(upload.spec.operationTimeout);
    const contentRef = { resource: SNAPSHOT_CONTENTS, name: snapshot.status.boundVolumeSnapshotContentName };
    const content = agent.store.get(contentRef);
    if (content === undefined) throw new Error('error to get volume snapshot content: not found');
    const own = agent.create({
      apiVersion: API_VERSION,
      kind: 'VolumeSnapshot',
      metadata: { namespace: agent.namespace, name },
      spec: {
        source: { volumeSnapshotContentName: name },
        volumeSnapshotClassName: snapshot.spec.volumeSnapshotClassName,
      },
    });
    agent.create(ownContent(own, content));
    agent.patch(contentRef, (current) => ({ ...current, spec: { ...current.spec, deletionPolicy: 'Retain' } }));
    const snapshotRef = agent.store.refOf(snapshot);
    agent.remove(snapshotRef);
    if (!(await agent.gone(snapshotRef, timeout)))
      throw new Error(
        `error to delete volume snapshot: timeout to assure VolumeSnapshot ${snapshotRef.name} is deleted`,
      );
    agent.remove(contentRef);
    if (!(await agent.gone(contentRef, timeout)))
      throw new Error(
        `error to delete volume snapshot content: timeout to assure VolumeSnapshotContent ${contentRef.name} is deleted`,
      );
  }
}

function ownContent({ metadata }: KubeObject, { spec, status }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'VolumeSnapshotContent',
    metadata: { name },
    spec: {
      volumeSnapshotRef: { name, namespace, uid, resourceVersion },
      source: { snapshotHandle: status.snapshotHandle },
      deletionPolicy: 'Delete',
      driver: spec.driver,
      volumeSnapshotClassName: spec.volumeSnapshotClassName,
    },
  };
}

function backupClaim(upload: KubeObject, namespace: string, storage: string): KubeObject {
  const { name } = upload.metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name, ownerReferences: [ownerOf(upload)] },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: upload.spec.csiSnapshot.storageClass,
      volumeMode: 'Filesystem',
      dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name },
      resources: { requests: { storage } },
    },
  };
}
