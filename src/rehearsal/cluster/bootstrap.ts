import { USER_FACING_ROLES } from './api/access-policies.ts';
import { AUTO_MODE_DEFINITIONS } from './auto-mode-definitions.ts';
import type { ControlPlane } from './control-plane.ts';
import type { KubeObject } from './host.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/**
 * What a new EKS cluster has before anything is installed in it. EKS makes no default StorageClass and no
 * IngressClass in Auto Mode: https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html
 */
export function bootstrap(cluster: ControlPlane): void {
  const { api, host } = cluster;
  for (const name of NAMESPACES) api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const object of [...roles(), ...priorityClasses(), kubernetesService()]) api.create(object);
  if (host.autoMode) for (const definition of AUTO_MODE_DEFINITIONS) api.create(definition);
}

function roles(): KubeObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const all = Object.entries(USER_FACING_ROLES).map(([name, rules]) => ({
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
    rules: rules.map(({ groups, resources, verbs }) => ({ apiGroups: groups, resources, verbs })),
  }));
  const binding = {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'cluster-admin', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:masters' }],
  };
  return [...all, binding];
}

const priorityClasses = (): KubeObject[] =>
  [
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ].map(([name, value]) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value }));

const kubernetesService = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: { clusterIP: '10.100.0.1', ports: [{ name: 'https', port: 443, targetPort: 443 }] },
});
