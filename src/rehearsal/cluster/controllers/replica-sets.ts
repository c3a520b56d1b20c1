import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { isActive, isReady } from '../pods.ts';
import { claim, createPod, watchControlled, watchOrphans } from './controlled-pods.ts';

/** https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ */
export function controlReplicaSets(cluster: ControlPlane): void {
  const enqueue = cluster.reconcile('replicasets.apps', (set) => reconcile(cluster, set));
  watchControlled(cluster, 'pods', 'ReplicaSet', enqueue);
  watchOrphans(cluster, 'pods', 'replicasets.apps', enqueue);
}

function reconcile(cluster: ControlPlane, set: KubeObject): void {
  const { store } = cluster;
  if (set.metadata.deletionTimestamp !== undefined) return;
  const pods = claim(cluster, set, 'pods').filter(isActive);
  try {
    for (let missing = set.spec.replicas - pods.length; missing > 0; missing--) {
      const pod = createPod(cluster, set, set.spec.template);
      pods.push(pod);
    }
  } finally {
    for (const { metadata } of surplus(pods, pods.length - set.spec.replicas))
      store.remove({ resource: 'pods', namespace: metadata.namespace, name: metadata.name });
    const ready = pods.filter(isReady).length;
    store.setStatus(set, {
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration: set.metadata.generation,
    });
  }
}

/** Unassigned before assigned, not ready before ready, young before old. */
function surplus(pods: KubeObject[], many: number): KubeObject[] {
  if (many <= 0) return [];
  const rank = (pod: KubeObject): number => (!pod.spec.nodeName ? 0 : isReady(pod) ? 2 : 1);
  const ordered = pods.map((pod, age) => ({ pod, age })).sort((a, b) => rank(a.pod) - rank(b.pod) || b.age - a.age);
  return ordered.slice(0, many).map(({ pod }) => pod);
}
