import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { claim, configMap, cronJob, job, path, pod, service, statefulSet, workload } from '../objects.ts';
import type { Place } from '../place.ts';
import { type Case, refusal } from '../seen.ts';

const REFERENCE = 'https://kubernetes.io/docs/reference/kubernetes-api/';

/** A case in which an object is made and then changed in a way that is refused. */
const unchangeable = (
  title: string,
  version: string,
  resource: string,
  make: (place: Place) => KubeObject,
  ...patches: object[]
): Case => ({
  title: `${title} may not change`,
  source: REFERENCE,
  ask: async (place) => {
    const made = make(place);
    const first = await place.request('POST', path(place, version, resource), made);
    const one = path(place, version, resource, made.metadata?.name);
    const refused = [];
    for (const patch of patches) refused.push(refusal(await place.request('PATCH', one, patch)));
    return [first.status, ...refused];
  },
});

/** A case in which objects are not valid. */
const invalid = (
  title: string,
  version: string,
  resource: string,
  ...makes: ((place: Place) => KubeObject)[]
): Case => ({
  title: `${title} is not valid`,
  source: REFERENCE,
  ask: async (place) => {
    const refused = [];
    for (const make of makes)
      refused.push(refusal(await place.request('POST', path(place, version, resource), make(place))));
    return refused;
  },
});

const other = { matchLabels: { app: 'other' } };
const labelled = { metadata: { labels: { app: 'other' } } };
const withPod = (spec: object) => (place: Place) => ({ ...pod('a', place), spec });

export const rules: Case[] = [
  unchangeable('a Deployment’s selector', 'apps/v1', 'deployments', (place) => workload('Deployment', 'a', place), {
    spec: { selector: other, template: labelled },
  }),
  unchangeable('a DaemonSet’s selector', 'apps/v1', 'daemonsets', (place) => workload('DaemonSet', 'a', place), {
    spec: { selector: other, template: labelled },
  }),
  unchangeable(
    'a StatefulSet’s claims and service',
    'apps/v1',
    'statefulsets',
    (place) =>
      statefulSet('a', place, {
        replicas: 0,
        volumeClaimTemplates: [{ ...claim('data', place), metadata: { name: 'data' } }],
      }),
    { spec: { volumeClaimTemplates: [] } },
    { spec: { serviceName: 'other' } },
    { spec: { podManagementPolicy: 'Parallel' } },
  ),
  unchangeable(
    'a Service’s address',
    'v1',
    'services',
    (place) => service('a', place),
    { spec: { clusterIP: '10.100.77.77', clusterIPs: ['10.100.77.77'] } },
    { spec: { clusterIP: 'None', clusterIPs: ['None'] } },
  ),
  unchangeable(
    'a claim',
    'v1',
    'persistentvolumeclaims',
    (place) => claim('a', place, { storageClassName: 'one' }),
    { spec: { accessModes: ['ReadWriteMany'] } },
    { spec: { storageClassName: 'two' } },
    { spec: { resources: { requests: { storage: '512Mi' } } } },
    { spec: { resources: { requests: { storage: '2Gi' } } } },
  ),
  unchangeable(
    'a Job’s template, completions and selector',
    'batch/v1',
    'jobs',
    (place) => job('a', place),
    { spec: { template: { spec: { containers: [{ name: 'main', image: 'registry/other:1' }] } } } },
    { spec: { completions: 5 } },
  ),
  unchangeable(
    'an immutable ConfigMap',
    'v1',
    'configmaps',
    (place) => ({ ...configMap('a', place), immutable: true }),
    {
      data: { greeting: 'other' },
    },
  ),
  unchangeable(
    'a Secret’s type',
    'v1',
    'secrets',
    (place) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: place.namespace } }),
    { type: 'shop.example/other' },
  ),
  unchangeable(
    'a Pod’s spec',
    'v1',
    'pods',
    (place) => pod('a', place),
    { spec: { hostNetwork: true } },
    { spec: { restartPolicy: 'Never' } },
  ),
  unchangeable(
    'whom a RoleBinding binds to',
    'rbac.authorization.k8s.io/v1',
    'rolebindings',
    (place) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'a', namespace: place.namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [],
    }),
    { roleRef: { name: 'edit' } },
  ),
  invalid(
    'a name',
    'v1',
    'configmaps',
    (place) => configMap('Upper', place),
    (place) => configMap('', place),
    (place) => configMap('a', place, { labels: { a: 'no blanks' } }),
  ),
  invalid(
    'a name of a Service',
    'v1',
    'services',
    (place) => service('1a', place),
    (place) => service('a.b', place),
  ),
  invalid(
    'a Service',
    'v1',
    'services',
    (place) => service('a', place, { ports: [] }),
    (place) => service('a', place, { ports: [{ port: 80 }, { port: 81 }] }),
    (place) => service('a', place, { type: 'ExternalName', ports: [] }),
    (place) => service('a', place, { ports: [{ port: 99999 }] }),
    (place) => service('a', place, { type: 'Odd' }),
  ),
  invalid(
    'a Deployment',
    'apps/v1',
    'deployments',
    (place) => workload('Deployment', 'a', place, { selector: other }),
    (place) => workload('Deployment', 'a', place, { selector: undefined }),
    (place) => workload('Deployment', 'a', place, { replicas: -1 }),
    (place) =>
      workload('Deployment', 'a', place, {
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [] } },
      }),
    (place) =>
      workload('Deployment', 'a', place, {
        template: {
          metadata: { labels: { app: 'a' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'a' }] },
        },
      }),
  ),
  invalid(
    'a Pod',
    'v1',
    'pods',
    withPod({ containers: [] }),
    withPod({ containers: [{ name: 'main' }] }),
    withPod({ containers: [{ image: 'a' }] }),
    withPod({
      containers: [
        { name: 'a', image: 'a' },
        { name: 'a', image: 'b' },
      ],
    }),
    withPod({ containers: [{ name: 'a', image: 'a', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] }),
    withPod({
      containers: [{ name: 'a', image: 'a' }],
      volumes: [
        { name: 'd', emptyDir: {} },
        { name: 'd', emptyDir: {} },
      ],
    }),
    withPod({ containers: [{ name: 'a', image: 'a' }], serviceAccountName: 'none' }),
    withPod({ containers: [{ name: 'a', image: 'a' }], priorityClassName: 'none' }),
    withPod({ containers: [{ name: 'a', image: 'a' }], restartPolicy: 'Sometimes' }),
  ),
  invalid(
    'a claim',
    'v1',
    'persistentvolumeclaims',
    (place) => claim('a', place, { accessModes: [] }),
    (place) => claim('a', place, { resources: {} }),
    (place) => claim('a', place, { accessModes: ['Sometimes'] }),
    (place) => claim('a', place, { resources: { requests: { storage: '-1Gi' } } }),
  ),
  invalid(
    'a Job or CronJob',
    'batch/v1',
    'jobs',
    (place) => job('a', place, { template: { spec: { containers: [{ name: 'a', image: 'a' }] } } }),
    (place) => job('a', place, { backoffLimit: -1 }),
    (place) => job('a', place, { template: { spec: { restartPolicy: 'Never', containers: [] } } }),
  ),
  invalid(
    'a CronJob',
    'batch/v1',
    'cronjobs',
    (place) => cronJob('a', place, { schedule: 'whenever' }),
    (place) => cronJob('a', place, { schedule: '' }),
    (place) => cronJob('a', place, { concurrencyPolicy: 'Maybe' }),
    (place) => cronJob('a', place, { timeZone: 'Europe/Nowhere' }),
  ),
  invalid('a binding without a role', 'rbac.authorization.k8s.io/v1', 'rolebindings', (place) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'a', namespace: place.namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: '' },
  })),
  {
    ...invalid('a value of another type', 'apps/v1', 'deployments', (place) =>
      workload('Deployment', 'a', place, { replicas: 'three' }),
    ),
    differs: 'types',
  },
];
