import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { conditionIs } from '../pods.ts';
import { resourceKey } from '../resources.ts';

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** Serves what definitions define, a moment after they are created. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
export function controlCustomResources(cluster: ControlPlane): void {
  const { store } = cluster;
  const coming = new Set<string>();
  const enqueue = cluster.reconcile('customresourcedefinitions.apiextensions.k8s.io', (definition) => {
    const { uid, deletionTimestamp } = definition.metadata;
    if (deletionTimestamp !== undefined) return cleanUp(cluster, definition);
    if (conditionIs(definition, 'Established', 'True')) return serve(cluster, definition);
    if (coming.has(uid)) return;
    coming.add(uid);
    cluster.later('crd.establish', () => {
      coming.delete(uid);
      const current = store.byUid(uid);
      if (current !== undefined && current.metadata.deletionTimestamp === undefined) establish(cluster, current);
    });
  });
  store.watch('*', ({ type, resource }) => {
    if (type !== 'DELETED' || !store.resources.get(resource)?.custom) return;
    for (const definition of store.list('customresourcedefinitions.apiextensions.k8s.io'))
      if (definition.metadata.name === resource && definition.metadata.deletionTimestamp !== undefined)
        enqueue(definition.metadata.uid);
  });
  cluster.onResync(() => coming.clear());
}

function serve(cluster: ControlPlane, { spec }: KubeObject): void {
  const versions: KubeObject[] = spec.versions.filter((version: KubeObject) => version.served);
  // The storage version leads: it is what is written when nobody says otherwise.
  versions.sort((a, b) => Number(b.storage === true) - Number(a.storage === true));
  const key = resourceKey(spec.group, spec.names.plural);
  const known = cluster.store.resources.get(key);
  const subresources = Object.keys(versions[0]?.subresources ?? {});
  const schema = versions[0]?.schema?.openAPIV3Schema;
  if (known !== undefined && known.schema === schema && known.versions.length === versions.length) return;
  cluster.store.resources.add({
    key,
    group: spec.group,
    versions: versions.map((version) => version.name),
    plural: spec.names.plural,
    kind: spec.names.kind,
    namespaced: spec.scope === 'Namespaced',
    subresources,
    ...(schema && { schema }),
    custom: true,
  });
}

function establish(cluster: ControlPlane, definition: KubeObject): void {
  const { store } = cluster;
  serve(cluster, definition);
  const lastTransitionTime = store.timestamp();
  const finalizers = [...new Set([...(definition.metadata.finalizers ?? []), CLEANUP])];
  store.update({
    ...definition,
    metadata: { ...definition.metadata, finalizers },
    status: {
      acceptedNames: definition.spec.names,
      storedVersions: definition.spec.versions
        .filter((each: KubeObject) => each.storage)
        .map((each: KubeObject) => each.name),
      conditions: [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', lastTransitionTime },
        { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', lastTransitionTime },
      ],
    },
  });
}

/** All of its objects go first, then the definition. */
function cleanUp(cluster: ControlPlane, definition: KubeObject): void {
  const { store } = cluster;
  const key = resourceKey(definition.spec.group, definition.spec.names.plural);
  for (const object of store.list(key))
    if (object.metadata.deletionTimestamp === undefined) store.remove(store.refOf(object));
  if (store.list(key).length > 0) return;
  store.resources.drop(key);
  const finalizers = (definition.metadata.finalizers ?? []).filter((each: string) => each !== CLEANUP);
  store.update({ ...definition, metadata: { ...definition.metadata, finalizers } });
}
