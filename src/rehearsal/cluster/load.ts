import type { Cluster } from './cluster.ts';
import type { KubeObject } from './host.ts';
import { quantity } from './quantity.ts';

/** What the cluster makes by itself, from other objects or for its own use: an exported copy of it is left out. */
const DERIVED = new Set([
  'Node',
  'Event',
  'Lease',
  'EndpointSlice',
  'ControllerRevision',
  'CSINode',
  'VolumeAttachment',
]);
/** Owners whose controllers make their dependents anew. */
const CONTROLLED_KINDS = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Node']);
/** Kinds that others need, in order; the rest follows as given, webhooks last. */
export const FIRST_KINDS = [
  'Namespace',
  'CustomResourceDefinition',
  'StorageClass',
  'PriorityClass',
  'IngressClass',
  'ServiceAccount',
  'ClusterRole',
  'Role',
  'ConfigMap',
  'Secret',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
];
export const WEBHOOK_KINDS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
/** What a volume holds at first, unless told: a part of its size. Our assumption. */
const FILLED = 0.05;
const MOST_BYTES = 2 * 2 ** 30;

export type SeedOptions = {
  /** Bytes that a claim's volume holds; default: 5 % of its size, at most 2 GiB. */
  bytesOf?: (claim: KubeObject) => number;
};

/**
 * Puts a platform's manifests into the cluster as a settled state: pods Running, volumes bound and filled, status
 * written. Built rather than simulated: nothing takes time. Objects may come from `kubectl get -o yaml`.
 */
export function seed(cluster: Cluster, objects: KubeObject[], { bytesOf = defaultBytes }: SeedOptions = {}): void {
  const uids = new Map<string, string>();
  const owned: { created: KubeObject; owners: KubeObject[] }[] = [];
  const put = (object: KubeObject): void => {
    const created = cluster.api.create(fresh(object));
    if (object.metadata.uid) uids.set(object.metadata.uid, created.metadata.uid);
    if (object.metadata.ownerReferences) owned.push({ created, owners: object.metadata.ownerReferences });
    // Nobody simulates what an operator does: a custom resource keeps the status that it came with.
    if (object.status !== undefined && cluster.store.resourceOf(created).custom)
      cluster.store.setStatus(created, object.status);
  };
  const { definitions, others, webhooks } = inOrder(
    cluster,
    objects.filter((object) => !isDerived(object, objects)),
  );
  cluster.build(() => definitions.forEach(put));
  cluster.build(() => {
    others.forEach(put);
    for (const { created, owners } of owned) restoreOwners(cluster, created, owners, uids);
  });
  cluster.build(() => webhooks.forEach(put));
  fillVolumes(cluster, bytesOf);
}

function isDerived(object: KubeObject, objects: KubeObject[]): boolean {
  const { kind, metadata } = object;
  if (DERIVED.has(kind) || (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt')) return true;
  if (kind === 'Endpoints')
    return objects.some(
      (each) =>
        each.kind === 'Service' &&
        each.spec?.selector &&
        each.metadata.name === metadata.name &&
        each.metadata.namespace === metadata.namespace,
    );
  return (
    metadata.ownerReferences?.some((owner: KubeObject) => owner.controller && CONTROLLED_KINDS.has(owner.kind)) === true
  );
}

function inOrder(cluster: Cluster, objects: KubeObject[]): Record<'definitions' | 'others' | 'webhooks', KubeObject[]> {
  const rank = ({ kind }: KubeObject): number => {
    const index = FIRST_KINDS.indexOf(kind);
    return index < 0 ? FIRST_KINDS.length : index;
  };
  const isNew = (object: KubeObject): boolean => {
    const resource = cluster.store.resources.of(object);
    return (
      resource === undefined ||
      cluster.store.get({ resource: resource.key, ...placeOf(resource.namespaced, object) }) === undefined
    );
  };
  const ordered = objects
    .filter(isNew)
    .map((object, index) => ({ object, index, rank: rank(object) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ object }) => object);
  return {
    definitions: ordered.filter((object) => rank(object) < 2),
    others: ordered.filter((object) => rank(object) >= 2 && !WEBHOOK_KINDS.includes(object.kind)),
    webhooks: ordered.filter((object) => WEBHOOK_KINDS.includes(object.kind)),
  };
}

const placeOf = (namespaced: boolean, { metadata }: KubeObject): { namespace?: string; name: string } =>
  namespaced ? { namespace: metadata.namespace ?? 'default', name: metadata.name } : { name: metadata.name };

/** Without what the cluster that it came from gave it. */
function fresh(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object;
  const {
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    deletionTimestamp,
    managedFields,
    selfLink,
    ownerReferences,
    ...metadata
  } = object.metadata;
  const { claimRef, nodeName, ...spec } = object.spec ?? {};
  const copy = { ...rest, metadata };
  if (claimRef !== undefined) {
    const { uid: _uid, resourceVersion: _version, ...ref } = claimRef;
    copy.spec = { ...spec, claimRef: ref };
  } else if (nodeName !== undefined && object.kind === 'Pod') copy.spec = spec;
  return copy;
}

/** Owners that came along, by their new uids; the others are not there. */
function restoreOwners(cluster: Cluster, created: KubeObject, owners: KubeObject[], uids: Map<string, string>): void {
  const known = owners.flatMap((owner) => {
    const uid = uids.get(owner.uid);
    return uid === undefined ? [] : [{ ...owner, uid }];
  });
  const current = cluster.store.byUid(created.metadata.uid);
  if (known.length === 0 || current === undefined) return;
  cluster.store.update({ ...current, metadata: { ...current.metadata, ownerReferences: known } });
}

function fillVolumes(cluster: Cluster, bytesOf: (claim: KubeObject) => number): void {
  for (const claim of cluster.store.list('persistentvolumeclaims')) {
    const name = claim.spec.volumeName;
    if (!name || !cluster.volumes.has(name) || cluster.volumes.base(name).lastWrite !== null) continue;
    const content = { ...cluster.volumes.contentAt(name), lastWrite: cluster.now, bytes: bytesOf(claim) };
    cluster.volumes.fill(name, content);
  }
}

const defaultBytes = (claim: KubeObject): number =>
  Math.min(MOST_BYTES, Math.floor(quantity(claim.spec.resources.requests.storage) * FILLED));
