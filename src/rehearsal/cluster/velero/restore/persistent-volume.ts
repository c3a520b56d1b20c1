import type { KubeObject } from '../../host.ts';
import { refuse } from '../refuse.ts';
import type { RestoreContext } from './context.ts';
import { notedOf } from './moved-volumes.ts';

/**
 * Whether a persistent volume is left out, so that its claim gets a new one: when its data is in a backup of files
 * or a moved snapshot, or when it has no backup and would have been deleted with its claim anyway. Then the new
 * volume is empty, and nobody complains.
 */
export function reprovision(
  { server, restore, volumeInfo, volumeBackups, toProvision }: RestoreContext,
  volume: KubeObject,
): boolean {
  const { name } = volume.metadata;
  const info = volumeInfo.get(name);
  if (info?.backupMethod === 'NativeSnapshot') refuse(server.cluster.host, 'restoring a native snapshot');
  const { claimRef, persistentVolumeReclaimPolicy } = volume.spec;
  const moved = info?.backupMethod === 'PodVolumeBackup' || info?.backupMethod === 'CSISnapshot';
  const known =
    info === undefined &&
    claimRef !== undefined &&
    (volumeBackups.hasClaim(claimRef.namespace, claimRef.name) ||
      notedOf(server, restore, claimRef.namespace, claimRef.name).length === 1);
  if (!moved && !known && persistentVolumeReclaimPolicy !== 'Delete') return false;
  toProvision.add(name);
  return true;
}

/** A volume with the policy Retain comes back as it was, to be bound to its claim again, wherever its disk is. */
export function retainedVolume(volume: KubeObject, { spec }: KubeObject): KubeObject {
  const { claimRef } = volume.spec;
  if (claimRef === undefined) return volume;
  const { uid: _uid, resourceVersion: _version, ...kept } = claimRef;
  const namespace = spec.namespaceMapping?.[claimRef.namespace] ?? claimRef.namespace;
  return { ...volume, spec: { ...volume.spec, claimRef: { ...kept, namespace } } };
}
