import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { zoneOf } from '../nodes.ts';
import { quantity } from '../quantity.ts';
import { SELECTED_NODE } from '../scheduler/pod-volumes.ts';
import { SNAPSHOT_CONTENTS, SNAPSHOTS } from '../snapshots/definitions.ts';
import type { Content } from '../volumes.ts';
import { bindClaim } from './bind-claim.ts';

/**
 * The provisioner that a cluster has: Auto Mode's own, or that of the EBS CSI driver, which a cluster with nodes of
 * its own is taken to have. https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html
 */
const AUTO_MODE = 'ebs.csi.eks.amazonaws.com';
const DRIVER = 'ebs.csi.aws.com';
/** Migrated to the CSI driver: https://kubernetes.io/docs/concepts/storage/volumes/#aws-ebs-csi-migration */
const IN_TREE = 'kubernetes.io/aws-ebs';

/** The one driver that makes volumes and snapshots in a cluster. */
export const driverOf = ({ host }: ControlPlane): string => (host.autoMode ? AUTO_MODE : DRIVER);

/** Has a volume made for the claim, as its storage class says; `coming` holds the claims whose volume is being made. */
export function provision(cluster: ControlPlane, claim: KubeObject, coming: Set<string>): void {
  const { store, events } = cluster;
  const { uid } = claim.metadata;
  if (coming.has(uid)) return;
  const name = claim.spec.storageClassName;
  const storageClass = name && store.get({ resource: 'storageclasses.storage.k8s.io', name });
  const problem = problemWith(cluster, name, storageClass);
  if (problem !== undefined) {
    events.warn(claim, ...problem);
    return;
  }
  const zone = zoneFor(cluster, claim, storageClass);
  if (zone === undefined) return;
  const source = sourceOf(cluster, claim);
  if (typeof source === 'string') {
    events.warn(claim, 'ProvisioningFailed', source);
    return;
  }
  coming.add(uid);
  cluster.later('volume.provision', () => {
    coming.delete(uid);
    const current = store.byUid(uid);
    if (current === undefined || current.metadata.deletionTimestamp !== undefined || current.spec.volumeName) return;
    const volume = createVolume(cluster, current, storageClass, zone);
    if (source !== undefined) cluster.volumes.fill(volume.metadata.name, source);
    bindClaim(cluster, current, volume);
  });
}

/** What the new volume is to hold from the start, or why it cannot be made. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-snapshot-and-restore-volume-from-snapshot-support */
function sourceOf({ store, volumes }: ControlPlane, { metadata, spec }: KubeObject): Content | string | undefined {
  const { kind, name } = spec.dataSourceRef ?? spec.dataSource ?? {};
  if (kind !== 'VolumeSnapshot') return undefined;
  const failed = `error getting handle for DataSource Type VolumeSnapshot by Name ${name}`;
  const snapshot = store.get({ resource: SNAPSHOTS, namespace: metadata.namespace, name });
  if (snapshot === undefined) return `${failed}: error getting snapshot ${name} from api server: not found`;
  if (snapshot.status?.readyToUse !== true) return `${failed}: snapshot ${name} is not Ready`;
  const bound = { resource: SNAPSHOT_CONTENTS, name: snapshot.status.boundVolumeSnapshotContentName };
  const handle: string = store.get(bound)?.status?.snapshotHandle ?? '';
  if (quantity(spec.resources.requests.storage) < quantity(snapshot.status.restoreSize))
    return `${failed}: requested volume size is less than the size for the source snapshot ${name}`;
  return volumes.kept(handle) ?? `rpc error: code = NotFound desc = Snapshot ${handle} not found`;
}

function problemWith(
  cluster: ControlPlane,
  name: string | undefined,
  storageClass: KubeObject | undefined,
): [reason: string, message: string] | undefined {
  if (name === undefined)
    return ['FailedBinding', 'no persistent volumes available for this claim and no storage class is set'];
  if (storageClass === undefined) return ['ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`];
  if (isServed(cluster, storageClass.provisioner)) return undefined;
  const { provisioner } = storageClass;
  return [
    'ExternalProvisioning',
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator.`,
  ];
}

const isServed = ({ host }: ControlPlane, provisioner: string): boolean =>
  host.autoMode ? provisioner === AUTO_MODE : provisioner === DRIVER || provisioner === IN_TREE;

/** Where the pod will run; anywhere, with immediate binding; undefined while a first consumer is awaited. */
function zoneFor(cluster: ControlPlane, claim: KubeObject, storageClass: KubeObject): string | undefined {
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  const node = selected && cluster.store.get({ resource: 'nodes', name: selected });
  if (node) return zoneOf(node);
  if (storageClass.volumeBindingMode === 'WaitForFirstConsumer') return undefined;
  return cluster.host.zones[cluster.random.below(cluster.host.zones.length)];
}

function createVolume(cluster: ControlPlane, claim: KubeObject, storageClass: KubeObject, zone: string): KubeObject {
  const { uid, name, namespace } = claim.metadata;
  const storage = claim.spec.resources.requests.storage;
  const volumeName = `pvc-${uid}`;
  const driver = driverOf(cluster);
  const matchExpressions = [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }];
  cluster.volumes.add(volumeName, quantity(storage));
  return cluster.store.create({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName,
      annotations: { 'pv.kubernetes.io/provisioned-by': driver },
      finalizers: ['kubernetes.io/pv-protection'],
    },
    spec: {
      capacity: { storage },
      accessModes: claim.spec.accessModes,
      volumeMode: 'Filesystem',
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      csi: { driver, fsType: 'ext4', volumeHandle: `vol-0${cluster.random.hex(16)}` },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
    },
    status: { phase: 'Available' },
  });
}
