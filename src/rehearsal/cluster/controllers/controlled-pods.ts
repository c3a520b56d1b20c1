import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { controllerOf, ownerReference } from '../pods.ts';
import { matchesSelector } from '../selectors.ts';

/**
 * The objects of a resource that a controller's object owns, after it adopted the orphans that its selector
 * matches: so a restored ReplicaSet takes its restored pods, which came back without owner references.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#non-template-pod-acquisitions
 */
export function claim(
  cluster: ControlPlane,
  owner: KubeObject,
  resource: string,
  adoptable: (object: KubeObject) => boolean = () => true,
): KubeObject[] {
  const { store } = cluster;
  const owned = store.dependents(owner.metadata.uid, resource);
  if (owner.metadata.deletionTimestamp !== undefined) return owned;
  for (const object of store.list(resource, { namespace: owner.metadata.namespace })) {
    const { metadata } = object;
    if (metadata.deletionTimestamp !== undefined || controllerOf(object) !== undefined) continue;
    if (!matchesSelector(owner.spec.selector, metadata.labels) || !adoptable(object)) continue;
    const ownerReferences = [...(metadata.ownerReferences ?? []), ownerReference(owner)];
    owned.push(store.update({ ...object, metadata: { ...metadata, ownerReferences } }));
  }
  return owned;
}

export type PodOptions = {
  name?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  spec?: KubeObject;
};

/** Creates a pod of a template, through the API: an admission webhook that is down stops controllers too. */
export function createPod(
  cluster: ControlPlane,
  owner: KubeObject,
  template: KubeObject,
  options: PodOptions = {},
): KubeObject {
  const { name, namespace } = owner.metadata;
  const { labels, annotations } = template.metadata ?? {};
  const metadata: KubeObject = {
    ...(options.name === undefined ? { generateName: `${name}-` } : { name: options.name }),
    namespace,
    labels: { ...labels, ...options.labels },
    ownerReferences: [ownerReference(owner)],
  };
  if (annotations || options.annotations) metadata.annotations = { ...annotations, ...options.annotations };
  return cluster.api.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...template.spec, ...options.spec } });
}

/** Has the owner looked at again when something that it controls changes. */
export function watchControlled(
  cluster: ControlPlane,
  resource: string,
  kind: string,
  enqueue: (uid: string) => void,
): void {
  cluster.store.watch(resource, ({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === kind) enqueue(owner.uid);
  });
}

/** Has every object of a resource looked at again that might adopt a new orphan. */
export function watchOrphans(
  cluster: ControlPlane,
  resource: string,
  adopters: string,
  enqueue: (uid: string) => void,
): void {
  cluster.store.watch(resource, ({ type, object }) => {
    if (type === 'DELETED' || controllerOf(object) !== undefined) return;
    for (const adopter of cluster.store.list(adopters, { namespace: object.metadata.namespace }))
      if (matchesSelector(adopter.spec.selector, object.metadata.labels)) enqueue(adopter.metadata.uid);
  });
}
