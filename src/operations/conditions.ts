import type { KubeObject } from '../gateways/kubernetes/cluster-api.ts';

/** Whether an object's status says that a condition holds. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions */
export const isTrue = (object: KubeObject | undefined, type: string): boolean =>
  ((object?.status?.conditions ?? []) as { type: string; status: string }[]).some(
    (one) => one.type === type && one.status === 'True',
  );
