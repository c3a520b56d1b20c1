/**
 * In which order kinds are restored: these first, then all others by name, then the last ones.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/server/config/config.go (defaultRestorePriorities)
 */
const FIRST = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'namespaces',
  'storageclasses.storage.k8s.io',
  'volumesnapshotclasses.snapshot.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
  'volumesnapshots.snapshot.storage.k8s.io',
  'datauploads.velero.io',
  'persistentvolumes',
  'persistentvolumeclaims',
  'clusterroles.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'serviceaccounts',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'secrets',
  'configmaps',
  'limitranges',
  'priorityclasses.scheduling.k8s.io',
  'pods',
  'replicasets.apps',
  'clusterclasses.cluster.x-k8s.io',
  'endpoints',
  'services',
];

const LAST = [
  'clusterbootstraps.run.tanzu.vmware.com',
  'clusters.cluster.x-k8s.io',
  'clusterresourcesets.addons.cluster.x-k8s.io',
  'apps.kappctrl.k14s.io',
  'packageinstalls.packaging.carvel.dev',
];

export function inRestoreOrder(resources: Iterable<string>): string[] {
  const present = new Set(resources);
  const named = new Set([...FIRST, ...LAST]);
  const others = [...present].filter((resource) => !named.has(resource)).sort();
  return [
    ...FIRST.filter((resource) => present.has(resource)),
    ...others,
    ...LAST.filter((resource) => present.has(resource)),
  ];
}
