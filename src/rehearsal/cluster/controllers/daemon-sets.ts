import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { hasEnded, isActive, isReady } from '../pods.ts';
import { isSchedulable, mayRunOn, tolerates } from '../scheduler/placement.ts';
import { claim, createPod, watchControlled, watchOrphans } from './controlled-pods.ts';
import { keepRevision } from './controller-revisions.ts';

const REVISION = 'controller-revision-hash';

/** https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations */
const TOLERATIONS = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
}));

/** https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/ */
export function controlDaemonSets(cluster: ControlPlane): void {
  const enqueue = cluster.reconcile('daemonsets.apps', (set) => reconcile(cluster, set));
  watchControlled(cluster, 'pods', 'DaemonSet', enqueue);
  watchOrphans(cluster, 'pods', 'daemonsets.apps', enqueue);
  cluster.store.watch('nodes', () => {
    for (const set of cluster.store.list('daemonsets.apps')) enqueue(set.metadata.uid);
  });
}

function reconcile(cluster: ControlPlane, set: KubeObject): void {
  const { store } = cluster;
  if (set.metadata.deletionTimestamp !== undefined) return;
  const revision = keepRevision(cluster, set);
  const pods = claim(cluster, set, 'pods');
  const nodes = store.list('nodes').filter((node) => wants(set, node));
  const names = new Set(nodes.map((node) => node.metadata.name));
  try {
    for (const pod of pods)
      if (pod.metadata.deletionTimestamp === undefined && (hasEnded(pod) || !names.has(nodeOf(pod))))
        store.remove(store.refOf(pod));
    for (const name of names) if (!pods.some((pod) => nodeOf(pod) === name)) createOn(cluster, set, name, revision);
    replaceOne(cluster, set, pods, revision);
  } finally {
    writeStatus(cluster, set, nodes.length, revision);
  }
}

/** The node that the pod is on, or is meant for. */
const nodeOf = (pod: KubeObject): string =>
  pod.spec.nodeName ??
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]
    ?.matchFields?.[0]?.values?.[0];

function wants(set: KubeObject, node: KubeObject): boolean {
  const pod = { spec: { ...set.spec.template.spec, tolerations: tolerations(set) } };
  if (
    !isSchedulable(node) &&
    !node.spec?.taints?.some((taint: KubeObject) => tolerates(pod, taint)) &&
    !node.spec?.unschedulable
  )
    return false;
  return mayRunOn(pod, node.metadata.labels ?? {}, node.spec?.taints ?? [], node.metadata.name);
}

const tolerations = (set: KubeObject): KubeObject[] => [...(set.spec.template.spec.tolerations ?? []), ...TOLERATIONS];

function createOn(cluster: ControlPlane, set: KubeObject, node: string, revision: string): void {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
  createPod(cluster, set, set.spec.template, {
    labels: { [REVISION]: revision },
    spec: { affinity, tolerations: tolerations(set) },
  });
}

/** A rolling update takes one pod at a time, once all are ready. */
function replaceOne(cluster: ControlPlane, set: KubeObject, pods: KubeObject[], revision: string): void {
  if (set.spec.updateStrategy?.type === 'OnDelete') return;
  const old = pods.find((pod) => isActive(pod) && pod.metadata.labels?.[REVISION] !== revision);
  if (old !== undefined && pods.every((pod) => pod === old || isReady(pod)))
    cluster.store.remove(cluster.store.refOf(old));
}

function writeStatus(cluster: ControlPlane, set: KubeObject, desired: number, revision: string): void {
  const pods = cluster.store.dependents(set.metadata.uid, 'pods').filter(isActive);
  const ready = pods.filter(isReady).length;
  cluster.store.setStatus(set, {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: desired,
    currentNumberScheduled: pods.length,
    updatedNumberScheduled: pods.filter((pod) => pod.metadata.labels?.[REVISION] === revision).length,
    numberReady: ready,
    numberAvailable: ready,
    numberUnavailable: Math.max(0, desired - ready),
    numberMisscheduled: 0,
  });
}
