import { type FlagSet, isTrue, list, parseFlags } from './flags.ts';
import { goDuration } from './go-duration.ts';
import { type RestoreOrder, restoreOrder } from './restore/order.ts';

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/server/config/config.go */
const FLAGS: FlagSet = {
  flags: {
    ...Object.fromEntries(
      [
        ...['log-level', 'log-format', 'plugin-dir', 'metrics-address', 'restore-resource-priorities', 'client-qps'],
        ...['default-backup-storage-location', 'profiler-address', 'volume-group-snapshot-label-key', 'uploader-type'],
        ...['default-volume-snapshot-locations', 'backup-repository-configmap', 'repo-maintenance-job-configmap'],
        ...['maintenance-job-cpu-request', 'maintenance-job-mem-request', 'maintenance-job-cpu-limit'],
        'maintenance-job-mem-limit',
      ].map((name) => [name, 'string' as const]),
    ),
    ...Object.fromEntries(
      [
        ...['backup-sync-period', 'fs-backup-timeout', 'store-validation-frequency', 'terminating-resource-timeout'],
        ...['default-backup-ttl', 'default-repo-maintain-frequency', 'garbage-collection-frequency'],
        ...['item-operation-sync-frequency', 'default-item-operation-timeout', 'resource-timeout'],
      ].map((name) => [name, 'duration' as const]),
    ),
    ...Object.fromEntries(
      [
        ...['client-burst', 'client-page-size', 'max-concurrent-k8s-connections', 'keep-latest-maintenance-jobs'],
        ...['item-block-worker-count', 'concurrent-backups'],
      ].map((name) => [name, 'int' as const]),
    ),
    ...Object.fromEntries(
      [
        ...['restore-only', 'default-volumes-to-fs-backup', 'default-snapshot-move-data', 'disable-informer-cache'],
        'schedule-skip-immediately',
      ].map((name) => [name, 'bool' as const]),
    ),
    'disable-controllers': 'list',
  },
};

const MINUTE = 60_000;

export type ServerOptions = {
  backupSyncPeriod: number;
  validationFrequency: number;
  garbageCollectionFrequency: number;
  defaultTtl: number;
  podVolumeTimeout: number;
  operationsFrequency: number;
  operationTimeout: number;
  concurrentBackups: number;
  defaultVolumesToFsBackup: boolean;
  defaultSnapshotMoveData: boolean;
  scheduleSkipImmediately: boolean;
  defaultLocation: string;
  features: string[];
  restoreOrder: RestoreOrder;
  disabled: ReadonlySet<string>;
};

/** How `velero server` was started. Throws UsageError as the CLI does. */
export function serverOptions(args: string[]): ServerOptions {
  const { values } = parseFlags(args, FLAGS);
  const duration = (flag: string, otherwise: number): number => {
    const value = values.get(flag);
    return value === undefined ? otherwise : goDuration(value);
  };
  const restoreOnly = isTrue(values.get('restore-only')) ? ['backup', 'schedule', 'gc', 'backup-deletion'] : [];
  return {
    backupSyncPeriod: duration('backup-sync-period', MINUTE),
    validationFrequency: duration('store-validation-frequency', MINUTE),
    garbageCollectionFrequency: duration('garbage-collection-frequency', 0) || 60 * MINUTE,
    defaultTtl: duration('default-backup-ttl', 720 * 60 * MINUTE),
    podVolumeTimeout: duration('fs-backup-timeout', 240 * MINUTE),
    operationsFrequency: duration('item-operation-sync-frequency', 0) || 10_000,
    operationTimeout: duration('default-item-operation-timeout', 240 * MINUTE),
    concurrentBackups: Math.max(1, Number(values.get('concurrent-backups') ?? 1)),
    defaultVolumesToFsBackup: isTrue(values.get('default-volumes-to-fs-backup')),
    defaultSnapshotMoveData: isTrue(values.get('default-snapshot-move-data')),
    scheduleSkipImmediately: isTrue(values.get('schedule-skip-immediately')),
    defaultLocation: values.get('default-backup-storage-location') ?? 'default',
    features: list(values.get('features')),
    restoreOrder: restoreOrder(values.get('restore-resource-priorities')),
    disabled: new Set([...list(values.get('disable-controllers')), ...restoreOnly]),
  };
}
