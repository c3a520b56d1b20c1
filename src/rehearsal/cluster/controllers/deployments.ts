import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { controllerOf, ownerReference, withCondition } from '../pods.ts';
import { same } from '../same.ts';
import { claim, watchControlled, watchOrphans } from './controlled-pods.ts';
import { templateHash } from './template-hash.ts';

const HASH = 'pod-template-hash';
const REPLICA_SETS = 'replicasets.apps';
/** What moves while a deployment makes progress. */
const COUNTS = ['observedGeneration', 'replicas', 'updatedReplicas', 'availableReplicas'];

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ */
export function controlDeployments(cluster: ControlPlane): void {
  const enqueue = cluster.reconcile('deployments.apps', (deployment) => reconcile(cluster, deployment, enqueue));
  watchControlled(cluster, REPLICA_SETS, 'Deployment', enqueue);
  watchOrphans(cluster, REPLICA_SETS, 'deployments.apps', enqueue);
  // The last old pod's end is what strategy Recreate waits for.
  cluster.store.watch('pods', ({ type, object }) => {
    const set = type === 'DELETED' ? cluster.store.byUid(controllerOf(object)?.uid) : undefined;
    const owner = set && controllerOf(set);
    if (owner?.kind === 'Deployment') enqueue(owner.uid);
  });
}

function reconcile(cluster: ControlPlane, deployment: KubeObject, enqueue: (uid: string) => void): void {
  if (deployment.metadata.deletionTimestamp !== undefined) return;
  const sets = claim(cluster, deployment, REPLICA_SETS);
  const current = sets.find((set) => sameTemplate(set.spec.template, deployment.spec.template));
  if (deployment.spec.paused !== true) {
    const old = sets.filter((set) => set !== current);
    if (current === undefined) createSet(cluster, deployment, old);
    else if (deployment.spec.strategy?.type === 'Recreate') recreate(cluster, deployment, current, old);
    else roll(cluster, deployment, current, old);
    dropHistory(cluster, deployment, old);
  }
  writeStatus(cluster, deployment, current?.metadata.uid, enqueue);
}

function sameTemplate(a: KubeObject, b: KubeObject): boolean {
  return same(withoutHash(a), withoutHash(b));
}

const bare = new WeakMap<KubeObject, KubeObject>();

function withoutHash(template: KubeObject): KubeObject {
  if (template.metadata?.labels?.[HASH] === undefined) return template;
  let found = bare.get(template);
  if (found === undefined) {
    const { [HASH]: _hash, ...labels } = template.metadata.labels;
    found = { ...template, metadata: { ...template.metadata, labels } };
    bare.set(template, found);
  }
  return found;
}

function createSet(cluster: ControlPlane, deployment: KubeObject, old: KubeObject[]): void {
  const { name, namespace } = deployment.metadata;
  const { template, selector, strategy, replicas } = deployment.spec;
  const hash = templateHash(withoutHash(template));
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  const total = old.reduce((sum, set) => sum + set.spec.replicas, 0);
  const recreates = strategy?.type === 'Recreate';
  const room = recreates ? (total > 0 ? 0 : replicas) : replicas + limits(deployment).surge - total;
  cluster.api.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': String(old.length + 1) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: Math.max(0, Math.min(replicas, room)),
      ...(deployment.spec.minReadySeconds && { minReadySeconds: deployment.spec.minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

function scale(cluster: ControlPlane, set: KubeObject, replicas: number): void {
  if (set.spec.replicas !== replicas) cluster.store.update({ ...set, spec: { ...set.spec, replicas } });
}

function recreate(cluster: ControlPlane, deployment: KubeObject, current: KubeObject, old: KubeObject[]): void {
  for (const set of old) scale(cluster, set, 0);
  const gone = old.every((set) => !cluster.store.dependents(set.metadata.uid, 'pods').length);
  if (gone) scale(cluster, current, deployment.spec.replicas);
}

function roll(cluster: ControlPlane, deployment: KubeObject, current: KubeObject, old: KubeObject[]): void {
  const { replicas } = deployment.spec;
  const { surge, unavailable } = limits(deployment);
  const inOld = old.reduce((sum, set) => sum + set.spec.replicas, 0);
  const wanted = Math.min(replicas, Math.max(current.spec.replicas, replicas + surge - inOld));
  scale(cluster, current, wanted);
  if (inOld === 0) return;
  const least = replicas - unavailable;
  const unavailableNew = Math.max(0, wanted - availableOf(current));
  // Counted by what is wanted, since what is reported lags behind.
  let removable = inOld + wanted - least - unavailableNew;
  let spare = availableOf(current) + old.reduce((sum, set) => sum + availableOf(set), 0) - least;
  for (const set of old) {
    // What is not available anyway goes first.
    const broken = Math.min(Math.max(0, set.spec.replicas - availableOf(set)), Math.max(0, removable));
    removable -= broken;
    const healthy = Math.max(0, Math.min(set.spec.replicas - broken, spare, removable));
    removable -= healthy;
    spare -= healthy;
    scale(cluster, set, set.spec.replicas - broken - healthy);
  }
}

const availableOf = (set: KubeObject): number => set.status?.availableReplicas ?? 0;

function limits({ spec }: KubeObject): { surge: number; unavailable: number } {
  const rolling = spec.strategy?.rollingUpdate ?? {};
  const surge = part(rolling.maxSurge ?? '25%', spec.replicas, Math.ceil);
  const unavailable = part(rolling.maxUnavailable ?? '25%', spec.replicas, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

const part = (value: number | string, of: number, round: (value: number) => number): number =>
  typeof value === 'number' ? value : round((Number.parseFloat(value) / 100) * of);

function dropHistory(cluster: ControlPlane, deployment: KubeObject, old: KubeObject[]): void {
  const empty = old.filter((set) => set.spec.replicas === 0 && !set.status?.replicas);
  const surplus = empty.length - (deployment.spec.revisionHistoryLimit ?? 10);
  for (const { metadata } of empty.slice(0, Math.max(0, surplus)))
    cluster.store.remove({ resource: REPLICA_SETS, namespace: metadata.namespace, name: metadata.name });
}

function writeStatus(
  cluster: ControlPlane,
  deployment: KubeObject,
  currentUid: string | undefined,
  enqueue: (uid: string) => void,
): void {
  const { store } = cluster;
  const sets = store.dependents(deployment.metadata.uid, REPLICA_SETS);
  const sum = (field: string): number => sets.reduce((all, set) => all + (set.status?.[field] ?? 0), 0);
  const current = currentUid === undefined ? undefined : store.byUid(currentUid);
  const { replicas } = deployment.spec;
  const updated = current?.status?.replicas ?? 0;
  const available = sum('availableReplicas');
  const enough = available >= replicas - limits(deployment).unavailable;
  const status = {
    observedGeneration: deployment.metadata.generation,
    replicas: sum('replicas'),
    updatedReplicas: updated,
    readyReplicas: sum('readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, replicas - available),
  };
  const now = store.timestamp();
  const whether = enough ? ['True', 'MinimumReplicasAvailable'] : ['False', 'MinimumReplicasUnavailable'];
  let conditions = withCondition(
    deployment.status?.conditions,
    { type: 'Available', status: whether[0], reason: whether[1] },
    now,
  );
  conditions = withCondition(conditions, progress(cluster, deployment, status, enqueue), now);
  store.setStatus(deployment, { ...withoutZeros(status), conditions });
}

/** Counts of zero are left out. https://github.com/kubernetes/api/blob/v0.35.4/apps/v1/types.go (DeploymentStatus, omitempty) */
const withoutZeros = (counts: Record<string, number>): KubeObject =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count || undefined]));

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment */
function progress(
  cluster: ControlPlane,
  deployment: KubeObject,
  next: KubeObject,
  enqueue: (uid: string) => void,
): KubeObject {
  const type = 'Progressing';
  const known = deployment.status?.conditions?.find((each: KubeObject) => each.type === type);
  const { replicas, progressDeadlineSeconds = 600 } = deployment.spec;
  const done = next.updatedReplicas === replicas && next.replicas === replicas && next.availableReplicas >= replicas;
  if (done) return { type, status: 'True', reason: 'NewReplicaSetAvailable' };
  const deadlineMs = progressDeadlineSeconds * 1000;
  const moved =
    deployment.status === undefined || COUNTS.some((field) => (deployment.status[field] ?? 0) !== next[field]);
  if (moved || known?.lastUpdateTime === undefined) {
    cluster.after(deadlineMs, () => enqueue(deployment.metadata.uid));
    return { type, status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: cluster.store.timestamp() };
  }
  if (cluster.now - Date.parse(known.lastUpdateTime) < deadlineMs) return known;
  return { type, status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime: known.lastUpdateTime };
}
