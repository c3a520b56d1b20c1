import type { Resources } from '../resources.ts';

/** A list of what to include and one of what to exclude; `*` and glob patterns in either. */
export class Includes {
  readonly included: string[];
  readonly excluded: string[];

  constructor(included: string[] = [], excluded: string[] = []) {
    this.included = included;
    this.excluded = excluded;
  }

  has(name: string): boolean {
    if (this.excludes(name)) return false;
    return this.included.length === 0 || this.included.some((pattern) => matches(pattern, name));
  }

  excludes(name: string): boolean {
    return this.excluded.some((pattern) => matches(pattern, name));
  }

  get everything(): boolean {
    const all = this.included.length === 0 || (this.included.length === 1 && this.included[0] === '*');
    return all && this.excluded.length === 0;
  }
}

const matches = (pattern: string, name: string): boolean => {
  if (pattern === '*' || pattern === name) return true;
  if (!/[*?[{]/.test(pattern)) return false;
  const source = pattern
    .replace(/[.+^$()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source.replaceAll('{', '(').replaceAll('}', ')').replaceAll(',', '|')}$`).test(name);
};

/**
 * A resource as people write it (`deploy`, `Deployment`, `deployments.apps`) in full, when the cluster knows it;
 * else as it was written. The core group is preferred, as by the REST mapper.
 */
export function resolveResource(resources: Resources, name: string): string {
  if (name === '*' || resources.get(name) !== undefined) return name;
  const [plural = '', ...group] = name.toLowerCase().split('.');
  for (const { key, group: known, plural: itsPlural, kind } of resources.all()) {
    if (group.length > 0 && group.join('.') !== known) continue;
    if (itsPlural === plural || kind.toLowerCase() === plural || SHORT_NAMES[plural] === key) return key;
  }
  return name;
}

const SHORT_NAMES: Record<string, string> = {
  po: 'pods',
  svc: 'services',
  cm: 'configmaps',
  ns: 'namespaces',
  sa: 'serviceaccounts',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  deploy: 'deployments.apps',
  sts: 'statefulsets.apps',
  ds: 'daemonsets.apps',
  rs: 'replicasets.apps',
  cj: 'cronjobs.batch',
  ing: 'ingresses.networking.k8s.io',
  sc: 'storageclasses.storage.k8s.io',
  hpa: 'horizontalpodautoscalers.autoscaling',
  pdb: 'poddisruptionbudgets.policy',
  crd: 'customresourcedefinitions.apiextensions.k8s.io',
  crds: 'customresourcedefinitions.apiextensions.k8s.io',
};

/** What is wrong with a pair of lists. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/util/collections/includes_excludes.go */
export function invalidLists(included: string[] = [], excluded: string[] = []): string[] {
  const problems: string[] = [];
  if (included.length > 1 && included.includes('*'))
    problems.push("includes list must either contain '*' only, or a non-empty list of items");
  if (excluded.includes('*')) problems.push("excludes list cannot contain '*'");
  for (const item of excluded)
    if (included.includes(item)) problems.push(`excludes list cannot contain an item in the includes list: ${item}`);
  return problems;
}
