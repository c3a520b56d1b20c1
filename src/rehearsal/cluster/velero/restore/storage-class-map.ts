import type { KubeObject } from '../../host.ts';
import type { Server } from '../server.ts';
import { pluginConfig } from './plugin-config.ts';

/**
 * Changes the storage class of volumes, claims and StatefulSets' templates, as the ConfigMap labelled
 * `velero.io/change-storage-class` says; the new class must exist.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/actions/change_storageclass_action.go
 */
export function mapStorageClass(server: Server, resource: string, object: KubeObject): KubeObject {
  if (!['persistentvolumeclaims', 'persistentvolumes', 'statefulsets.apps'].includes(resource)) return object;
  const map: Record<string, string> = pluginConfig(server, 'velero.io/change-storage-class')?.data ?? {};
  const changed = (spec: KubeObject): KubeObject => {
    const next = spec.storageClassName ? map[spec.storageClassName] : undefined;
    if (next === undefined) return spec;
    if (server.store.get({ resource: 'storageclasses.storage.k8s.io', name: next }) === undefined)
      throw new Error(
        `error getting storage class ${next} from API: storageclasses.storage.k8s.io "${next}" not found`,
      );
    return { ...spec, storageClassName: next };
  };
  if (resource !== 'statefulsets.apps') return { ...object, spec: changed(object.spec) };
  const templates = object.spec.volumeClaimTemplates;
  if (!templates?.length) return object;
  const volumeClaimTemplates = templates.map((claim: KubeObject) => ({ ...claim, spec: changed(claim.spec) }));
  return { ...object, spec: { ...object.spec, volumeClaimTemplates } };
}
