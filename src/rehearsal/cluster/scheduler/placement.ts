import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { conditionIs, controllerOf } from '../pods.ts';
import { quantity } from '../quantity.ts';
import { matchesSelector } from '../selectors.ts';

export type Size = { cpu: number; memoryBytes: number; pods: number };

const HOSTNAME = 'kubernetes.io/hostname';
const NOTHING = {};
const requests = new WeakMap<KubeObject, Size>();

/** What a pod reserves: the sum over its containers, or its largest init container. */
export function requestOf(pod: KubeObject): Size {
  const known = requests.get(pod.spec);
  if (known !== undefined) return known;
  const of = (container: KubeObject, name: string): number => quantity(container.resources?.requests?.[name]);
  const total = (name: string): number => {
    const sum = pod.spec.containers.reduce((all: number, each: KubeObject) => all + of(each, name), 0);
    return Math.max(sum, ...(pod.spec.initContainers ?? []).map((each: KubeObject) => of(each, name)));
  };
  const size = { cpu: total('cpu'), memoryBytes: total('memory'), pods: 1 };
  requests.set(pod.spec, size);
  return size;
}

export const fits = (wanted: Size, free: Size): boolean =>
  wanted.cpu <= free.cpu + 1e-9 && wanted.memoryBytes <= free.memoryBytes && wanted.pods <= free.pods;

const sizes = new WeakMap<KubeObject, Size>();

export function allocatable(node: KubeObject): Readonly<Size> {
  const given = node.status?.allocatable ?? NOTHING;
  let size = sizes.get(given);
  if (size === undefined) {
    size = { cpu: quantity(given.cpu), memoryBytes: quantity(given.memory), pods: quantity(given.pods) };
    sizes.set(given, size);
  }
  return size;
}

/**
 * Whether a pod may run on a node with these labels and taints: selector, required node affinity, taints.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export function mayRunOn(
  pod: KubeObject,
  labels: Record<string, string>,
  taints: KubeObject[],
  name?: string,
): boolean {
  for (const key in pod.spec.nodeSelector) if (labels[key] !== pod.spec.nodeSelector[key]) return false;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms && !terms.some((term: KubeObject) => matchesTerm(term, labels, name))) return false;
  return taints.every((taint) => taint.effect === 'PreferNoSchedule' || tolerates(pod, taint));
}

export function tolerates(pod: KubeObject, taint: KubeObject): boolean {
  return (pod.spec.tolerations ?? []).some(
    (each: KubeObject) =>
      (!each.effect || each.effect === taint.effect) &&
      (!each.key ? each.operator === 'Exists' : each.key === taint.key) &&
      (each.operator === 'Exists' || (each.value ?? '') === (taint.value ?? '')),
  );
}

/** A node selector term, of a pod's affinity or a volume's. */
export const matchesTerm = (term: KubeObject, labels: Record<string, string>, name?: string): boolean =>
  matchesSelector({ matchExpressions: term.matchExpressions ?? [] }, labels) &&
  (term.matchFields ?? []).every((field: KubeObject) => field.key === 'metadata.name' && field.values.includes(name));

export const isSchedulable = (node: KubeObject): boolean =>
  node.spec?.unschedulable !== true &&
  node.metadata.deletionTimestamp === undefined &&
  conditionIs(node, 'Ready', 'True');

/** Required anti-affinity, by host or zone: pods that must not be where this one goes. Symmetric rules of others are not looked at. */
export function repels(
  cluster: ControlPlane,
  pod: KubeObject,
  node: KubeObject,
  podsOn: (node: string) => Iterable<KubeObject>,
): boolean {
  const terms = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some((term: KubeObject) => {
    const nodes = term.topologyKey === HOSTNAME ? [node] : sameDomain(cluster, node, term.topologyKey);
    const namespaces: string[] = term.namespaces ?? [pod.metadata.namespace];
    return nodes.some((each) => {
      for (const other of podsOn(each.metadata.name))
        if (
          other.metadata.uid !== pod.metadata.uid &&
          namespaces.includes(other.metadata.namespace) &&
          matchesSelector(term.labelSelector, other.metadata.labels)
        )
          return true;
      return false;
    });
  });
}

const sameDomain = (cluster: ControlPlane, node: KubeObject, key: string): KubeObject[] => {
  const domain = node.metadata.labels?.[key];
  return cluster.store.list('nodes').filter((each) => each.metadata.labels?.[key] === domain);
};

/**
 * Fewest pods of the same controller first, so that replicas spread over nodes and zones; and of those that the pod asks
 * to be spread with over nodes. https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export const siblingsAmong = (pod: KubeObject, others: Iterable<KubeObject>): number => {
  const owner = controllerOf(pod)?.uid;
  const spread = pod.spec.topologySpreadConstraints?.find((each: KubeObject) => each.topologyKey === HOSTNAME);
  const isSibling = (other: KubeObject): boolean =>
    controllerOf(other)?.uid === owner ||
    (spread !== undefined &&
      other.metadata.namespace === pod.metadata.namespace &&
      matchesSelector(spread.labelSelector, other.metadata.labels));
  let count = 0;
  if (owner !== undefined) for (const other of others) if (isSibling(other)) count++;
  return count;
};
