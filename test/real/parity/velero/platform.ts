import { installCommand } from '../../../../src/domain/velero.ts';
import { veleroImages } from '../../../../src/domain/velero-images.ts';
import { backupLocation, veleroSchedule } from '../../../../src/domain/velero-locations.ts';
import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import type { Plan } from '../../../../src/plan/schema.ts';
import { planOf, SMALL_PLAN } from '../../../plan/small-plan.ts';
import type { Method } from './place.ts';

/** The two namespaces, and in which order everything of them is told. */
export const NAMESPACES = ['queue', 'shop'];
export const PODS = 9;
/** It holds a pod's place and does nothing: what is in a volume is what was put there. */
const IMAGE = 'registry.example.com/west/pause:3.10';

/** By how they take the bytes of volumes. */
const PLANS: Record<Method, Plan> = {
  files: planOf(SMALL_PLAN).plan,
  snapshots: planOf(SMALL_PLAN.replace('    replica:', '    volumes: snapshots\n    replica:')).plan,
};
export const { files: PLAN } = PLANS;
export const { bucket: WEST_BUCKET } = PLAN.stores.backups;

/** As Lifeboat makes it, but for how often it is synced: a server that starts looks at once. */
export function location(site: 'primary' | 'standby', bucket?: string): KubeObject {
  const made: KubeObject = backupLocation(PLAN, site);
  return {
    ...made,
    spec: {
      ...made.spec,
      backupSyncPeriod: '1s',
      objectStorage: { ...made.spec.objectStorage, ...(bucket !== undefined && { bucket }) },
    },
  };
}

/** What Lifeboat's schedules ask of a backup, of these namespaces. */
export function backupOf(name: string, includedNamespaces = NAMESPACES, method: Method = 'files'): KubeObject {
  const [schedule] = PLAN.stores.backups.schedules;
  if (schedule === undefined) throw new Error('the plan has no schedule');
  const { spec }: KubeObject = veleroSchedule(PLANS[method], schedule);
  return velero('Backup', name, { ...spec.template, includedNamespaces });
}

/** What Lifeboat's job says to Velero's installer. */
export function installerFor(method: Method): { image: string; command: string[] } {
  const images = veleroImages(PLAN, 'standby', '');
  return { image: images.velero, command: installCommand(images, PLANS[method]) };
}

export const velero = (kind: string, name: string, spec: object): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind,
  metadata: { name, namespace: 'velero' },
  spec,
});

export const storageClass = (): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'gp3' },
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
});

/** The one that Velero takes for its driver's disks. https://velero.io/docs/v1.18/csi/ */
export const snapshotClass = (): KubeObject => ({
  apiVersion: 'snapshot.storage.k8s.io/v1',
  kind: 'VolumeSnapshotClass',
  metadata: { name: 'lifeboat-ebs', labels: { 'velero.io/csi-volumesnapshot-class': 'true' } },
  driver: 'ebs.csi.aws.com',
  deletionPolicy: 'Delete',
});

export const namespaceNamed = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

const container = (mounts: boolean): KubeObject => ({
  name: 'main',
  image: IMAGE,
  ...(mounts && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
});

function workload(kind: string, namespace: string, name: string, replicas: number, more: object = {}): KubeObject {
  const matchLabels = { app: name };
  const mounts = kind === 'StatefulSet';
  const template = { metadata: { labels: matchLabels }, spec: { containers: [container(mounts)] } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace, name },
    spec: { replicas, selector: { matchLabels }, template, ...more },
  };
}

const claimSpec = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'gp3',
  resources: { requests: { storage: '1Gi' } },
};

const statefulSet = (namespace: string, name: string, replicas: number): KubeObject =>
  workload('StatefulSet', namespace, name, replicas, {
    serviceName: name,
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec }],
  });

/** Nine pods, four of them with a volume. */
export const platform = (): KubeObject[] => [
  ...NAMESPACES.map(namespaceNamed),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'shop', name: 'settings' },
    data: { LOG_LEVEL: 'info' },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'shop', name: 'broker' },
    type: 'Opaque',
    data: { password: 'eA==' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  },
  workload('Deployment', 'shop', 'web', 3),
  workload('Deployment', 'shop', 'worker', 2),
  statefulSet('shop', 'cache', 1),
  statefulSet('queue', 'broker', 3),
];

const claimNamed = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace, name },
  spec: claimSpec,
});

const podOn = (
  claimName: string,
  namespace: string,
  name: string,
  annotations: Record<string, string>,
  mounts = true,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name, annotations },
  spec: {
    containers: [container(mounts)],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

/** A namespace with a pod and its claim, which a container mounts or not. */
export const lonely = (namespace: string, { mounts = true, annotations = {} } = {}): KubeObject[] => [
  namespaceNamed(namespace),
  claimNamed(namespace, 'data'),
  podOn('data', namespace, 'lonely', annotations, mounts),
];

/** A namespace with two of each, of which one pod asks for its volume's files to be read. */
export const mixed = (namespace: string): KubeObject[] => [
  namespaceNamed(namespace),
  claimNamed(namespace, 'moved'),
  podOn('moved', namespace, 'moved', {}),
  claimNamed(namespace, 'read'),
  podOn('read', namespace, 'read', { 'backup.velero.io/backup-volumes': 'data' }),
];
