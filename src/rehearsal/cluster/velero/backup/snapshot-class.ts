import type { KubeObject } from '../../host.ts';
import { SNAPSHOT_CLASSES } from '../../snapshots/definitions.ts';
import type { Store } from '../../store.ts';

const LABEL = 'velero.io/csi-volumesnapshot-class';
const DEFAULT = 'snapshot.storage.kubernetes.io/is-default-class';

/**
 * The class by which a claim's snapshot is taken: that which the claim names, or the backup for the driver; one of the
 * driver with Velero's label, or the default one; or the driver's only one.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/util/csi/volume_snapshot.go (GetVolumeSnapshotClass)
 */
export function snapshotClass(store: Store, driver: string, claim: KubeObject, backup: KubeObject): KubeObject {
  if (store.resources.get(SNAPSHOT_CLASSES) === undefined)
    throw new Error(
      'error listing VolumeSnapshotClass: failed to get API group resources: unable to retrieve the complete list of server APIs: snapshot.storage.k8s.io/v1: no matches for snapshot.storage.k8s.io/v1, Resource=',
    );
  const ofDriver = store.list(SNAPSHOT_CLASSES).filter((each) => each.driver === driver);
  const named = (name: string | undefined): KubeObject | undefined =>
    name === undefined
      ? undefined
      : ofDriver.find(({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase());
  const found =
    named(claim.metadata.annotations?.['velero.io/csi-volumesnapshot-class']) ??
    named(backup.metadata.annotations?.[`velero.io/csi-volumesnapshot-class_${driver.toLowerCase()}`]) ??
    ofDriver.find(({ metadata }) => metadata.labels?.[LABEL] !== undefined) ??
    ofDriver.find(({ metadata }) => metadata.annotations?.[DEFAULT] !== undefined) ??
    (ofDriver.length === 1 ? ofDriver[0] : undefined);
  if (found !== undefined) return found;
  throw new Error(
    `error getting VolumeSnapshotClass: failed to get VolumeSnapshotClass for provisioner ${driver}: ensure that the desired VolumeSnapshotClass has the ${LABEL} label or ${DEFAULT} annotation, and that its driver matches the StorageClass provisioner`,
  );
}
