import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';

/**
 * Keeps the target within its bounds; there is no load to follow. A target at zero is left there:
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
 */
export function controlAutoscalers(cluster: ControlPlane): void {
  const { store } = cluster;
  const resource = 'horizontalpodautoscalers.autoscaling';
  const enqueue = cluster.reconcile(resource, (scaler) => reconcile(cluster, scaler));
  for (const target of ['deployments.apps', 'statefulsets.apps', 'replicasets.apps'])
    store.watch(target, ({ object }) => {
      for (const scaler of store.list(resource, { namespace: object.metadata.namespace })) {
        const { kind, name } = scaler.spec.scaleTargetRef;
        if (kind === object.kind && name === object.metadata.name) enqueue(scaler.metadata.uid);
      }
    });
}

function reconcile(cluster: ControlPlane, scaler: KubeObject): void {
  const { store } = cluster;
  const { scaleTargetRef, minReplicas, maxReplicas } = scaler.spec;
  const target = store.resources.of(scaleTargetRef);
  const { namespace } = scaler.metadata;
  const object = target && store.get({ resource: target.key, namespace, name: scaleTargetRef.name });
  const current: number = object?.spec?.replicas ?? 0;
  if (object === undefined || current === 0)
    return void store.setStatus(scaler, { currentReplicas: current, desiredReplicas: current });
  const replicas = Math.min(maxReplicas, Math.max(minReplicas ?? 1, current));
  if (replicas !== current) store.update({ ...object, spec: { ...object.spec, replicas } });
  store.setStatus(scaler, {
    observedGeneration: scaler.metadata.generation,
    currentReplicas: current,
    desiredReplicas: replicas,
  });
}
