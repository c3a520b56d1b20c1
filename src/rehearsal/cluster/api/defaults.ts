import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import type { Resource } from '../resources.ts';
import { serviceDefaults } from './service-defaults.ts';
import { bySchema } from './structural-schema.ts';

type Defaults = (object: KubeObject, cluster: ControlPlane) => KubeObject;

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const DEFAULT_INGRESS_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** What the API server fills in, where something here depends on it; of a custom resource, all that its schema says. */
export function withDefaults(cluster: ControlPlane, resource: Resource, object: KubeObject): KubeObject {
  if (resource.schema !== undefined) return bySchema(resource.schema, object);
  const defaults = DEFAULTS[resource.key];
  return defaults === undefined ? object : defaults(object, cluster);
}

const withSpec = (object: KubeObject, defaults: KubeObject): KubeObject => ({
  ...object,
  spec: { ...defaults, ...object.spec },
});

const withFinalizer = (object: KubeObject, finalizer: string): KubeObject => {
  const finalizers: string[] = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer) || object.metadata.uid !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
};

/** New objects alone get a first status. */
const withFirstStatus = (object: KubeObject, status: KubeObject): KubeObject =>
  object.status === undefined ? { ...object, status } : object;

const DEFAULTS: Record<string, Defaults> = {
  namespaces: (namespace) => {
    const { name, labels } = namespace.metadata;
    const metadata = { ...namespace.metadata, labels: { ...labels, 'kubernetes.io/metadata.name': name } };
    const spec = { finalizers: ['kubernetes'], ...namespace.spec };
    return withFirstStatus({ ...namespace, metadata, spec }, { phase: 'Active' });
  },
  pods: (pod) =>
    withFirstStatus(
      withSpec(pod, {
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        serviceAccountName: 'default',
      }),
      { phase: 'Pending' },
    ),
  services: serviceDefaults,
  persistentvolumeclaims: (claim, cluster) => {
    const spec = { volumeMode: 'Filesystem', ...claim.spec };
    const className = claim.spec?.storageClassName ?? defaultStorageClass(cluster);
    if (className !== undefined) spec.storageClassName = className;
    return withFirstStatus(withFinalizer({ ...claim, spec }, 'kubernetes.io/pvc-protection'), { phase: 'Pending' });
  },
  persistentvolumes: (volume) =>
    withFirstStatus(
      withFinalizer(
        withSpec(volume, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
        'kubernetes.io/pv-protection',
      ),
      { phase: 'Available' },
    ),
  secrets: (secret) => ({ type: 'Opaque', ...withEncodedData(secret) }),
  'deployments.apps': (deployment) =>
    withSpec(deployment, {
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    }),
  'replicasets.apps': (set) => withSpec(set, { replicas: 1 }),
  'statefulsets.apps': (set) =>
    withSpec(set, { replicas: 1, podManagementPolicy: 'OrderedReady', updateStrategy: { type: 'RollingUpdate' } }),
  'daemonsets.apps': (set) => withSpec(set, { updateStrategy: { type: 'RollingUpdate' } }),
  'jobs.batch': jobDefaults,
  'cronjobs.batch': (cron) =>
    withSpec(cron, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  'horizontalpodautoscalers.autoscaling': (scaler) => withSpec(scaler, { minReplicas: 1 }),
  'ingresses.networking.k8s.io': (ingress, cluster) => {
    const name = ingress.spec?.ingressClassName ?? defaultIngressClass(cluster, ingress);
    return name === undefined ? ingress : withSpec(ingress, { ingressClassName: name });
  },
  'customresourcedefinitions.apiextensions.k8s.io': (definition) => {
    const { kind } = definition.spec?.names ?? {};
    if (kind === undefined) return definition;
    const names = { singular: kind.toLowerCase(), listKind: `${kind}List`, ...definition.spec.names };
    return { ...definition, spec: { ...definition.spec, names } };
  },
  'priorityclasses.scheduling.k8s.io': (priorityClass) => ({
    preemptionPolicy: 'PreemptLowerPriority',
    ...priorityClass,
  }),
  'storageclasses.storage.k8s.io': (storageClass) => ({
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    ...storageClass,
  }),
};

function withEncodedData(secret: KubeObject): KubeObject {
  if (secret.stringData === undefined) return secret;
  const { stringData, ...rest } = secret;
  const data = { ...secret.data };
  for (const key in stringData) data[key] = Buffer.from(String(stringData[key])).toString('base64');
  return { ...rest, data };
}

/** The selector and labels by the job's uid are left to the job controller, which gives them to the pods. */
function jobDefaults(job: KubeObject): KubeObject {
  const spec = { backoffLimit: 6, suspend: false, completionMode: 'NonIndexed', ...job.spec };
  spec.parallelism ??= 1;
  if (job.spec?.completions === undefined && job.spec?.parallelism === undefined) spec.completions = 1;
  return { ...job, spec };
}

function defaultStorageClass(cluster: ControlPlane): string | undefined {
  const classes = cluster.store.list('storageclasses.storage.k8s.io');
  return classes.filter((each) => each.metadata.annotations?.[DEFAULT_CLASS] === 'true').at(-1)?.metadata.name;
}

function defaultIngressClass(cluster: ControlPlane, ingress: KubeObject): string | undefined {
  if (ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return undefined;
  const classes = cluster.store.list('ingressclasses.networking.k8s.io');
  return classes.find((each) => each.metadata.annotations?.[DEFAULT_INGRESS_CLASS] === 'true')?.metadata.name;
}
