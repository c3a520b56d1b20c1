import { protectedNamespaces } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { STANDBY_STORAGE_CLASS, type Translation } from './translation.ts';
import type { VeleroImages } from './velero-images.ts';

export const VELERO_NAMESPACE = 'velero';
export const VELERO_SERVICE_ACCOUNT = 'velero';
/** Where our own jobs run. */
export const LIFEBOAT_NAMESPACE = 'lifeboat';
const JOB_SERVICE_ACCOUNT = 'lifeboat';

/** A Kubernetes object that we write. */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  [member: string]: unknown;
};

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
export function veleroJob(name: string, image: string, command: string[]): Manifest {
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
          containers: [{ name: 'velero', image, command: ['/velero', ...command] }],
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
export const installCommand = ({ velero, plugin }: VeleroImages, { stores }: Plan): string[] => [
  'install',
  '--apply',
  `--image=${velero}`,
  `--plugins=${plugin}`,
  '--no-secret',
  '--no-default-backup-location',
  '--use-volume-snapshots=false',
  '--use-node-agent',
  '--server-priority-class-name=system-cluster-critical',
  '--node-agent-priority-class-name=system-node-critical',
  // https://velero.io/docs/v1.18/csi-snapshot-data-movement/
  stores.backups.volumes === 'snapshots' ? '--features=EnableCSI' : '--default-volumes-to-fs-backup',
];

/** Brings the kinds to the image's version, and nothing else: an older server goes on with them meanwhile. */
export const RAISE_KINDS = ['install', '--crds-only', '--apply'];

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
