import { inside, listOf, type ManifestObject } from './manifest-object.ts';

/** How much is backed up, and restored, of one namespace. */
export type NamespaceSize = {
  objects: number;
  /** Config maps, secrets and services among them: what a backup of configuration holds. */
  configuration: number;
  volumes: number;
};

export type Sizes = {
  /** Objects that belong to no namespace. */
  clusterObjects: number;
  of(namespace: string): NamespaceSize;
};

/** What a plan does not say is taken to be about as in the example. */
export const ASSUMED: NamespaceSize = { objects: 50, configuration: 20, volumes: 2 };
const ASSUMED_CLUSTER_OBJECTS = 75;

/** What a volume holds; what of it is new in each backup, since kopia takes what changed. Our assumptions. */
export const VOLUME_MEGABYTES = 500;
export const CHANGED_SHARE = 0.1;

export const assumedSizes: Sizes = { clusterObjects: ASSUMED_CLUSTER_OBJECTS, of: () => ASSUMED };

/** Sizes counted in manifests; a namespace that they do not have is taken to be as assumed. */
export function countedSizes(objects: readonly ManifestObject[]): Sizes & { has(namespace: string): boolean } {
  const sizes = new Map<string, NamespaceSize>();
  let clusterObjects = 0;
  for (const object of objects) {
    const { namespace } = object.metadata;
    if (namespace === undefined) {
      clusterObjects++;
      continue;
    }
    const size = sizes.get(namespace) ?? { objects: 0, configuration: 0, volumes: 0 };
    sizes.set(namespace, size);
    const volumes = volumesOf(object);
    size.volumes += volumes;
    size.objects += 1 + madeFor(object) + volumes;
    if (['ConfigMap', 'Secret', 'Service'].includes(object.kind)) size.configuration++;
  }
  return { clusterObjects, of: (namespace) => sizes.get(namespace) ?? ASSUMED, has: (name) => sizes.has(name) };
}

function volumesOf(object: ManifestObject): number {
  if (object.kind === 'PersistentVolumeClaim') return 1;
  if (object.kind !== 'StatefulSet') return 0;
  return listOf(inside(object, 'spec', 'volumeClaimTemplates')).length * replicasOf(object);
}

/** Objects that Kubernetes' controllers make for one, and that a backup holds too. */
function madeFor(object: ManifestObject): number {
  switch (object.kind) {
    case 'Deployment':
      return 1 + replicasOf(object);
    case 'StatefulSet':
      return 1 + replicasOf(object);
    case 'DaemonSet':
      return 1 + NODES_ASSUMED;
    case 'Service':
      return 2;
    default:
      return 0;
  }
}

/** A node in each of three zones. */
const NODES_ASSUMED = 3;

function replicasOf(object: ManifestObject): number {
  const replicas = inside(object, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

/** All that is in these namespaces together. */
export function totalOf(sizes: Sizes, namespaces: readonly string[]): NamespaceSize {
  const total = { objects: 0, configuration: 0, volumes: 0 };
  for (const namespace of namespaces) {
    const { objects, configuration, volumes } = sizes.of(namespace);
    total.objects += objects;
    total.configuration += configuration;
    total.volumes += volumes;
  }
  return total;
}
