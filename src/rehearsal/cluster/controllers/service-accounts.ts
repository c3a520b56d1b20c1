import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';

/** Every namespace has a default service account and the cluster's root certificate. https://kubernetes.io/docs/concepts/security/service-accounts/ */
export function controlServiceAccounts(cluster: ControlPlane): void {
  const { store } = cluster;
  const enqueue = cluster.reconcile('namespaces', (namespace) => provide(cluster, namespace));
  for (const resource of ['serviceaccounts', 'configmaps'])
    store.watch(resource, ({ type, object }) => {
      const namespace = type === 'DELETED' && store.get({ resource: 'namespaces', name: object.metadata.namespace });
      if (namespace) enqueue(namespace.metadata.uid);
    });
}

function provide(cluster: ControlPlane, namespace: KubeObject): void {
  const { store } = cluster;
  if (namespace.metadata.deletionTimestamp !== undefined) return;
  const { name } = namespace.metadata;
  if (store.get({ resource: 'serviceaccounts', namespace: name, name: 'default' }) === undefined)
    store.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  const root = { name: 'kube-root-ca.crt', namespace: name };
  if (store.get({ resource: 'configmaps', ...root }) !== undefined) return;
  const data = { 'ca.crt': `-----BEGIN CERTIFICATE-----\n${cluster.host.name}\n-----END CERTIFICATE-----\n` };
  store.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: root, data });
}
