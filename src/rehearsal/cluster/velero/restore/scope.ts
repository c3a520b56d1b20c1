import type { KubeObject } from '../../host.ts';
import type { Resources } from '../../resources.ts';
import { matchesSelector } from '../../selectors.ts';
import type { ArchivedItem } from '../backup/archive.ts';
import { Includes, resolveResource } from '../includes.ts';

/** Never restored. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/controller/restore_controller.go (nonRestorableResources) */
export const NOT_RESTORABLE = [
  ...['nodes', 'events', 'events.events.k8s.io', 'backups.velero.io', 'restores.velero.io'],
  ...['resticrepositories.velero.io', 'csinodes.storage.k8s.io', 'volumeattachments.storage.k8s.io'],
  'backuprepositories.velero.io',
];

/** Restored whatever the filters say: data movement needs them. */
const MUST_HAVE = ['datauploads.velero.io', 'volumesnapshotcontents.snapshot.storage.k8s.io'];

/** What of a backup a restore takes. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/restore.go */
export class RestoreScope {
  readonly namespaces: Includes;
  readonly #resources: Includes;
  readonly #spec: KubeObject;
  readonly #known: Resources;

  constructor(spec: KubeObject, resources: Resources) {
    this.#spec = spec;
    this.#known = resources;
    this.namespaces = new Includes(spec.includedNamespaces, spec.excludedNamespaces);
    const resolved = (list: string[] = []): string[] => list.map((name) => resolveResource(resources, name));
    this.#resources = new Includes(
      resolved(spec.includedResources),
      resolved([...(spec.excludedResources ?? []), ...NOT_RESTORABLE]),
    );
  }

  includesResource(resource: string): boolean {
    return this.#resources.has(resource) || MUST_HAVE.includes(resource);
  }

  includesStatus(resource: string, { includedResources, excludedResources }: KubeObject): boolean {
    const resolved = (list: string[] = []): string[] => list.map((name) => resolveResource(this.#known, name));
    return new Includes(resolved(includedResources), resolved(excludedResources)).has(resource);
  }

  includesNamespace(resource: string, namespace: string): boolean {
    return this.namespaces.has(namespace) || MUST_HAVE.includes(resource);
  }

  /** Whether an object outside namespaces may be restored at all, be it because another one brings it along. */
  get clusterScoped(): boolean {
    return this.#spec.includeClusterResources !== false;
  }

  /**
   * What is restored by itself. Objects outside namespaces are, when they are asked for, or when nothing is said of
   * them and of namespaces: an excluded namespace suffices to leave them all out.
   */
  selects({ resource, namespace, object }: ArchivedItem): boolean {
    if (!this.includesResource(resource)) return false;
    if (namespace !== '' && !this.includesNamespace(resource, namespace)) return false;
    if (namespace === '' && !this.clusterScoped) return false;
    if (namespace === '' && this.#spec.includeClusterResources !== true && !this.namespaces.everything) return false;
    return MUST_HAVE.includes(resource) || this.#selectsLabels(object.metadata.labels);
  }

  #selectsLabels(labels: Record<string, string> | undefined): boolean {
    const { labelSelector, orLabelSelectors } = this.#spec;
    if (labelSelector !== undefined && !matchesSelector(labelSelector, labels)) return false;
    if (!orLabelSelectors?.length) return true;
    return orLabelSelectors.some((selector: KubeObject) => matchesSelector(selector, labels));
  }
}
