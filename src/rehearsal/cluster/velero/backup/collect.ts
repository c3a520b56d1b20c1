import type { KubeObject } from '../../host.ts';
import type { Resource } from '../../resources.ts';
import { matchesSelector } from '../../selectors.ts';
import type { Store } from '../../store.ts';
import type { Log } from '../log.ts';
import { type ArchivedItem, itemOf } from './archive.ts';
import type { ResourceFilter } from './resource-filter.ts';

const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';
const BINDINGS = 'clusterrolebindings.rbac.authorization.k8s.io';
const EXCLUDE = 'velero.io/exclude-from-backup';
/** Of the core group, these come first. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/backup/item_collector.go */
const FIRST = ['pods', 'persistentvolumeclaims', 'persistentvolumes'];

/** Everything that a backup takes, as it is now: what the filters name, and what belongs to that. */
export function collect(store: Store, spec: KubeObject, filter: ResourceFilter, log: Log): ArchivedItem[] {
  const collector = new Collector(store, filter, log);
  for (const resource of ordered([...store.resources.all()])) {
    if (!filter.includes(resource)) continue;
    if (resource.key === 'namespaces') collector.takeNamespaces(spec);
    else for (const object of store.list(resource.key)) if (selected(object, spec)) collector.take(resource, object);
  }
  collector.takeDefinitions();
  return collector.items;
}

/** Label selectors decide on what is listed, not on what comes along. */
function selected(object: KubeObject, spec: KubeObject): boolean {
  const { labels } = object.metadata;
  if (spec.labelSelector !== undefined) return matchesSelector(spec.labelSelector, labels);
  if (spec.orLabelSelectors === undefined) return true;
  return spec.orLabelSelectors.some((selector: KubeObject) => matchesSelector(selector, labels));
}

function ordered(resources: Resource[]): Resource[] {
  const rank = ({ key, group }: Resource): number => {
    const first = FIRST.indexOf(key);
    return first >= 0 ? first : group === '' ? FIRST.length : FIRST.length + 1;
  };
  return resources.sort((a, b) => rank(a) - rank(b));
}

class Collector {
  readonly items: ArchivedItem[] = [];
  readonly #taken = new Set<string>();
  readonly #namespaces = new Set<string>();
  readonly #kinds = new Map<string, Resource>();
  readonly #store: Store;
  readonly #filter: ResourceFilter;
  readonly #log: Log;

  constructor(store: Store, filter: ResourceFilter, log: Log) {
    this.#store = store;
    this.#filter = filter;
    this.#log = log;
  }

  /** Takes an object and, before it, what it needs. */
  take(resource: Resource, object: KubeObject): void {
    const { namespace = '', name } = object.metadata;
    if (!this.#admits(resource, object)) return;
    const key = `${resource.key}/${namespace}/${name}`;
    if (this.#taken.has(key)) return;
    this.#taken.add(key);
    for (const [related, relatedNamespace, relatedName] of this.#related(resource, object))
      this.#takeNamed(related, relatedNamespace, relatedName);
    if (namespace !== '') this.#namespaces.add(namespace);
    if (resource.custom) this.#kinds.set(resource.key, resource);
    this.items.push(itemOf(resource.key, object));
  }

  /** Namespaces that are included; where labels select, those selected or with something selected in them. */
  takeNamespaces(spec: KubeObject): void {
    for (const name of this.#filter.namespaces.included)
      if (name !== '*' && !/[*?[{]/.test(name) && this.#store.get({ resource: 'namespaces', name }) === undefined)
        this.#log.error(`fail to get the namespace ${name} specified in backup.Spec.IncludedNamespaces`);
    const resource = this.#store.resources.get('namespaces');
    if (resource === undefined) return;
    for (const namespace of this.#store.list('namespaces')) {
      const { name } = namespace.metadata;
      if (!this.#filter.namespaces.has(name)) continue;
      if (selected(namespace, spec) || this.#namespaces.has(name)) this.take(resource, namespace);
    }
  }

  /** The definition of every custom kind of which something was taken. */
  takeDefinitions(): void {
    const resource = this.#store.resources.get(CRDS);
    if (resource === undefined || this.#filter.excludes(resource)) return;
    for (const key of this.#kinds.keys()) this.#takeNamed(CRDS, '', key);
  }

  #takeNamed(key: string, namespace: string, name: string): void {
    const resource = this.#store.resources.get(key);
    const object = this.#store.get({ resource: key, ...(namespace !== '' && { namespace }), name });
    if (resource !== undefined && object !== undefined) this.take(resource, object);
  }

  #admits(resource: Resource, object: KubeObject): boolean {
    const { namespace = '', labels, deletionTimestamp } = object.metadata;
    if (labels?.[EXCLUDE] === 'true' || deletionTimestamp !== undefined) return false;
    if (namespace !== '') return this.#filter.namespaces.has(namespace) && this.#filter.includes(resource);
    return resource.key === 'namespaces' || !this.#filter.excludes(resource);
  }

  #related({ key }: Resource, { metadata, spec }: KubeObject): [resource: string, namespace: string, name: string][] {
    if (key === 'pods') {
      const claims = (spec.volumes ?? []).flatMap(
        ({ persistentVolumeClaim }: KubeObject) => persistentVolumeClaim?.claimName ?? [],
      );
      const needed: [string, string, string][] = claims.map((claim: string) => [
        'persistentvolumeclaims',
        metadata.namespace,
        claim,
      ]);
      if (spec.priorityClassName) needed.push(['priorityclasses.scheduling.k8s.io', '', spec.priorityClassName]);
      return needed;
    }
    if (key === 'persistentvolumeclaims') return spec.volumeName ? [['persistentvolumes', '', spec.volumeName]] : [];
    if (key === 'serviceaccounts') return this.#grantedTo(metadata);
    return [];
  }

  /** The bindings outside namespaces that name a service account, and their roles. */
  #grantedTo({ namespace, name }: KubeObject): [resource: string, namespace: string, name: string][] {
    return this.#store.list(BINDINGS).flatMap((binding): [string, string, string][] => {
      const names = (binding.subjects ?? []).some(
        (subject: KubeObject) =>
          subject.kind === 'ServiceAccount' && subject.namespace === namespace && subject.name === name,
      );
      if (!names) return [];
      return [
        [BINDINGS, '', binding.metadata.name],
        ['clusterroles.rbac.authorization.k8s.io', '', binding.roleRef?.name ?? ''],
      ];
    });
  }
}
