import type { KubeObject } from '../../host.ts';
import { isTrue, list, parseMap } from '../flags.ts';
import { crd, KINDS } from '../kinds.ts';

/** Flags of `velero install`, as they were given. */
export type InstallFlags = { namespace: string; version: string; text(flag: string): string | undefined };

const LABELS = { component: 'velero' };

/**
 * The same objects each time, so that whoever knows a schema already knows it again.
 * https://github.com/vmware-tanzu/velero/tree/v1.18.2/config/crd
 */
export const CUSTOM_RESOURCE_DEFINITIONS: readonly KubeObject[] = KINDS.map(crd);

/** Everything but the definitions, in the order of sending. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/install/resources.go */
export function installedResources(line: InstallFlags): KubeObject[] {
  const { namespace } = line;
  const objects: KubeObject[] = [namespaceObject(namespace)];
  if (!line.text('service-account-name')) objects.push(roleBinding(namespace), serviceAccount(line));
  if (!isTrue(line.text('no-default-backup-location'))) objects.push(backupStorageLocation(line));
  if (line.text('use-volume-snapshots') === undefined || isTrue(line.text('use-volume-snapshots')))
    objects.push(volumeSnapshotLocation(line));
  objects.push(deployment(line));
  if (isTrue(line.text('use-node-agent'))) objects.push(daemonSet(line));
  return objects;
}

const meta = (namespace: string, name: string): KubeObject => ({ name, namespace, labels: { ...LABELS } });

function namespaceObject(name: string): KubeObject {
  const labels: Record<string, string> = { ...LABELS };
  for (const mode of ['enforce', 'audit', 'warn']) {
    labels[`pod-security.kubernetes.io/${mode}`] = 'privileged';
    labels[`pod-security.kubernetes.io/${mode}-version`] = 'latest';
  }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels }, spec: {} };
}

const roleBinding = (namespace: string): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: namespace === 'velero' ? 'velero' : `velero-${namespace}`, labels: { ...LABELS } },
  subjects: [{ kind: 'ServiceAccount', name: 'velero', namespace }],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
});

const serviceAccount = (line: InstallFlags): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { ...meta(line.namespace, 'velero'), annotations: parseMap(line.text('sa-annotations') ?? '') },
});

const backupStorageLocation = (line: InstallFlags): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind: 'BackupStorageLocation',
  metadata: meta(line.namespace, 'default'),
  spec: {
    provider: line.text('provider'),
    objectStorage: { bucket: line.text('bucket'), ...(line.text('prefix') && { prefix: line.text('prefix') }) },
    config: parseMap(line.text('backup-location-config') ?? ''),
    default: true,
  },
});

const volumeSnapshotLocation = (line: InstallFlags): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind: 'VolumeSnapshotLocation',
  metadata: meta(line.namespace, 'default'),
  spec: { provider: line.text('provider'), config: parseMap(line.text('snapshot-location-config') ?? '') },
});

const image = (line: InstallFlags): string => line.text('image') ?? `velero/velero:v${line.version}`;

/** What the server is started with. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/install/deployment.go */
function serverArguments(line: InstallFlags): string[] {
  const args = ['server', `--features=${line.text('features') ?? ''}`];
  for (const flag of [
    ...['default-volumes-to-fs-backup', 'default-snapshot-move-data', 'disable-informer-cache'],
    'schedule-skip-immediately',
  ])
    if (isTrue(line.text(flag))) args.push(`--${flag}=true`);
  args.push(`--uploader-type=${line.text('uploader-type') ?? 'kopia'}`);
  if (isTrue(line.text('restore-only'))) args.push('--restore-only');
  const renamed: Record<string, string> = { 'pod-volume-operation-timeout': 'fs-backup-timeout' };
  for (const flag of [
    ...['default-repo-maintain-frequency', 'garbage-collection-frequency', 'pod-volume-operation-timeout'],
    ...['keep-latest-maintenance-jobs', 'maintenance-job-cpu-limit', 'maintenance-job-cpu-request'],
    ...['maintenance-job-mem-limit', 'maintenance-job-mem-request', 'backup-repository-configmap'],
    ...['repo-maintenance-job-configmap', 'item-block-worker-count', 'concurrent-backups'],
  ]) {
    const value = line.text(flag);
    if (value) args.push(`--${renamed[flag] ?? flag}=${value}`);
  }
  return args;
}

function deployment(line: InstallFlags): KubeObject {
  const plugins = list(line.text('plugins')).map((plugin) => ({
    image: plugin,
    name: plugin.split(':')[0]?.replaceAll(/[/._]/g, '-'),
    volumeMounts: [{ name: 'plugins', mountPath: '/target' }],
  }));
  const container = {
    name: 'velero',
    image: image(line),
    ports: [{ name: 'metrics', containerPort: 8085 }],
    command: ['/velero'],
    args: serverArguments(line),
    volumeMounts: [
      { name: 'plugins', mountPath: '/plugins' },
      { name: 'scratch', mountPath: '/scratch' },
    ],
    env: [
      { name: 'VELERO_SCRATCH_DIR', value: '/scratch' },
      { name: 'VELERO_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'LD_LIBRARY_PATH', value: '/plugins' },
    ],
    resources: resources(line, 'velero-pod', ['500m', '128Mi', '1000m', '512Mi']),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta(line.namespace, 'velero'),
    spec: {
      selector: { matchLabels: { deploy: 'velero' } },
      template: {
        metadata: podMetadata(line, { deploy: 'velero' }),
        spec: {
          restartPolicy: 'Always',
          serviceAccountName: line.text('service-account-name') || 'velero',
          ...(plugins.length > 0 && { initContainers: plugins }),
          containers: [container],
          volumes: [
            { name: 'plugins', emptyDir: {} },
            { name: 'scratch', emptyDir: {} },
          ],
          ...priority(line.text('server-priority-class-name')),
        },
      },
    },
  };
}

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/install/daemonset.go */
function daemonSet(line: InstallFlags): KubeObject {
  const features = line.text('features') ?? '';
  const args = ['node-agent', 'server', `--features=${features}`];
  for (const flag of ['node-agent-configmap', 'backup-repository-configmap'])
    if (line.text(flag)) args.push(`--${flag}=${line.text(flag)}`);
  const root = line.text('kubelet-root-dir') ?? '/var/lib/kubelet';
  const hostPath = !isTrue(line.text('node-agent-disable-host-path'));
  const container = {
    name: 'node-agent',
    image: image(line),
    command: ['/velero'],
    args,
    securityContext: { privileged: isTrue(line.text('privileged-node-agent')) },
    volumeMounts: [
      ...(hostPath ? [{ name: 'host-pods', mountPath: '/host_pods', mountPropagation: 'HostToContainer' }] : []),
      { name: 'scratch', mountPath: '/scratch' },
    ],
    env: [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'VELERO_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'VELERO_SCRATCH_DIR', value: '/scratch' },
    ],
    resources: resources(line, 'node-agent-pod', ['0', '0', '0', '0']),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: meta(line.namespace, 'node-agent'),
    spec: {
      selector: { matchLabels: { name: 'node-agent' } },
      template: {
        metadata: podMetadata(line, { name: 'node-agent', role: 'node-agent' }),
        spec: {
          serviceAccountName: line.text('service-account-name') || 'velero',
          securityContext: { runAsUser: 0 },
          volumes: [
            ...(hostPath ? [{ name: 'host-pods', hostPath: { path: `${root}/pods` } }] : []),
            { name: 'scratch', emptyDir: {} },
          ],
          containers: [container],
          ...priority(line.text('node-agent-priority-class-name')),
        },
      },
    },
  };
}

function podMetadata(line: InstallFlags, labels: Record<string, string>): KubeObject {
  const annotations = {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '8085',
    'prometheus.io/path': '/metrics',
    ...parseMap(line.text('pod-annotations') ?? ''),
  };
  return { labels: { ...LABELS, ...parseMap(line.text('pod-labels') ?? ''), ...labels }, annotations };
}

const priority = (name: string | undefined): KubeObject => (name ? { priorityClassName: name } : {});

/** "0" is unbounded. */
function resources(line: InstallFlags, prefix: string, defaults: [string, string, string, string]): KubeObject {
  const [cpuRequest, memoryRequest, cpuLimit, memoryLimit] = [
    'cpu-request',
    'mem-request',
    'cpu-limit',
    'mem-limit',
  ].map((name, index) => line.text(`${prefix}-${name}`) ?? defaults[index]);
  const bounded = (cpu?: string, memory?: string): KubeObject => ({
    ...(cpu && cpu !== '0' && { cpu }),
    ...(memory && memory !== '0' && { memory }),
  });
  return { requests: bounded(cpuRequest, memoryRequest), limits: bounded(cpuLimit, memoryLimit) };
}
