import type { KubeObject } from '../../host.ts';
import { gvkKey } from '../backup/archive.ts';
import { type ObjectStore, zipped, zippedText } from '../object-store.ts';
import type { Result } from '../results.ts';
import type { RestoreContext } from './context.ts';

/**
 * Writes a restore's own files below `restores/<name>/`, also where the location is read-only. Only the log's
 * refusal counts as an error. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/restore_controller.go
 */
export async function uploadResults(context: RestoreContext, store: ObjectStore): Promise<void> {
  const { restore, warnings, errors } = context;
  const { name } = restore.metadata;
  const path = `restores/${name}/`;
  try {
    await store.put(`${path}restore-${name}-logs.gz`, zippedText(logOf(context)));
  } catch (error) {
    errors.velero(`error uploading log file to backup storage: ${(error as Error).message}`);
  }
  const files: [string, unknown][] = [
    [`restore-${name}-results.gz`, resultsOf(warnings.result, errors.result)],
    [`restore-${name}-resource-list.json.gz`, restoredList(context)],
    [`restore-${name}-itemoperations.json.gz`, context.operations],
    [`${name}-volumeinfo.json.gz`, volumesOf(context)],
  ];
  for (const [file, value] of files) await store.put(path + file, zipped(value)).catch(() => undefined);
}

/** As it is at this moment: files are made when they are read. */
const resultsOf = (warnings: Result, errors: Result): KubeObject => structuredClone({ errors, warnings });

/** `apps/v1/Deployment` → `shop/web(created)` */
function restoredList({ outcomes }: RestoreContext): Record<string, string[]> {
  const list: Record<string, string[]> = {};
  for (const { object, namespace, name, action } of outcomes.values()) {
    const key = gvkKey(object);
    list[key] ??= [];
    list[key].push(`${namespace === '' ? name : `${namespace}/${name}`}(${action})`);
  }
  return Object.fromEntries(
    Object.keys(list)
      .sort()
      .map((key) => [key, (list[key] ?? []).sort()]),
  );
}

function volumesOf(context: RestoreContext): KubeObject[] {
  return [...byFiles(context), ...byMovement(context)];
}

const ofRestore = ({ server, restore }: RestoreContext, kind: string): KubeObject[] =>
  server.list(kind).filter(({ metadata }) => metadata.labels?.['velero.io/restore-uid'] === restore.metadata.uid);

const byFiles = (context: RestoreContext): KubeObject[] =>
  ofRestore(context, 'PodVolumeRestore').map(({ spec, status }) => ({
    restoreMethod: 'PodVolumeRestore',
    snapshotDataMoved: false,
    pvrInfo: {
      snapshotHandle: spec.snapshotID,
      uploaderType: 'kopia',
      volumeName: spec.volume,
      podName: spec.pod.name,
      podNamespace: spec.pod.namespace,
      size: status?.progress?.totalBytes ?? 0,
      Phase: status?.phase ?? '',
    },
  }));

const byMovement = (context: RestoreContext): KubeObject[] =>
  ofRestore(context, 'DataDownload').map(({ metadata, spec }) => ({
    pvcName: spec.targetVolume.pvc,
    pvcNamespace: spec.targetVolume.namespace,
    pvName: spec.targetVolume.pv ?? '',
    restoreMethod: 'CSISnapshot',
    snapshotDataMoved: true,
    snapshotDataMovementInfo: {
      dataMover: spec.datamover || 'velero',
      uploaderType: 'kopia',
      snapshotHandle: spec.snapshotID,
      operationID: metadata.labels['velero.io/async-operation-id'],
    },
  }));

function logOf({ restore, outcomes, warnings, errors, server }: RestoreContext): () => string {
  const at = server.store.timestamp();
  const { name, namespace } = restore.metadata;
  const line = (level: string, message: string): string =>
    `time="${at}" level=${level} msg=${JSON.stringify(message)} restore=${namespace}/${name}\n`;
  const restored = outcomes.size;
  const told = (level: string, { velero = [], cluster = [], namespaces = {} }: Result): string[] => [
    ...velero.map((message) => line(level, `Velero restore ${level}: ${message}`)),
    ...cluster.map((message) => line(level, `Cluster resource restore ${level}: ${message}`)),
    ...Object.entries(namespaces).flatMap(([ns, messages]) =>
      messages.map((message) => line(level, `Namespace ${ns}, resource restore ${level}: ${message}`)),
    ),
  ];
  const text = [
    line('info', 'starting restore'),
    line('info', `Restored ${restored} items`),
    ...told('warning', warnings.result),
    ...told('error', errors.result),
    line('info', 'restore completed'),
  ].join('');
  return () => text;
}
