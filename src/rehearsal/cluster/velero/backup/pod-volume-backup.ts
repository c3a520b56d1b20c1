import type { KubeObject } from '../../host.ts';
import type { Store } from '../../store.ts';
import { claimOf } from './volumes.ts';

type Given = {
  /** Velero's own. */
  namespace: string;
  backup: { name: string; uid: string };
  location: string;
  pod: KubeObject;
  volume: string;
};

/** The order to back a pod's volume up. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/podvolume/backupper.go (newPodVolumeBackup) */
export function podVolumeBackup(store: Store, { namespace: own, backup, location, pod, volume }: Given): KubeObject {
  const { namespace, name, uid } = pod.metadata;
  const claim = claimOf(pod, volume);
  const claimUid = claim && store.get({ resource: 'persistentvolumeclaims', namespace, name: claim })?.metadata.uid;
  return {
    apiVersion: 'velero.io/v1',
    kind: 'PodVolumeBackup',
    metadata: {
      namespace: own,
      generateName: `${backup.name}-`,
      labels: {
        'velero.io/backup-name': backup.name,
        'velero.io/backup-uid': backup.uid,
        ...(claimUid && { 'velero.io/pvc-uid': claimUid }),
      },
      ...(claim && { annotations: { 'velero.io/pvc-name': claim } }),
      ownerReferences: [
        { apiVersion: 'velero.io/v1', kind: 'Backup', name: backup.name, uid: backup.uid, controller: true },
      ],
    },
    spec: {
      node: pod.spec.nodeName,
      pod: { kind: 'Pod', namespace, name, uid },
      volume,
      backupStorageLocation: location,
      repoIdentifier: '',
      uploaderType: 'kopia',
      tags: {
        backup: backup.name,
        'backup-uid': backup.uid,
        ns: namespace,
        pod: name,
        'pod-uid': uid,
        ...(claimUid && { 'pvc-uid': claimUid }),
        volume,
      },
    },
  };
}
