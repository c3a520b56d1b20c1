import type { KubeObject } from '../host.ts';

/** `<schedule>-<yyyyMMddHHmmss>`, in UTC. */
export const scheduledName = (schedule: string, now: number): string =>
  `${schedule}-${new Date(now).toISOString().replace(/\D/g, '').slice(0, 14)}`;

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/builder/backup_builder.go (FromSchedule) */
export function backupFromSchedule(schedule: KubeObject, name: string): KubeObject {
  const { template, useOwnerReferencesInBackup } = schedule.spec;
  const { name: scheduleName, namespace, uid, labels, annotations } = schedule.metadata;
  const own = template.metadata?.labels ?? labels ?? {};
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: {
      name,
      namespace,
      labels: { ...own, 'velero.io/schedule-name': scheduleName },
      ...(annotations && { annotations }),
      ...(useOwnerReferencesInBackup && {
        ownerReferences: [{ apiVersion: 'velero.io/v1', kind: 'Schedule', name: scheduleName, uid, controller: true }],
      }),
    },
    spec: template,
  };
}
