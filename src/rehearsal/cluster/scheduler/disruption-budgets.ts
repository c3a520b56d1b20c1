import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { matchesSelector } from '../selectors.ts';

/**
 * The pods whose eviction would break a disruption budget, if all of these went in this order. Preemption spares
 * them where it can, and no more. https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#poddisruptionbudget-is-supported-but-not-guaranteed
 */
export function breaksBudget(cluster: ControlPlane, pods: KubeObject[]): ReadonlySet<string> {
  const breaking = new Set<string>();
  const budgets = cluster.store.list('poddisruptionbudgets.policy');
  if (budgets.length === 0) return breaking;
  const left = new Map<KubeObject, number>(budgets.map((each) => [each, each.status?.disruptionsAllowed ?? 0]));
  for (const { metadata } of pods)
    for (const [budget, allowed] of left) {
      if (budget.metadata.namespace !== metadata.namespace || isEmpty(budget.spec.selector)) continue;
      if (!matchesSelector(budget.spec.selector, metadata.labels)) continue;
      left.set(budget, allowed - 1);
      if (allowed <= 0) breaking.add(metadata.uid);
    }
  return breaking;
}

/** Here, an empty selector selects nothing. */
const isEmpty = (selector: KubeObject): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length === 0 && !selector?.matchExpressions?.length;
