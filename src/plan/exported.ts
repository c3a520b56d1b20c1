import { groupOf, identityOf, inside, listOf, type ManifestObject, textOf } from './manifest-object.ts';

/** Kinds without a namespace, by group. `kubectl api-resources --namespaced=false` */
const CLUSTER_KINDS: Record<string, string[]> = {
  '': ['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'],
  'admissionregistration.k8s.io': [
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['IngressClass'],
  'node.k8s.io': ['RuntimeClass'],
  policy: ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['StorageClass', 'VolumeAttachment', 'CSIDriver', 'CSINode'],
};

/** Kinds that a cluster makes for itself, whoever runs in it. */
const CLUSTER_MADE = [
  'Node',
  'Event',
  'Lease',
  'Endpoints',
  'EndpointSlice',
  'ControllerRevision',
  'ComponentStatus',
  'CSINode',
  'VolumeAttachment',
  'FlowSchema',
  'PriorityLevelConfiguration',
];

/** Kinds that one of Kubernetes' own controllers makes out of another object. */
const CONTROLLED = ['Pod', 'ReplicaSet', 'Job'];

const SERVER_SET = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
  // They bind to uids, which are new in every cluster.
  'ownerReferences',
];

const CONTROLLER_SET_ANNOTATION = /^(deployment\.kubernetes\.io\/revision|(pv|volume|volume\.beta)\.kubernetes\.io\/)/;

/** Whether the kind has no namespace: by Kubernetes' own kinds, by the definitions among `objects`, or by its peers. */
export function clusterScoped(objects: readonly ManifestObject[]): (object: ManifestObject) => boolean {
  const defined = new Map<string, boolean>();
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue;
    const key = `${inside(object, 'spec', 'group')}/${inside(object, 'spec', 'names', 'kind')}`;
    defined.set(key, inside(object, 'spec', 'scope') === 'Cluster');
  }
  const seenInNamespace = new Set(objects.filter((object) => object.metadata.namespace).map(kindKey));
  return (object) => {
    const known = defined.get(kindKey(object));
    if (known !== undefined) return known;
    if (CLUSTER_KINDS[groupOf(object)]?.includes(object.kind)) return true;
    return !isBuiltIn(object) && !seenInNamespace.has(kindKey(object));
  };
}

/** Whether the cluster, or a controller in it, makes this object anew by itself. */
export function madeByCluster(objects: readonly ManifestObject[]): (object: ManifestObject) => boolean {
  const identities = new Set(objects.map(identityOf));
  return (object) =>
    CLUSTER_MADE.includes(object.kind) ||
    (CONTROLLED.includes(object.kind) && ownerIdentities(object).some((owner) => identities.has(owner))) ||
    (object.kind === 'PersistentVolume' && annotation(object, 'pv.kubernetes.io/provisioned-by') !== undefined) ||
    (object.kind === 'ConfigMap' && object.metadata.name === 'kube-root-ca.crt') ||
    (object.kind === 'Service' && object.metadata.namespace === 'default' && object.metadata.name === 'kubernetes') ||
    (object.kind === 'ServiceAccount' && object.metadata.name === 'default' && !object.imagePullSecrets);
}

/** The object without what belongs to the cluster that it was exported from. Its status stays. */
export function withoutServerFields(object: ManifestObject): ManifestObject {
  const metadata = { ...object.metadata };
  for (const field of SERVER_SET) delete metadata[field];
  if (metadata.annotations) {
    const kept = Object.entries(metadata.annotations).filter(([key]) => !CONTROLLER_SET_ANNOTATION.test(key));
    metadata.annotations = Object.fromEntries(kept);
    if (kept.length === 0) delete metadata.annotations;
  }
  const stripped = { ...object, metadata };
  const spec = specWithout(object);
  return spec === object.spec ? stripped : { ...stripped, spec };
}

/** The spec without what the cluster filled in: an address, a node, a volume. */
function specWithout(object: ManifestObject): unknown {
  const { spec } = object;
  if (typeof spec !== 'object' || spec === null) return spec;
  const fields = filledIn(object);
  const entries = Object.entries(spec);
  if (!entries.some(([field]) => fields.includes(field))) return spec;
  return Object.fromEntries(
    entries
      .filter(([field]) => !fields.includes(field))
      // A volume that was bound by hand is still meant for that claim, whatever uid the claim gets.
      .concat(fields.includes('claimRef') ? [['claimRef', claimWithoutUid(spec)]] : []),
  );
}

function filledIn(object: ManifestObject): string[] {
  if (groupOf(object) !== '') return [];
  switch (object.kind) {
    case 'Service':
      return inside(object, 'spec', 'clusterIP') === 'None' ? [] : ['clusterIP', 'clusterIPs'];
    case 'Pod':
      return ['nodeName'];
    case 'PersistentVolumeClaim':
      return isBound(object) ? ['volumeName'] : [];
    case 'PersistentVolume':
      return inside(object, 'spec', 'claimRef') === undefined ? [] : ['claimRef'];
    default:
      return [];
  }
}

const isBound = (claim: ManifestObject): boolean =>
  annotation(claim, 'pv.kubernetes.io/bind-completed') !== undefined || inside(claim, 'status', 'phase') === 'Bound';

function claimWithoutUid(spec: object): unknown {
  const { namespace, name } = (inside(spec, 'claimRef') ?? {}) as Record<string, unknown>;
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name };
}

const kindKey = (object: ManifestObject): string => `${groupOf(object)}/${object.kind}`;

/** Kubernetes' own groups have no dot, or are `<one word>.k8s.io` and the like; `gateway.networking.k8s.io` is not. */
const isBuiltIn = (object: ManifestObject): boolean =>
  /^([a-z]*|[a-z]+\.(authorization\.|apiserver\.)?k8s\.io)$/.test(groupOf(object));

const annotation = (object: ManifestObject, key: string): string | undefined =>
  textOf(inside(object.metadata, 'annotations', key));

function ownerIdentities(object: ManifestObject): string[] {
  return listOf(object.metadata.ownerReferences).flatMap((owner) => {
    const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map((field) => textOf(inside(owner, field)));
    if (apiVersion === undefined || kind === undefined || name === undefined) return [];
    return [groupOf({ apiVersion }), kind, object.metadata.namespace ?? '', name].join('/');
  });
}
