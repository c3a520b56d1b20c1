import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { withCondition } from '../pods.ts';

/** Empties a namespace that is being deleted, and lets it go once nothing is left in it. https://kubernetes.io/docs/tasks/administer-cluster/namespaces/ */
export function controlNamespaces(cluster: ControlPlane): void {
  const { store } = cluster;
  const enqueue = cluster.reconcile('namespaces', (namespace) => {
    if (namespace.metadata.deletionTimestamp !== undefined) empty(cluster, namespace);
  });
  store.watch('*', ({ type, object }) => {
    if (type !== 'DELETED' || object.metadata.namespace === undefined) return;
    const namespace = store.get({ resource: 'namespaces', name: object.metadata.namespace });
    if (namespace?.metadata.deletionTimestamp !== undefined) enqueue(namespace.metadata.uid);
  });
}

function empty(cluster: ControlPlane, namespace: KubeObject): void {
  const { store } = cluster;
  const contents = [...store.inNamespace(namespace.metadata.name)];
  for (const object of contents) if (object.metadata.deletionTimestamp === undefined) store.remove(store.refOf(object));
  const left = [...store.inNamespace(namespace.metadata.name)];
  if (left.length === 0) {
    const { finalizers: _done, ...spec } = namespace.spec;
    store.update({ ...namespace, spec });
    return;
  }
  const held = left.filter((object) => object.metadata.finalizers?.length > 0).length;
  const condition = {
    type: 'NamespaceFinalizersRemaining',
    status: held > 0 ? 'True' : 'False',
    reason: held > 0 ? 'SomeFinalizersRemain' : 'ContentHasNoFinalizers',
    message: held > 0 ? `${held} object(s) have finalizers` : '',
  };
  store.setStatus(namespace, { conditions: withCondition(namespace.status?.conditions, condition, store.timestamp()) });
}
