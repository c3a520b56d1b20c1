import type { Random } from '../../../kernel/random.ts';
import type { KubeObject } from '../../host.ts';
import type { Server } from '../server.ts';
import { pluginConfig } from './plugin-config.ts';

/** Kinds whose images are changed, and the path to their pod's spec. */
const POD_SPECS: Record<string, string[]> = {
  pods: ['spec'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ...Object.fromEntries(
    [
      'deployments.apps',
      'statefulsets.apps',
      'daemonsets.apps',
      'replicasets.apps',
      'replicationcontrollers',
      'jobs.batch',
    ].map((resource) => [resource, ['spec', 'template', 'spec']]),
  ),
};

/**
 * Changes images as the ConfigMap labelled `velero.io/change-image-name` says: of its rows, the first that matches,
 * in the random order of Go's maps. Custom resources are left alone.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/actions/change_image_name_action.go
 */
export function mapImages(server: Server, resource: string, object: KubeObject): KubeObject {
  const path = POD_SPECS[resource];
  if (path === undefined) return object;
  const config = pluginConfig(server, 'velero.io/change-image-name');
  const rows = Object.values<string>(config?.data ?? {});
  if (rows.length === 0) return object;
  const { random } = server.cluster;
  return changeAt(object, path, (spec) => ({
    ...spec,
    ...(spec.containers && { containers: spec.containers.map((each: KubeObject) => mapped(each, rows, random)) }),
    ...(spec.initContainers && {
      initContainers: spec.initContainers.map((each: KubeObject) => mapped(each, rows, random)),
    }),
  }));
}

function mapped(container: KubeObject, rows: string[], random: Random): KubeObject {
  const { image } = container;
  if (!image) return container;
  const start = rows.length > 1 ? random.below(rows.length) : 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[(start + i) % rows.length] ?? '';
    const comma = row.indexOf(',');
    const from = row.slice(0, comma).trim();
    if (comma < 0 || comma === row.length - 1 || !image.includes(from)) continue;
    return { ...container, image: image.replaceAll(from, row.slice(comma + 1).trim()) };
  }
  return container;
}

function changeAt(object: KubeObject, [key, ...rest]: string[], change: (inner: KubeObject) => KubeObject): KubeObject {
  if (key === undefined) return change(object);
  if (object[key] === undefined) return object;
  return { ...object, [key]: changeAt(object[key], rest, change) };
}
