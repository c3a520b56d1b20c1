import * as z from 'zod';

/**
 * The files that Velero keeps of each backup, as far as they decide anything; shapes of Velero 1.16 to 1.18.
 * https://github.com/velero-io/velero/blob/v1.18.2/pkg/persistence/object_store_layout.go
 */

/** `velero-backup.json`. Members that are empty are absent. */
export const veleroBackup = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ includedNamespaces: z.array(z.string()).default(['*']), ttl: z.string().optional() }),
  status: z.object({
    phase: z.string(),
    startTimestamp: z.iso.datetime().optional(),
    completionTimestamp: z.iso.datetime().optional(),
    expiration: z.iso.datetime().optional(),
    backupItemOperationsAttempted: z.int().default(0),
    errors: z.int().default(0),
  }),
});
export type VeleroBackup = z.infer<typeof veleroBackup>;

/** One volume of `<name>-volumeinfo.json.gz`. https://github.com/velero-io/velero/blob/v1.18.2/internal/volume/volumes_information.go */
const volumeInfo = z.object({
  pvcName: z.string().default(''),
  pvcNamespace: z.string().default(''),
  pvName: z.string().default(''),
  backupMethod: z.string().default(''),
  snapshotDataMoved: z.boolean().default(false),
  skipped: z.boolean().default(false),
  skippedReason: z.string().default(''),
  result: z.string().default(''),
  pvbInfo: z.object({ snapshotHandle: z.string().default(''), size: z.number().default(0) }).optional(),
  snapshotDataMovementInfo: z
    .object({ snapshotHandle: z.string().default(''), size: z.number().default(0) })
    .optional(),
});
export const volumeInfos = z
  .array(volumeInfo)
  .nullable()
  .transform((list) => list ?? []);
export type VolumeInfo = z.infer<typeof volumeInfo>;

/** `<name>-resource-list.json.gz`: names by `apiVersion/Kind`, `namespace/name` or `name`. */
export const resourceList = z.record(z.string(), z.array(z.string()).nullable());
export type ResourceList = z.infer<typeof resourceList>;

/** `<name>-podvolumebackups.json.gz`. */
export const podVolumeBackups = z
  .array(z.object({ metadata: z.object({ name: z.string() }) }))
  .nullable()
  .transform((list) => list ?? []);

export const SCHEDULE_LABEL = 'velero.io/schedule-name';

/** A volume of a recovery point, and whether its bytes can be had in another region. */
export type PointVolume = {
  namespace: string;
  name: string;
  portable: boolean;
  optedOut: boolean;
  bytes: number;
  reason: string;
};

/** Whether a volume's bytes can be had in another region: only file-system backups and moved snapshots leave theirs. */
export function pointVolume(info: VolumeInfo): PointVolume {
  const base = { namespace: info.pvcNamespace, name: info.pvcName || info.pvName };
  if (info.skipped) {
    const optedOut = /opted out|policy/i.test(info.skippedReason);
    return { ...base, portable: false, optedOut, bytes: 0, reason: info.skippedReason || 'skipped by Velero' };
  }
  const moved =
    info.backupMethod === 'CSISnapshot' && info.snapshotDataMoved ? info.snapshotDataMovementInfo : undefined;
  const kept = info.backupMethod === 'PodVolumeBackup' ? info.pvbInfo : moved;
  if (kept?.snapshotHandle && info.result !== 'failed') {
    return { ...base, portable: true, optedOut: false, bytes: kept.size, reason: info.backupMethod };
  }
  const reason =
    info.result === 'failed'
      ? 'its backup failed'
      : `${info.backupMethod || 'no method'}: its bytes stay in the region`;
  return { ...base, portable: false, optedOut: false, bytes: 0, reason };
}
