import type { KubeObject } from '../../host.ts';
import type { Resource, Resources } from '../../resources.ts';
import { Includes, resolveResource } from '../includes.ts';

/** Which kinds of objects, of which namespaces, a backup takes. */
export type ResourceFilter = {
  namespaces: Includes;
  /** Whether objects of the kind are listed. */
  includes(resource: Resource): boolean;
  /** Whether the kind is kept out even where another object brings it along. */
  excludes(resource: Resource): boolean;
};

/** CSI's snapshots are Velero's own business: always excluded, and written into the backup's spec. */
const SNAPSHOTS = 'volumesnapshots.snapshot.storage.k8s.io';
const SNAPSHOT_CONTENTS = 'volumesnapshotcontents.snapshot.storage.k8s.io';

const usesOldFilters = (spec: KubeObject): boolean =>
  spec.includeClusterResources !== undefined ||
  spec.includedResources?.length > 0 ||
  spec.excludedResources?.length > 0;

/** The spec with what the server fills into its filters. */
export function completeFilters(spec: KubeObject): KubeObject {
  const adding = (list: string[] = [], ...more: string[]): string[] => [...new Set([...list, ...more])];
  const includedNamespaces = spec.includedNamespaces?.length > 0 ? spec.includedNamespaces : ['*'];
  if (usesOldFilters(spec))
    return {
      ...spec,
      includedNamespaces,
      excludedResources: adding(spec.excludedResources, SNAPSHOTS, SNAPSHOT_CONTENTS),
    };
  return {
    ...spec,
    includedNamespaces,
    excludedClusterScopedResources: adding(spec.excludedClusterScopedResources, SNAPSHOT_CONTENTS),
    excludedNamespaceScopedResources: adding(spec.excludedNamespaceScopedResources, SNAPSHOTS),
  };
}

/** The old and the new filters exclude each other. */
export function mixedFilters(spec: KubeObject): boolean {
  const scoped = [
    ...['includedClusterScopedResources', 'excludedClusterScopedResources'],
    ...['includedNamespaceScopedResources', 'excludedNamespaceScopedResources'],
  ];
  return usesOldFilters(spec) && scoped.some((member) => spec[member]?.length > 0);
}

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/util/collections/includes_excludes.go */
export function resourceFilter(spec: KubeObject, resources: Resources): ResourceFilter {
  const namespaces = new Includes(spec.includedNamespaces, spec.excludedNamespaces);
  const resolved = (list: string[] = []): string[] => list.map((name) => resolveResource(resources, name));
  if (usesOldFilters(spec)) {
    const kinds = new Includes(resolved(spec.includedResources), resolved(spec.excludedResources));
    return globalFilter(kinds, spec.includeClusterResources, namespaces);
  }
  const inNamespaces = new Includes(
    resolved(spec.includedNamespaceScopedResources),
    resolved(spec.excludedNamespaceScopedResources),
  );
  const inCluster = new Includes(
    resolved(spec.includedClusterScopedResources),
    resolved(spec.excludedClusterScopedResources),
  );
  return scopedFilter(inNamespaces, inCluster, namespaces);
}

function globalFilter(kinds: Includes, cluster: boolean | undefined, namespaces: Includes): ResourceFilter {
  return {
    namespaces,
    includes({ key, namespaced }) {
      if (!namespaced && cluster === false) return false;
      // Of some namespaces only, what lies outside namespaces comes along where it is related.
      if (!namespaced && key !== 'namespaces' && cluster === undefined && !namespaces.everything) return false;
      return kinds.has(key);
    },
    excludes({ key, namespaced }) {
      if (kinds.excludes(key)) return true;
      return !namespaced && (cluster === false || (cluster === undefined && !kinds.has(key)));
    },
  };
}

/**
 * Objects outside namespaces are listed only where they are named: "everything" would need empty lists of
 * exclusions, and the server itself fills those. A backup without any filter has none but related ones.
 */
function scopedFilter(inNamespaces: Includes, inCluster: Includes, namespaces: Includes): ResourceFilter {
  return {
    namespaces,
    includes({ key, namespaced }) {
      if (namespaced) return !inNamespaces.excluded.includes('*') && inNamespaces.has(key);
      if (inCluster.excluded.includes('*') || inCluster.excludes(key)) return false;
      const unfiltered = inCluster.included.length === 0 && inCluster.excluded.length === 0;
      if (unfiltered && namespaces.everything && inNamespaces.everything) return true;
      return key === 'namespaces' || (inCluster.included.length > 0 && inCluster.has(key));
    },
    excludes: ({ key, namespaced }) => (namespaced ? inNamespaces.excludes(key) : inCluster.excludes(key)),
  };
}
