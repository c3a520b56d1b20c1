import { invalid } from '../api-error.ts';
import type { KubeObject } from '../host.ts';
import { quantity } from '../quantity.ts';
import type { Resource } from '../resources.ts';
import { same } from '../same.ts';

/** Fields by path. */
const IMMUTABLE: Record<string, string[]> = {
  'deployments.apps': ['spec.selector'],
  'replicasets.apps': ['spec.selector'],
  'daemonsets.apps': ['spec.selector'],
  'jobs.batch': ['spec.selector', 'spec.completions', 'spec.template', 'spec.completionMode'],
  'storageclasses.storage.k8s.io': ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  'rolebindings.rbac.authorization.k8s.io': ['roleRef'],
  'clusterrolebindings.rbac.authorization.k8s.io': ['roleRef'],
  'ingressclasses.networking.k8s.io': ['spec.controller'],
  'priorityclasses.scheduling.k8s.io': ['value'],
  secrets: ['type'],
  persistentvolumes: ['spec.csi', 'spec.awsElasticBlockStore', 'spec.hostPath', 'spec.nodeAffinity'],
};

/** What may change in a StatefulSet, as the API server's message lists it. */
const STATEFUL_SET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];
/** Beside the images of its containers. A node is given once. */
const POD_MUTABLE = ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds'];

/** Throws Invalid when an update changes what may not change. https://kubernetes.io/docs/reference/kubernetes-api/ */
export function checkUnchangeable(resource: Resource, next: KubeObject, current: KubeObject): void {
  const refuse = (field: string, message: string): never => {
    const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
    throw invalid(kind, next.metadata.name, [field, message]);
  };
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/#how-finalizers-work
  const known: string[] = current.metadata.finalizers ?? [];
  const added = (next.metadata.finalizers ?? []).filter((finalizer: string) => !known.includes(finalizer));
  if (current.metadata.deletionTimestamp !== undefined && added.length > 0)
    refuse(
      'metadata.finalizers',
      `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each: string) => `"${each}"`).join(', ')}}`,
    );
  for (const path of IMMUTABLE[resource.key] ?? []) {
    const before = at(current, path);
    if (!same(before, at(next, path)) && (before !== undefined || resource.key !== 'persistentvolumes'))
      refuse(
        path,
        resource.key === 'priorityclasses.scheduling.k8s.io'
          ? 'Forbidden: may not be changed in an update.'
          : `Invalid value: ${JSON.stringify(at(next, path))}: field is immutable`,
      );
  }
  CHECKS[resource.key]?.(next, current, refuse);
}

type Refuse = (field: string, message: string) => never;

const CHECKS: Record<string, (next: KubeObject, current: KubeObject, refuse: Refuse) => void> = {
  'statefulsets.apps': (next, current, refuse) => {
    if (same(omit(next.spec, STATEFUL_SET_MUTABLE), omit(current.spec, STATEFUL_SET_MUTABLE))) return;
    const list = STATEFUL_SET_MUTABLE.map((field) => `'${field}'`);
    refuse(
      'spec',
      `Forbidden: updates to statefulset spec for fields other than ${list.slice(0, -1).join(', ')} and ${list.at(-1)} are forbidden`,
    );
  },
  services: (next, current, refuse) => {
    const [before, after] = [current.spec.clusterIP, next.spec.clusterIP];
    if (before && after !== before && next.spec.type !== 'ExternalName')
      refuse('spec.clusterIPs[0]', `Invalid value: [${JSON.stringify(after)}]: may not change once set`);
    const [oldClass, newClass] = [current.spec.loadBalancerClass, next.spec.loadBalancerClass];
    if (oldClass !== newClass && current.spec.type === 'LoadBalancer' && next.spec.type === 'LoadBalancer')
      refuse('spec.loadBalancerClass', `Invalid value: ${JSON.stringify(newClass)}: may not change once set`);
  },
  persistentvolumeclaims: (next, current, refuse) => {
    const bound = current.spec.volumeName !== undefined && current.status?.phase === 'Bound';
    const mutable = ['volumeAttributesClassName', bound ? 'resources' : 'volumeName'];
    const size = (claim: KubeObject) => quantity(claim.spec.resources?.requests?.storage);
    if (!same(omit(next.spec, mutable), omit(current.spec, mutable)))
      refuse(
        'spec',
        'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      );
    if (size(next) < size(current))
      refuse('spec.resources.requests.storage', 'Forbidden: field can not be less than status.capacity');
  },
  configmaps: checkFrozen,
  secrets: checkFrozen,
  pods: (next, current, refuse) => {
    const mutable = current.spec.nodeName ? POD_MUTABLE : [...POD_MUTABLE, 'nodeName'];
    const fixed = (pod: KubeObject): KubeObject => ({
      ...omit(pod.spec, mutable),
      containers: withoutImages(pod.spec.containers),
      initContainers: withoutImages(pod.spec.initContainers),
    });
    if (!same(fixed(next), fixed(current)))
      refuse(
        'spec',
        'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
      );
  },
};

const withoutImages = (containers: KubeObject[] = []): KubeObject[] =>
  containers.map(({ image: _image, ...rest }) => rest);

function checkFrozen(next: KubeObject, current: KubeObject, refuse: Refuse): void {
  if (current.immutable !== true) return;
  if (next.immutable !== true || !same(next.data, current.data))
    refuse('data', 'Forbidden: field is immutable when `immutable` is set');
}

const at = (object: KubeObject, path: string): KubeObject =>
  path.split('.').reduce((found: KubeObject, field) => found?.[field], object);

const omit = (object: KubeObject, fields: string[]): KubeObject =>
  Object.fromEntries(Object.entries(object ?? {}).filter(([field]) => !fields.includes(field)));
