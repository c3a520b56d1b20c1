import type { KubeObject } from '../../host.ts';
import { labelValue } from '../label-value.ts';

/**
 * An object without what only its old cluster knew: identity, owners, status. Finalizers, labels and annotations stay.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/restore.go (resetMetadataAndStatus)
 */
export function resetMetadata(object: KubeObject): KubeObject {
  const { status: _status, metadata, ...rest } = object;
  const {
    generateName: _generateName,
    selfLink: _selfLink,
    uid: _uid,
    resourceVersion: _resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    deletionTimestamp: _deletionTimestamp,
    deletionGracePeriodSeconds: _grace,
    ownerReferences: _owners,
    ...kept
  } = metadata;
  return { ...rest, metadata: kept };
}

export function withRestoreLabels(object: KubeObject, backup: string, restore: string): KubeObject {
  const { metadata } = object;
  const labels = {
    ...metadata.labels,
    'velero.io/backup-name': labelValue(backup),
    'velero.io/restore-name': labelValue(restore),
  };
  return { ...object, metadata: { ...metadata, labels } };
}
