import * as z from 'zod';

/**
 * The files that Velero keeps of each backup, as far as they decide anything; shapes of Velero 1.16 to 1.18.
 * https://github.com/velero-io/velero/blob/v1.18.2/pkg/persistence/object_store_layout.go
 */

const count = z.int().min(0);
const bytes = z.number().min(0);

/** `velero-backup.json`. Members that are empty are absent. */
export const veleroBackup = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    includedNamespaces: z
      .array(z.string())
      .nullish()
      .transform((list) => list ?? ['*']),
    ttl: z.string().optional(),
    defaultVolumesToFsBackup: z.boolean().nullish(),
    resourcePolicy: z.unknown().optional(),
  }),
  status: z.object({
    phase: z.string(),
    startTimestamp: z.iso.datetime().optional(),
    completionTimestamp: z.iso.datetime().optional(),
    expiration: z.iso.datetime().optional(),
    backupItemOperationsAttempted: count.default(0),
    errors: count.default(0),
    progress: z.object({ itemsBackedUp: count.default(0) }).default({ itemsBackedUp: 0 }),
  }),
});
export type VeleroBackup = z.infer<typeof veleroBackup>;

/** One volume of `<name>-volumeinfo.json.gz`. https://github.com/velero-io/velero/blob/v1.18.2/internal/volume/volumes_information.go */
const volumeInfo = z
  .object({
    pvcName: z.string().default(''),
    pvcNamespace: z.string().default(''),
    pvName: z.string().default(''),
    backupMethod: z.string().default(''),
    snapshotDataMoved: z.boolean().default(false),
    skipped: z.boolean().default(false),
    skippedReason: z.string().default(''),
    result: z.string().default(''),
    pvbInfo: z
      .object({
        snapshotHandle: z.string().default(''),
        size: bytes.default(0),
        podNamespace: z.string().optional(),
        podName: z.string().optional(),
        volumeName: z.string().optional(),
      })
      .optional(),
    snapshotDataMovementInfo: z.object({ snapshotHandle: z.string().default(''), size: bytes.default(0) }).optional(),
  })
  // A pod's own volume, which no claim is for, has only its pod to be found by.
  .transform((info) => ({ ...info, pvcNamespace: info.pvcNamespace || (info.pvbInfo?.podNamespace ?? '') }));
export const volumeInfos = z
  .array(volumeInfo)
  .nullable()
  .transform((list) => list ?? []);
export type VolumeInfo = z.infer<typeof volumeInfo>;

/** `<name>-resource-list.json.gz`: names by `apiVersion/Kind`, `namespace/name` or `name`. */
export const resourceList = z.record(z.string(), z.array(z.string()).nullable());
export type ResourceList = z.infer<typeof resourceList>;

/** `<name>-podvolumebackups.json.gz`. A volume that was empty has no snapshot. */
export const podVolumeBackups = z
  .array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ snapshotID: z.string().default('') }).default({ snapshotID: '' }),
    }),
  )
  .nullable()
  .transform((list) => list ?? []);
export type PodVolumeBackup = z.infer<typeof podVolumeBackups>[number];

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

const BY_POLICY = /matched action is 'skip' in chosen resource policies/;
const BY_ANNOTATION = /opted out due to annotation/;

/**
 * Whether somebody left a volume out. Velero says "opted out due to annotation" of each that it does not take by its files,
 * whoever or whatever is the reason; only where files are the default, and no policy says otherwise, none but the annotation
 * is left. https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/backup/item_backupper.go (Optout),
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/internal/volumehelper/volume_policy_helper.go (shouldPerformFSBackupLegacy)
 */
function isOptedOut({ skippedReason }: VolumeInfo, spec: VeleroBackup['spec'] | undefined): boolean {
  if (BY_POLICY.test(skippedReason)) return true;
  const byFiles = spec?.defaultVolumesToFsBackup === true && !spec.resourcePolicy;
  return byFiles && BY_ANNOTATION.test(skippedReason);
}

/** A backup's volumes; what is not known of the backup speaks against it. */
export const pointVolumes = (infos: VolumeInfo[], backup: VeleroBackup | undefined): PointVolume[] =>
  infos.map((info) => pointVolume(info, backup?.spec));

/** The claim of a volume; a pod's own by its pod, one without either by its disk. */
export const volumeName = (info: VolumeInfo): string => info.pvcName || info.pvName || ownVolume(info);

/** Whether a volume's bytes can be had in another region: only file-system backups and moved snapshots leave theirs. */
function pointVolume(info: VolumeInfo, spec: VeleroBackup['spec'] | undefined): PointVolume {
  const base = { namespace: info.pvcNamespace, name: volumeName(info) };
  if (info.skipped) {
    const reason = info.skippedReason || 'skipped by Velero';
    return { ...base, portable: false, optedOut: isOptedOut(info, spec), bytes: 0, reason };
  }
  const moved =
    info.backupMethod === 'CSISnapshot' && info.snapshotDataMoved ? info.snapshotDataMovementInfo : undefined;
  const kept = info.backupMethod === 'PodVolumeBackup' ? info.pvbInfo : moved;
  if (kept?.snapshotHandle && info.result !== 'failed') {
    return { ...base, portable: true, optedOut: false, bytes: kept.size, reason: info.backupMethod };
  }
  // https://github.com/velero-io/velero/blob/v1.18.2/pkg/controller/pod_volume_backup_controller.go: of nothing, no snapshot.
  if (info.backupMethod === 'PodVolumeBackup' && info.result === 'succeeded' && kept?.size === 0)
    return { ...base, portable: true, optedOut: false, bytes: 0, reason: 'empty' };
  const reason =
    info.result === 'failed'
      ? 'its backup failed'
      : `${info.backupMethod || 'no method'}: its bytes stay in the region`;
  return { ...base, portable: false, optedOut: false, bytes: 0, reason };
}

const ownVolume = ({ pvbInfo }: VolumeInfo): string => `${pvbInfo?.podName ?? ''}/${pvbInfo?.volumeName ?? ''}`;
