import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { zoneOf } from '../nodes.ts';
import { quantity } from '../quantity.ts';
import { SELECTED_NODE } from '../scheduler/pod-volumes.ts';
import { bindClaim } from './bind-claim.ts';

/**
 * The provisioner that a cluster has: Auto Mode's own, or that of the EBS CSI driver, which a cluster with nodes of
 * its own is taken to have. https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html
 */
const AUTO_MODE = 'ebs.csi.eks.amazonaws.com';
const DRIVER = 'ebs.csi.aws.com';
/** Migrated to the CSI driver: https://kubernetes.io/docs/concepts/storage/volumes/#aws-ebs-csi-migration */
const IN_TREE = 'kubernetes.io/aws-ebs';

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
  coming.add(uid);
  cluster.later('volume.provision', () => {
    coming.delete(uid);
    const current = store.byUid(uid);
    if (current === undefined || current.metadata.deletionTimestamp !== undefined || current.spec.volumeName) return;
    bindClaim(cluster, current, createVolume(cluster, current, storageClass, zone));
  });
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
  const driver = cluster.host.autoMode ? AUTO_MODE : DRIVER;
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
