import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { isActive, isReady } from '../pods.ts';
import { matchesSelector } from '../selectors.ts';

/** Reports, and refuses nothing: nothing here evicts. https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
export function controlDisruptionBudgets(cluster: ControlPlane): void {
  const { store } = cluster;
  const resource = 'poddisruptionbudgets.policy';
  const enqueue = cluster.reconcile(resource, (budget) => reconcile(cluster, budget));
  store.watch('pods', ({ object }) => {
    for (const budget of store.list(resource, { namespace: object.metadata.namespace }))
      if (matchesSelector(budget.spec.selector, object.metadata.labels)) enqueue(budget.metadata.uid);
  });
}

function reconcile(cluster: ControlPlane, budget: KubeObject): void {
  const { namespace, generation } = budget.metadata;
  const pods = cluster.store
    .list('pods', { namespace })
    .filter((pod) => isActive(pod) && matchesSelector(budget.spec.selector, pod.metadata.labels));
  const healthy = pods.filter(isReady).length;
  const { minAvailable, maxUnavailable } = budget.spec;
  const desired =
    maxUnavailable === undefined
      ? share(minAvailable ?? 0, pods.length)
      : pods.length - share(maxUnavailable, pods.length);
  cluster.store.setStatus(budget, {
    observedGeneration: generation,
    expectedPods: pods.length,
    currentHealthy: healthy,
    desiredHealthy: desired,
    disruptionsAllowed: Math.max(0, healthy - desired),
  });
}

const share = (value: number | string, of: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseFloat(value) / 100) * of);
