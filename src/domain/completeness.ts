import type { PointVolume, ResourceList } from './backup-files.ts';

/**
 * Kinds that controllers make anew, or that Velero leaves out by design (completed jobs, finished pods), so that their
 * names prove nothing; what they stand for is proven by health. https://velero.io/docs/v1.18/restore-reference/
 */
const DERIVED = new Set([
  'Pod',
  'ReplicaSet',
  'ControllerRevision',
  'Endpoints',
  'EndpointSlice',
  'Event',
  'Job',
  'Lease',
  'PodMetrics',
  'PersistentVolume',
  'Node',
  'CSINode',
  // https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects
  'IPAddress',
  'VolumeAttachment',
  'PodVolumeBackup',
  'DataUpload',
]);
/** Translated, or restored at the very end. */
const ELSEWHERE = new Set([
  'Ingress',
  'StorageClass',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
]);
/** What every cluster has of its own, and restores leave as it is. */
const CLUSTER_OWN = /^(system:|eks[:-]|aws-node|kube-)/;

export type ExpectedKind = { apiVersion: string; kind: string; namespaced: boolean; names: string[] };

/** The objects that must be live, by kind: the recovery point's own list, cut to what this tier brings back. */
export function expectedObjects(list: ResourceList, namespaces: string[], clusterScoped: boolean): ExpectedKind[] {
  const expected: ExpectedKind[] = [];
  for (const [type, all] of Object.entries(list)) {
    const slash = type.lastIndexOf('/');
    const kind = type.slice(slash + 1);
    if (DERIVED.has(kind) || ELSEWHERE.has(kind)) continue;
    const names = (all ?? []).filter((name) => {
      const [namespace, rest] = name.split('/');
      if (rest === undefined) return clusterScoped && !CLUSTER_OWN.test(name) && kind !== 'Namespace';
      return namespaces.includes(namespace ?? '');
    });
    const namespaced = names.some((name) => name.includes('/'));
    if (names.length > 0) expected.push({ apiVersion: type.slice(0, slash), kind, namespaced, names });
  }
  return expected;
}

/** What Velero's node agent says of one volume it filled. */
export type RestoredVolume = {
  namespace: string;
  pod: string;
  volume: string;
  pvc: string;
  phase: string;
  bytesDone: number;
};

export type Proof = {
  complete: boolean;
  /** Objects that should be there, and are not: `Kind namespace/name`. */
  missingObjects: string[];
  /** Volumes without all their bytes, with the reason. */
  emptyVolumes: string[];
  /** Volumes whose filling has not ended. */
  fillingVolumes: string[];
  objects: number;
  volumes: number;
};

export type ProofFacts = {
  expected: ExpectedKind[];
  /** Names that are live, by `apiVersion/Kind`: `namespace/name` or `name`. */
  live: ReadonlyMap<string, ReadonlySet<string>>;
  /** The recovery point's volumes in this tier. */
  volumes: PointVolume[];
  restored: RestoredVolume[];
};

/**
 * Whether everything of a recovery point is really there. Velero can say Completed, with every pod running, while
 * volumes are empty; so each volume that the point holds must have its own restore, completed, of the size backed up.
 */
export function prove({ expected, live, volumes, restored }: ProofFacts): Proof {
  const missingObjects = expected.flatMap(({ apiVersion, kind, names }) => {
    const there = live.get(`${apiVersion}/${kind}`);
    return names.filter((name) => !there?.has(name)).map((name) => `${kind} ${name}`);
  });
  const emptyVolumes: string[] = [];
  const fillingVolumes: string[] = [];
  // A volume that was empty has no snapshot, and nothing is restored into it.
  const held = volumes.filter((volume) => volume.portable && volume.bytes > 0);
  for (const volume of held) {
    const name = `${volume.namespace}/${volume.name}`;
    const own = restored.filter((one) => one.namespace === volume.namespace && isOf(volume, one));
    const done = own.find((one) => one.phase === 'Completed');
    if (done !== undefined && done.bytesDone >= volume.bytes) continue;
    if (done !== undefined) emptyVolumes.push(`${name}: ${done.bytesDone} of ${volume.bytes} bytes`);
    else if (own.length === 0) emptyVolumes.push(`${name}: nothing was restored into it`);
    else if (own.every((one) => one.phase === 'Failed' || one.phase === 'Canceled'))
      emptyVolumes.push(`${name}: its restore ${own[0]?.phase}`);
    else fillingVolumes.push(name);
  }
  const complete = missingObjects.length + emptyVolumes.length + fillingVolumes.length === 0;
  const objects = expected.reduce((sum, { names }) => sum + names.length, 0);
  return { complete, missingObjects, emptyVolumes, fillingVolumes, objects, volumes: held.length };
}

/** By the claim that it is for; a pod's own volume by its pod. */
const isOf = ({ name }: PointVolume, { pvc, pod, volume }: RestoredVolume): boolean =>
  pvc === '' ? name === `${pod}/${volume}` : name === pvc;
