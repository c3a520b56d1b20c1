import { UsageError } from '../flags.ts';

/** Kinds that are restored before all others, and those after them. The rest goes by name. */
export type RestoreOrder = { first: string[]; last: string[] };

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/server/config/config.go (defaultRestorePriorities) */
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

/** `--restore-resource-priorities`: `first,second,-,last`. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/types/priority.go */
export function restoreOrder(flag = ''): RestoreOrder {
  if (flag === '' || flag === '-') return { first: FIRST, last: LAST };
  const [first = '', last, ...more] = `,${flag},`.split(',-,');
  if (more.length > 0)
    throw new UsageError(
      `invalid argument ${JSON.stringify(flag)} for "--restore-resource-priorities" flag: multiple priority separator "-" found`,
    );
  const names = (text: string): string[] => text.split(',').filter((name) => name !== '');
  if (last === undefined) return { first: names(first), last: LAST };
  return {
    first: names(first).length === 0 ? FIRST : names(first),
    last: names(last).length === 0 ? LAST : names(last),
  };
}

export function inRestoreOrder(resources: Iterable<string>, { first, last }: RestoreOrder): string[] {
  const present = new Set(resources);
  const named = new Set([...first, ...last]);
  const others = [...present].filter((resource) => !named.has(resource)).sort();
  return [
    ...first.filter((resource) => present.has(resource)),
    ...others,
    ...last.filter((resource) => present.has(resource)),
  ];
}
