import type { KubeObject } from '../../host.ts';
import { SNAPSHOT_CONTENTS } from '../../snapshots/definitions.ts';
import { goDuration } from '../go-duration.ts';
import type { Operation } from '../item-operations.ts';
import { labelValue } from '../label-value.ts';
import { refuse } from '../refuse.ts';
import type { Server } from '../server.ts';
import { dataUpload, movedClaim, uploadOperation } from './data-upload.ts';
import { snapshotClass } from './snapshot-class.ts';
import { NO_SNAPSHOT, podVolumes, type SkippedVolumes } from './volumes.ts';

const POLL_MS = 5_000;

/**
 * The CSI snapshots of one backup's claims, and the orders to move their data. The backup waits for each snapshot to be
 * begun, not for its data. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/backup/actions/csi/pvc_action.go
 */
export class ClaimSnapshots {
  readonly operations: Operation[] = [];
  readonly #server: Server;
  readonly #backup: KubeObject;
  readonly #skipped: SkippedVolumes;

  constructor(server: Server, backup: KubeObject, skipped: SkippedVolumes) {
    this.#server = server;
    this.#backup = backup;
    this.#skipped = skipped;
  }

  get enabled(): boolean {
    return this.#server.options.features.includes('EnableCSI');
  }

  /** The claim as it is to be archived. Throws what keeps it, and the pod that brought it along, out of the backup. */
  async take(claim: KubeObject): Promise<KubeObject> {
    const volume = this.#volumeOf(claim);
    if (this.#byFiles(volume) || this.#backup.spec.snapshotVolumes === false) {
      this.#skipped.skip(volume.metadata.name, 'volumeSnapshot', NO_SNAPSHOT);
      return claim;
    }
    if (claim.spec.storageClassName === undefined)
      throw new Error(`Cannot snapshot PVC ${whereOf(claim)}, PVC has no storage class.`);
    if (volume.spec.csi === undefined) {
      this.#skipped.skip(volume.metadata.name, 'csiSnapshot', "skipped b/c it's not a CSI volume");
      return claim;
    }
    this.#refuse(claim);
    this.#checkAgents();
    const snapshot = this.#create(claim);
    const driver = await this.#begun(snapshot);
    this.#skipped.backedUp(volume.metadata.name);
    return this.#move(claim, snapshot, driver);
  }

  #volumeOf(claim: KubeObject): KubeObject {
    const { volumeName } = claim.spec;
    if (!volumeName) throw new Error(`PVC ${whereOf(claim)} has no volume backing this claim`);
    if (claim.status?.phase !== 'Bound')
      throw new Error(`PVC ${whereOf(claim)} is in phase ${claim.status?.phase} and is not bound to a volume`);
    const volume = this.#server.store.get({ resource: 'persistentvolumes', name: volumeName });
    if (volume === undefined)
      throw new Error(
        `failed to get PV ${volumeName} for PVC ${whereOf(claim)}: persistentvolumes "${volumeName}" not found`,
      );
    return volume;
  }

  /** Whether a pod has this volume backed up from its file system. */
  #byFiles({ spec }: KubeObject): boolean {
    const { namespace, name } = spec.claimRef ?? {};
    return this.#server.store.list('pods', { namespace }).some((pod) => {
      const { chosen } = podVolumes(pod, this.#backup.spec.defaultVolumesToFsBackup);
      return pod.spec.volumes?.some(
        (each: KubeObject) => each.persistentVolumeClaim?.claimName === name && chosen.includes(each.name),
      );
    });
  }

  #refuse(claim: KubeObject): void {
    const { spec } = this.#backup;
    const server = this.#server;
    const where = whereOf(claim);
    if (spec.snapshotMoveData !== true)
      refuse(server.cluster.host, `a CSI snapshot of ${where} whose data is not moved`);
    if (claim.metadata.labels?.[spec.volumeGroupSnapshotLabelKey])
      refuse(server.cluster.host, `a volume group snapshot of ${where}`);
  }

  #checkAgents(): void {
    const { datamover } = this.#backup.spec;
    if (datamover && datamover !== 'velero') return;
    const { store, namespace } = this.#server;
    const set = store.get({ resource: 'daemonsets.apps', namespace, name: 'node-agent' });
    if (!(set?.status?.numberReady > 0))
      throw new Error(
        'CSI PVC BIA cannot proceed: node-agent is not ready for snapshot data movement: node-agent is not ready: no ready pods found',
      );
  }

  #create(claim: KubeObject): KubeObject {
    const { store, cluster, identity } = this.#server;
    const { namespace, name, labels } = claim.metadata;
    const className: string = claim.spec.storageClassName;
    const storageClass = store.get({ resource: 'storageclasses.storage.k8s.io', name: className });
    if (storageClass === undefined)
      throw new Error(`error getting storage class: storageclasses.storage.k8s.io "${className}" not found`);
    let chosen: KubeObject;
    try {
      chosen = snapshotClass(store, storageClass.provisioner, claim, this.#backup);
    } catch (error) {
      throw new Error(`failed to get VolumeSnapshotClass for StorageClass ${className}: ${(error as Error).message}`);
    }
    const snapshot = {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: {
        namespace,
        generateName: `velero-${name}-`,
        labels: { ...labels, 'velero.io/backup-name': labelValue(this.#backup.metadata.name) },
      },
      spec: { source: { persistentVolumeClaimName: name }, volumeSnapshotClassName: chosen.metadata.name },
    };
    return cluster.api.create(snapshot, { by: identity, manager: 'velero-server' });
  }

  /** The driver that took the snapshot, once it has a handle. */
  async #begun(snapshot: KubeObject): Promise<string> {
    const { process, store } = this.#server;
    const ref = store.refOf(snapshot);
    const timeout = goDuration(this.#backup.spec.csiSnapshotTimeout);
    let problem: string | undefined;
    for (let waited = 0; waited < timeout || waited === 0; waited += POLL_MS) {
      const name = store.get(ref)?.status?.boundVolumeSnapshotContentName;
      const content = name && store.get({ resource: SNAPSHOT_CONTENTS, name });
      if (content?.status?.snapshotHandle !== undefined) return content.spec.driver;
      problem = content?.status?.error?.message ?? problem;
      await process.sleep(POLL_MS);
    }
    this.#cleanUp(snapshot);
    throw new Error(problem === undefined ? 'context deadline exceeded' : `CSI got timed out with error: ${problem}`);
  }

  /** The snapshot goes, and what the driver made for it. */
  #cleanUp(snapshot: KubeObject): void {
    const { store, cluster, identity } = this.#server;
    const ref = store.refOf(snapshot);
    const name = store.get(ref)?.status?.boundVolumeSnapshotContentName;
    if (name !== undefined && store.get({ resource: SNAPSHOT_CONTENTS, name }) !== undefined)
      store.patch({ resource: SNAPSHOT_CONTENTS, name }, (current) => ({
        ...current,
        spec: { ...current.spec, deletionPolicy: 'Delete' },
      }));
    if (store.get(ref) !== undefined) cluster.api.remove(ref, { by: identity });
  }

  #move(claim: KubeObject, snapshot: KubeObject, driver: string): KubeObject {
    const { store, cluster, identity, namespace } = this.#server;
    const { name } = snapshot.metadata;
    const snapshotClassName = snapshot.spec.volumeSnapshotClassName;
    const order = dataUpload({
      namespace,
      backup: this.#backup,
      claim,
      snapshot: { name, snapshotClass: snapshotClassName, driver },
    });
    const upload = cluster.api.create(order, { by: identity, manager: 'velero-server' });
    this.operations.push(uploadOperation(this.#backup, claim, upload, store.timestamp()));
    return movedClaim(claim, this.#backup.metadata.name, upload);
  }
}

const whereOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
