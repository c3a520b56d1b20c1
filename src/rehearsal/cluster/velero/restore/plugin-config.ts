import type { KubeObject } from '../../host.ts';
import type { Server } from '../server.ts';

/**
 * The ConfigMap that configures one of the built-in actions, found by its labels. More than one is an error.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/plugin/framework/common/plugin_config.go
 */
export function pluginConfig(server: Server, plugin: string): KubeObject | undefined {
  const labelSelector = `velero.io/plugin-config,${plugin}=RestoreItemAction`;
  const found = server.store.list('configmaps', { namespace: server.namespace, labelSelector });
  if (found.length > 1) {
    const names = found.map(({ metadata }) => metadata.name).join(' ');
    throw new Error(`found more than one ConfigMap matching label selector "${labelSelector}": [${names}]`);
  }
  return found[0];
}
