import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { hasEnded, isReady, ownerReference } from '../pods.ts';
import { claim, createPod, watchControlled, watchOrphans } from './controlled-pods.ts';
import { keepRevision } from './controller-revisions.ts';

const REVISION = 'controller-revision-hash';
const INDEX = 'apps.kubernetes.io/pod-index';
const POD_NAME = 'statefulset.kubernetes.io/pod-name';

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ */
export function controlStatefulSets(cluster: ControlPlane): void {
  const enqueue = cluster.reconcile('statefulsets.apps', (set) => reconcile(cluster, set));
  watchControlled(cluster, 'pods', 'StatefulSet', enqueue);
  watchOrphans(cluster, 'pods', 'statefulsets.apps', enqueue);
}

function reconcile(cluster: ControlPlane, set: KubeObject): void {
  if (set.metadata.deletionTimestamp !== undefined) return;
  const revision = keepRevision(cluster, set);
  const pods = byOrdinal(
    set,
    claim(cluster, set, 'pods', (pod) => ordinalOf(set, pod) !== undefined),
  );
  try {
    if (settle(cluster, set, pods, revision)) update(cluster, set, pods, revision);
  } finally {
    writeStatus(cluster, set, revision);
  }
}

/** `web-2` of set `web` is 2. */
function ordinalOf(set: KubeObject, pod: KubeObject): number | undefined {
  const { name } = pod.metadata;
  const prefix = `${set.metadata.name}-`;
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^\d+$/.test(rest) ? Number(rest) : undefined;
}

function byOrdinal(set: KubeObject, pods: KubeObject[]): Map<number, KubeObject> {
  const found = new Map<number, KubeObject>();
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal !== undefined) found.set(ordinal, pod);
  }
  return found;
}

/**
 * Brings the set to its size, one pod after the other unless it says Parallel; true when all of them are ready.
 * A pod that ended is replaced; one that is being deleted is waited for; one that waits gets the claims that it lacks.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/statefulset/stateful_set_control.go (processReplica)
 */
function settle(cluster: ControlPlane, set: KubeObject, pods: Map<number, KubeObject>, revision: string): boolean {
  const { store } = cluster;
  const { replicas, podManagementPolicy, ordinals } = set.spec;
  const parallel = podManagementPolicy === 'Parallel';
  const first = ordinals?.start ?? 0;
  let healthy = true;
  for (let ordinal = first; ordinal < first + replicas; ordinal++) {
    const pod = pods.get(ordinal);
    if (pod === undefined) createReplica(cluster, set, ordinal, revision);
    else if (hasEnded(pod) && pod.metadata.deletionTimestamp === undefined) store.remove(store.refOf(pod));
    else if (isReady(pod)) continue;
    else if (pod.status?.phase === 'Pending') createClaims(cluster, set, pod.metadata.name);
    healthy = false;
    if (!parallel) return false;
  }
  const surplus = [...pods.keys()].filter((each) => each < first || each >= first + replicas).sort((a, b) => b - a);
  for (const ordinal of surplus) {
    const pod = pods.get(ordinal);
    if (pod !== undefined && pod.metadata.deletionTimestamp === undefined) store.remove(store.refOf(pod));
    healthy = false;
    if (!parallel) return false;
  }
  return healthy;
}

/** Replaces the pods of another revision, the last one first, each after the one before is ready. */
function update(cluster: ControlPlane, set: KubeObject, pods: Map<number, KubeObject>, revision: string): void {
  const { updateStrategy } = set.spec;
  if (updateStrategy?.type === 'OnDelete') return;
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const old = [...pods]
    .filter(([ordinal, pod]) => ordinal >= partition && pod.metadata.labels?.[REVISION] !== revision)
    .sort(([a], [b]) => b - a);
  const last = old[0]?.[1];
  if (last !== undefined) cluster.store.remove(cluster.store.refOf(last));
}

function createReplica(cluster: ControlPlane, set: KubeObject, ordinal: number, revision: string): void {
  const { name } = set.metadata;
  const { template, serviceName } = set.spec;
  const podName = `${name}-${ordinal}`;
  const templates: KubeObject[] = set.spec.volumeClaimTemplates ?? [];
  createClaims(cluster, set, podName);
  const claimed = templates.map((each) => ({
    name: each.metadata.name,
    persistentVolumeClaim: { claimName: `${each.metadata.name}-${podName}` },
  }));
  const names = new Set(claimed.map((each) => each.name));
  const volumes = [...(template.spec.volumes ?? []).filter((each: KubeObject) => !names.has(each.name)), ...claimed];
  createPod(cluster, set, template, {
    name: podName,
    labels: { [REVISION]: revision, [POD_NAME]: podName, [INDEX]: String(ordinal) },
    spec: { hostname: podName, ...(serviceName && { subdomain: serviceName }), ...(volumes.length > 0 && { volumes }) },
  });
}

function createClaims(cluster: ControlPlane, set: KubeObject, podName: string): void {
  for (const each of set.spec.volumeClaimTemplates ?? []) createClaim(cluster, set, each, podName);
}

/** A claim that is there already is used as it is: that is how restored volumes come back to their pods. */
function createClaim(cluster: ControlPlane, set: KubeObject, template: KubeObject, podName: string): void {
  const { namespace } = set.metadata;
  const name = `${template.metadata.name}-${podName}`;
  if (cluster.store.get({ resource: 'persistentvolumeclaims', namespace, name }) !== undefined) return;
  const { annotations } = template.metadata;
  const labels = { ...set.spec.selector.matchLabels, ...template.metadata.labels };
  const whenDeleted = set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
  cluster.api.create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace,
      labels,
      ...(annotations && { annotations }),
      ...(whenDeleted && { ownerReferences: [ownerReference(set)] }),
    },
    spec: template.spec,
  });
}

function writeStatus(cluster: ControlPlane, set: KubeObject, revision: string): void {
  const pods = cluster.store.dependents(set.metadata.uid, 'pods').filter((pod) => !hasEnded(pod));
  const ready = pods.filter(isReady).length;
  const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION] === revision).length;
  const done = updated === set.spec.replicas && ready === updated;
  cluster.store.setStatus(set, {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    updatedReplicas: updated,
    currentReplicas: done ? updated : pods.length - updated,
    currentRevision: done ? revision : (set.status?.currentRevision ?? revision),
    updateRevision: revision,
  });
}
