import { cronOf, protectedNamespaces, type SiteName, scheduledNamespaces } from '../plan/places.ts';
import type { BackupSchedule, Plan } from '../plan/schema.ts';
import { VELERO_PREFIX } from './seal.ts';
import { STANDBY_STORAGE_CLASS, type Translation } from './translation.ts';

/** Tried together. https://github.com/velero-io/velero-plugin-for-aws#compatibility */
export const VELERO_VERSION = 'v1.18.3';
const PLUGIN_VERSION = 'v1.14.3';
export const VELERO_IMAGE = `velero/velero:${VELERO_VERSION}`;
const PLUGIN_IMAGE = `velero/velero-plugin-for-aws:${PLUGIN_VERSION}`;

export const VELERO_NAMESPACE = 'velero';
export const VELERO_SERVICE_ACCOUNT = 'velero';
/** Where our own jobs run. */
export const LIFEBOAT_NAMESPACE = 'lifeboat';
const JOB_SERVICE_ACCOUNT = 'lifeboat';

/** Before 1.18.1 a read-only location cannot be restored from: https://github.com/velero-io/velero/issues/9626 */
const OLDEST_USABLE = [1, 18, 1] as const;

/** A Kubernetes object that we write. */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  [member: string]: unknown;
};

/** The version in an image reference such as velero/velero:v1.18.3; undefined when it has none. */
export const versionOf = (image: string): string | undefined => /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1];

export function isUsable(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of OLDEST_USABLE.entries()) {
    if ((parts[index] ?? 0) !== least) return (parts[index] ?? 0) > least;
  }
  return true;
}

/** What our jobs need to run: a namespace, an account, and the right to do what Velero's installer does. */
export function jobGround(): Manifest[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: LIFEBOAT_NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: JOB_SERVICE_ACCOUNT, namespace: LIFEBOAT_NAMESPACE },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'lifeboat-jobs' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: JOB_SERVICE_ACCOUNT, namespace: LIFEBOAT_NAMESPACE }],
    },
  ];
}

/** A job of Velero's own image, which has no shell: the command is all it does. */
export function veleroJob(name: string, command: string[]): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: LIFEBOAT_NAMESPACE },
    spec: {
      backoffLimit: 3,
      ttlSecondsAfterFinished: 86_400,
      template: {
        spec: {
          serviceAccountName: JOB_SERVICE_ACCOUNT,
          restartPolicy: 'Never',
          containers: [{ name: 'velero', image: VELERO_IMAGE, command: ['/velero', ...command] }],
        },
      },
    },
  };
}

/**
 * Without a location, which the installer cannot make read-only, and so without a provider, which it then refuses. Of a
 * priority that no restored pod has: a Velero that must make room for one begins anew, and every restore that was in
 * progress has failed. https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
export const installCommand = (): string[] => [
  'install',
  `--image=${VELERO_IMAGE}`,
  `--plugins=${PLUGIN_IMAGE}`,
  '--no-secret',
  '--no-default-backup-location',
  '--use-volume-snapshots=false',
  '--use-node-agent',
  '--server-priority-class-name=system-cluster-critical',
  '--node-agent-priority-class-name=system-node-critical',
  '--default-volumes-to-fs-backup',
];

/** The location a site's Velero works with: the primary writes its bucket, the standby reads the replica and no more. */
export function backupLocation(plan: Plan, site: SiteName): Manifest {
  const { bucket, replica } = plan.stores.backups;
  const primary = site === 'primary';
  return {
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: { name: 'default', namespace: VELERO_NAMESPACE },
    spec: {
      provider: 'aws',
      default: true,
      accessMode: primary ? 'ReadWrite' : 'ReadOnly',
      objectStorage: { bucket: primary ? bucket : replica, prefix: VELERO_PREFIX.slice(0, -1) },
      config: { region: plan.sites[site].region },
      backupSyncPeriod: '30s',
    },
  };
}

const CONFIGURATION_KINDS = ['configmaps', 'secrets', 'services'];

/** One of the plan's schedules, for the Velero of the site that owns the platform. */
export function veleroSchedule(plan: Plan, schedule: BackupSchedule): Manifest {
  const everything = schedule.contents === 'everything';
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: schedule.name, namespace: VELERO_NAMESPACE },
    spec: {
      schedule: cronOf(schedule),
      paused: false,
      template: {
        includedNamespaces: scheduledNamespaces(plan, schedule),
        excludedResources: ['events', 'events.events.k8s.io'],
        ...(everything ? { includeClusterResources: true } : { includedResources: CONFIGURATION_KINDS }),
        snapshotVolumes: false,
        defaultVolumesToFsBackup: everything,
        ttl: `${Math.floor(schedule.keep / 3600)}h0m0s`,
        ...(everything && hooks(plan, schedule)),
      },
    },
  };
}

function hooks(plan: Plan, schedule: BackupSchedule) {
  const covered = scheduledNamespaces(plan, schedule);
  const resources = plan.workloads
    .filter((workload) => workload.namespaces.some((namespace) => covered.includes(namespace)))
    .flatMap((workload) =>
      workload.hooks.map((hook, index) => ({
        name: `${workload.name}-${index}`,
        includedNamespaces: workload.namespaces,
        labelSelector: { matchLabels: hook.selector },
        pre: [
          {
            exec: {
              container: hook.container,
              command: hook.command,
              onError: hook.onError,
              timeout: `${hook.timeout}s`,
            },
          },
        ],
      })),
    );
  return resources.length === 0 ? {} : { hooks: { resources } };
}

/** The class that restored volumes get: Auto Mode's driver makes a volume where its pod is scheduled. */
export const standbyStorageClass = (): Manifest => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: STANDBY_STORAGE_CLASS },
  provisioner: 'ebs.csi.eks.amazonaws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
  parameters: { type: 'gp3', encrypted: 'true' },
});

export const MODIFIERS_CONFIG_MAP = 'lifeboat-modifiers';

/** The config maps by which Velero translates what it restores. https://velero.io/docs/v1.18/restore-reference/ */
export function translationMaps(translation: Translation): Manifest[] {
  const plugin = (name: string, action: string, data: Record<string, string>): Manifest => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: VELERO_NAMESPACE,
      labels: { 'velero.io/plugin-config': '', [action]: 'RestoreItemAction' },
    },
    data,
  });
  const images = Object.entries(translation.registries).map(([from, to], index) => [
    `registry-${index}`,
    `${from},${to}`,
  ]);
  return [
    plugin('lifeboat-storage-classes', 'velero.io/change-storage-class', translation.storageClasses),
    plugin('lifeboat-images', 'velero.io/change-image-name', Object.fromEntries(images)),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: MODIFIERS_CONFIG_MAP, namespace: VELERO_NAMESPACE },
      data: { 'modifiers.yaml': translation.modifiers },
    },
  ];
}

/** Namespaces that Lifeboat and Velero themselves live in, never restored. */
export const isOurs = (namespace: string): boolean => [VELERO_NAMESPACE, LIFEBOAT_NAMESPACE].includes(namespace);

/** The namespaces whose objects a failover will look for. */
export const inventoryNamespaces = (plan: Plan): string[] =>
  protectedNamespaces(plan).filter((namespace) => !isOurs(namespace));
