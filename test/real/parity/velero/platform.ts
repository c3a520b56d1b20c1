import { backupLocation, veleroSchedule } from '../../../../src/domain/velero-locations.ts';
import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { planOf, SMALL_PLAN } from '../../../plan/small-plan.ts';

/** The two namespaces, and in which order everything of them is told. */
export const NAMESPACES = ['queue', 'shop'];
export const PODS = 9;
/** It holds a pod's place and does nothing: what is in a volume is what was put there. */
const IMAGE = 'registry.example.com/west/pause:3.10';

export const { plan: PLAN } = planOf(SMALL_PLAN);
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
export function backupOf(name: string, includedNamespaces = NAMESPACES): KubeObject {
  const [schedule] = PLAN.stores.backups.schedules;
  if (schedule === undefined) throw new Error('the plan has no schedule');
  const { spec }: KubeObject = veleroSchedule(PLAN, schedule);
  return velero('Backup', name, { ...spec.template, includedNamespaces });
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

/** A namespace with a pod and its claim, which a container mounts or not. */
export const lonely = (namespace: string, { mounts = true, annotations = {} } = {}): KubeObject[] => [
  namespaceNamed(namespace),
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { namespace, name: 'data' }, spec: claimSpec },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: 'lonely', annotations },
    spec: {
      containers: [container(mounts)],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  },
];
