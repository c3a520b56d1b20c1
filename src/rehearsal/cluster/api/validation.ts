import { forbidden, invalid } from '../api-error.ts';
import type { ControlPlane } from '../control-plane.ts';
import { parseCron } from '../cron-schedule.ts';
import type { KubeObject } from '../host.ts';
import { quantity } from '../quantity.ts';
import type { Resource } from '../resources.ts';
import { matchesSelector } from '../selectors.ts';
import { negative, type Problem, podProblems, unknownWord } from './pod-validation.ts';
import { schemaProblems } from './structural-schema.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const SYSTEM_CLASSES = ['system-cluster-critical', 'system-node-critical'];
const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

const required = (field: string): Problem => [field, 'Required value'];

/** Throws Invalid (or Forbidden, for a pod without its service account) with the API server's reasons. */
export function validate(cluster: ControlPlane, resource: Resource, object: KubeObject): void {
  const problems = [
    ...metadataProblems(resource, object),
    ...(PROBLEMS[resource.key]?.(object) ?? []),
    ...(resource.schema === undefined ? [] : schemaProblems(resource.schema, object)),
  ];
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  if (problems.length > 0) throw invalid(kind, object.metadata.name ?? object.metadata.generateName ?? '', ...problems);
  if (resource.key === 'pods' && object.metadata.uid === undefined) checkPodAdmitted(cluster, object);
}

function* metadataProblems(resource: Resource, { metadata }: KubeObject): Iterable<Problem> {
  const { name, generateName, labels } = metadata;
  if (!name && !generateName) yield ['metadata.name', 'Required value: name or generateName is required'];
  if (name && !validName(resource, name))
    yield [
      'metadata.name',
      `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
    ];
  for (const key in labels) {
    const value = labels[key];
    if (typeof value !== 'string' || value.length > 63 || !LABEL_VALUE.test(value))
      yield [
        'metadata.labels',
        `Invalid value: ${JSON.stringify(value)}: must be no more than 63 characters, and consist of alphanumeric characters, '-', '_' or '.'`,
      ];
  }
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
function validName(resource: Resource, name: string): boolean {
  if (resource.group === 'rbac.authorization.k8s.io') return !/[/%]|^\.\.?$/.test(name);
  if (resource.key === 'services') return name.length <= 63 && SERVICE_NAME.test(name);
  if (resource.key === 'namespaces') return name.length <= 63 && LABEL.test(name);
  return name.length <= 253 && SUBDOMAIN.test(name);
}

const PROBLEMS: Record<string, (object: KubeObject) => Iterable<Problem>> = {
  pods: (pod) => podProblems(pod.spec, 'spec'),
  'deployments.apps': workloadProblems,
  'replicasets.apps': workloadProblems,
  'statefulsets.apps': workloadProblems,
  'daemonsets.apps': workloadProblems,
  'jobs.batch': (job) => jobProblems(job.spec, 'spec'),
  'cronjobs.batch': cronJobProblems,
  services: serviceProblems,
  persistentvolumeclaims: claimProblems,
  persistentvolumes: volumeProblems,
  'storageclasses.storage.k8s.io': (storageClass) => (storageClass.provisioner ? [] : [required('provisioner')]),
  'customresourcedefinitions.apiextensions.k8s.io': definitionProblems,
  'priorityclasses.scheduling.k8s.io': priorityClassProblems,
  'rolebindings.rbac.authorization.k8s.io': (binding) => (binding.roleRef?.name ? [] : [required('roleRef.name')]),
  'clusterrolebindings.rbac.authorization.k8s.io': (binding) =>
    binding.roleRef?.name ? [] : [required('roleRef.name')],
};

function* workloadProblems({ spec }: KubeObject): Iterable<Problem> {
  yield* negative('spec.replicas', spec?.replicas);
  if (!spec?.selector) yield required('spec.selector');
  const labels = spec.template?.metadata?.labels;
  if (!matchesSelector(spec.selector, labels))
    yield [
      'spec.template.metadata.labels',
      `Invalid value: ${JSON.stringify(labels ?? {})}: \`selector\` does not match template \`labels\``,
    ];
  const claimed = (spec.volumeClaimTemplates ?? []).map((template: KubeObject) => template.metadata?.name);
  yield* podProblems(spec.template?.spec, 'spec.template.spec', claimed);
  const restart = spec.template?.spec?.restartPolicy ?? 'Always';
  if (restart !== 'Always')
    yield ['spec.template.spec.restartPolicy', `Unsupported value: "${restart}": supported values: "Always"`];
}

function* jobProblems(spec: KubeObject, path: string): Iterable<Problem> {
  yield* negative(`${path}.backoffLimit`, spec?.backoffLimit);
  yield* podProblems(spec?.template?.spec, `${path}.template.spec`);
  const restart = spec?.template?.spec?.restartPolicy ?? 'Always';
  if (restart === 'Always')
    yield [`${path}.template.spec.restartPolicy`, 'Required value: valid values: "OnFailure", "Never"'];
}

function* cronJobProblems({ spec }: KubeObject): Iterable<Problem> {
  if (!spec?.schedule) yield required('spec.schedule');
  else if (parseCron(spec.schedule) === undefined)
    yield ['spec.schedule', `Invalid value: "${spec.schedule}": it is not a cron schedule`];
  yield* unknownWord('spec.concurrencyPolicy', spec?.concurrencyPolicy, 'Allow', 'Forbid', 'Replace');
  if (spec?.timeZone !== undefined && !isTimeZone(spec.timeZone))
    yield ['spec.timeZone', `Invalid value: "${spec.timeZone}": unknown time zone ${spec.timeZone}`];
  yield* jobProblems(spec?.jobTemplate?.spec, 'spec.jobTemplate.spec');
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function* portProblems(field: string, port: unknown): Iterable<Problem> {
  if (typeof port === 'number' && (port < 1 || port > 65_535))
    yield [field, `Invalid value: ${port}: must be between 1 and 65535, inclusive`];
}

function* serviceProblems({ spec }: KubeObject): Iterable<Problem> {
  yield* unknownWord('spec.type', spec.type, 'ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort');
  if (spec.type === 'ExternalName') {
    if (!spec.externalName) yield required('spec.externalName');
    return;
  }
  if (spec.clusterIP !== 'None' && !spec.ports?.length) yield required('spec.ports');
  const names = new Set<string>();
  for (const [index, port] of (spec.ports ?? []).entries()) {
    if (!port.name && spec.ports.length > 1) yield required(`spec.ports[${index}].name`);
    else if (names.has(port.name)) yield [`spec.ports[${index}].name`, `Duplicate value: "${port.name}"`];
    names.add(port.name);
    yield* portProblems(`spec.ports[${index}].port`, port.port);
    yield* portProblems(`spec.ports[${index}].targetPort`, port.targetPort);
  }
}

function* claimProblems({ spec }: KubeObject): Iterable<Problem> {
  if (!spec?.accessModes?.length) yield ['spec.accessModes', 'Required value: at least 1 access mode is required'];
  for (const mode of spec?.accessModes ?? []) yield* unknownWord('spec.accessModes', mode, ...ACCESS_MODES);
  const storage = spec?.resources?.requests?.storage;
  if (!storage) yield required('spec.resources[storage]');
  else if (quantity(storage) <= 0)
    yield ['spec.resources[storage]', `Invalid value: "${storage}": must be greater than zero`];
}

function* volumeProblems({ spec }: KubeObject): Iterable<Problem> {
  if (!spec?.accessModes?.length) yield required('spec.accessModes');
  if (!spec?.capacity?.storage) yield required('spec.capacity');
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass */
function* priorityClassProblems({ metadata, value }: KubeObject): Iterable<Problem> {
  if (SYSTEM_CLASSES.includes(metadata.name)) return;
  if (metadata.name.startsWith('system-'))
    yield ['metadata.name', "Forbidden: priority class names with 'system-' prefix are reserved for system use only"];
  if (value > 1_000_000_000)
    yield ['value', 'Forbidden: maximum allowed value of a user defined priority is 1000000000'];
}

function* definitionProblems({ spec, metadata }: KubeObject): Iterable<Problem> {
  const wanted = `${spec?.names?.plural}.${spec?.group}`;
  if (metadata.name !== wanted)
    yield ['metadata.name', `Invalid value: "${metadata.name}": must be spec.names.plural+"."+spec.group`];
  if (!spec?.versions?.some((version: KubeObject) => version.storage))
    yield* [
      ['spec.versions', 'Invalid value: must have exactly one version marked as storage version'],
      ['status.storedVersions', 'Invalid value: null: must have at least one stored version'],
    ] satisfies Problem[];
  yield* unknownWord('spec.scope', spec?.scope, 'Cluster', 'Namespaced');
  for (const [index, version] of (spec?.versions ?? []).entries())
    if (!version.schema?.openAPIV3Schema)
      yield [`spec.versions[${index}].schema.openAPIV3Schema`, 'Required value: schemas are required'];
}

/** Admission plugin ServiceAccount. https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/ */
function checkPodAdmitted(cluster: ControlPlane, pod: KubeObject): void {
  const { namespace } = pod.metadata;
  const account = pod.spec.serviceAccountName;
  const name = pod.metadata.name ?? pod.metadata.generateName;
  if (cluster.store.get({ resource: 'serviceaccounts', namespace, name: account }) === undefined)
    throw forbidden(
      'pods',
      name,
      `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`,
    );
}
