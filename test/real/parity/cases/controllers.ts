import type { KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { claim, path, podNames, report, statefulSet, workload } from '../objects.ts';
import { at, type Case, conditions } from '../seen.ts';
import { once, pods, read } from '../watching.ts';

const DOCS = 'https://kubernetes.io/docs/concepts/workloads/controllers/';

const COUNTS = [
  'replicas',
  'readyReplicas',
  'availableReplicas',
  'updatedReplicas',
  'unavailableReplicas',
  'observedGeneration',
];
const counts = (object: KubeObject): unknown => [at(object.status, ...COUNTS), conditions(object)];

export const controllers: Case[] = [
  {
    title: 'a Deployment makes a ReplicaSet, which makes pods; it is available when they are ready',
    source: `${DOCS}deployment/`,
    ask: async (place) => {
      await place.api.create(workload('Deployment', 'a', place, { replicas: 2 }));
      const names = await pods(place, 2);
      const pending = await once(
        place,
        'apps/v1',
        'Deployment',
        ({ status }) => status?.updatedReplicas === 2 && status.conditions?.length === 2,
      );
      for (const name of names) await report(place, name, 'Running');
      const ready = await once(
        place,
        'apps/v1',
        'Deployment',
        ({ status }) =>
          status?.availableReplicas === 2 &&
          conditions({ status } as KubeObject).some((each) => each.includes('NewReplicaSetAvailable')),
      );
      const [set] = await place.api.list('apps/v1', 'ReplicaSet', { namespace: place.namespace });
      const { body } = await place.request('GET', path(place, 'v1', 'pods', names[0]));
      const hash = set?.metadata?.labels?.['pod-template-hash'];
      return [
        counts(pending),
        counts(ready),
        at(
          set,
          'spec.replicas',
          'status.readyReplicas',
          'metadata.ownerReferences.0.kind',
          'metadata.ownerReferences.0.blockOwnerDeletion',
        ),
        [
          set?.metadata?.name === `a-${hash}`,
          body.metadata.labels['pod-template-hash'] === hash,
          body.metadata.labels.app,
        ],
        at(
          body,
          'metadata.ownerReferences.0.kind',
          'metadata.ownerReferences.0.controller',
          'metadata.ownerReferences.0.blockOwnerDeletion',
        ),
      ];
    },
  },
  {
    title: 'a Deployment of no replicas is available at once',
    source: `${DOCS}deployment/`,
    ask: async (place) => {
      await place.api.create(workload('Deployment', 'a', place, { replicas: 0 }));
      return counts(
        await once(place, 'apps/v1', 'Deployment', ({ status }) =>
          conditions({ status } as KubeObject).some((each) => each.includes('NewReplicaSetAvailable')),
        ),
      );
    },
  },
  {
    title: 'a Deployment rolls: with the default limits one more comes before an old one goes',
    source: `${DOCS}deployment/#rolling-update-deployment`,
    ask: async (place) => {
      await place.api.create(workload('Deployment', 'a', place, { replicas: 2 }));
      for (const name of await pods(place, 2)) await report(place, name, 'Running');
      await once(place, 'apps/v1', 'Deployment', ({ status }) => status?.availableReplicas === 2);
      const image = [{ name: 'main', image: 'registry/shop:2' }];
      await place.request('PATCH', path(place, 'apps/v1', 'deployments', 'a'), {
        spec: { template: { spec: { containers: image } } },
      });
      await pods(place, 3);
      const sets = await place.api.list('apps/v1', 'ReplicaSet', { namespace: place.namespace });
      return sets
        .map((set) => [set.metadata?.annotations?.['deployment.kubernetes.io/revision'], set.spec.replicas])
        .sort();
    },
  },
  {
    title: 'a StatefulSet makes one pod after the other, each with its claim, and takes the last away first',
    source: `${DOCS}statefulset/#deployment-and-scaling-guarantees`,
    ask: async (place) => {
      const template = { ...claim('data', place), metadata: { name: 'data' } };
      await place.api.create(statefulSet('a', place, { replicas: 2, volumeClaimTemplates: [template] }));
      const first = await pods(place, 1);
      await report(place, 'a-0', 'Running');
      const both = await pods(place, 2);
      await report(place, 'a-1', 'Running');
      const ready = await once(
        place,
        'apps/v1',
        'StatefulSet',
        ({ status }) => status?.readyReplicas === 2 && status.availableReplicas === 2,
      );
      const claims = (await place.api.list('v1', 'PersistentVolumeClaim', { namespace: place.namespace })).map(
        ({ metadata }) => [metadata?.name, metadata?.labels, metadata?.ownerReferences],
      );
      const { body } = await place.request('GET', path(place, 'v1', 'pods', 'a-0'));
      const labels = Object.keys(body.metadata.labels).sort();
      const volume = body.spec.volumes.find((each: KubeObject) => each.name === 'data');
      await place.request('PATCH', path(place, 'apps/v1', 'statefulsets', 'a'), { spec: { replicas: 1 } });
      const left = await pods(place, 1);
      const kept = (await place.api.list('v1', 'PersistentVolumeClaim', { namespace: place.namespace })).length;
      const fields = [
        'replicas',
        'readyReplicas',
        'availableReplicas',
        'currentReplicas',
        'updatedReplicas',
        'observedGeneration',
      ];
      return [
        first,
        both,
        at(ready.status, ...fields),
        claims,
        labels,
        volume,
        at(body.spec, 'hostname', 'subdomain'),
        left,
        kept,
      ];
    },
  },
  {
    title: 'a parallel StatefulSet makes all at once',
    source: `${DOCS}statefulset/#parallel-pod-management`,
    ask: async (place) => {
      await place.api.create(statefulSet('a', place, { replicas: 3, podManagementPolicy: 'Parallel' }));
      return pods(place, 3);
    },
  },
  {
    title: 'a pod of a controller that is deleted comes back; a StatefulSet’s under its name',
    source: `${DOCS}statefulset/#stable-network-id`,
    ask: async (place) => {
      await place.api.create(statefulSet('a', place, { replicas: 1 }));
      await pods(place, 1);
      const uid = async () => (await read(place, 'v1', 'Pod', 'a-0'))?.metadata?.uid;
      const before = await uid();
      await place.api.delete({ apiVersion: 'v1', kind: 'Pod', name: 'a-0', namespace: place.namespace });
      await place.until(async () => {
        const now = await uid();
        return now !== undefined && now !== before ? true : undefined;
      });
      return podNames(place);
    },
  },
  {
    title: 'a disruption budget counts what is healthy',
    source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
    ask: async (place) => {
      await place.api.create(workload('Deployment', 'a', place, { replicas: 3 }));
      const names = await pods(place, 3);
      for (const name of names.slice(0, 2)) await report(place, name, 'Running');
      const metadata = { name: 'a', namespace: place.namespace };
      const spec = { selector: { matchLabels: { app: 'a' } }, minAvailable: 1 };
      await place.api.create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec });
      const few = await once(
        place,
        'policy/v1',
        'PodDisruptionBudget',
        ({ status }) => status?.expectedPods === 3 && status.currentHealthy === 2,
      );
      const fields = ['expectedPods', 'currentHealthy', 'desiredHealthy', 'disruptionsAllowed'];
      await place.request('PATCH', path(place, 'policy/v1', 'poddisruptionbudgets', 'a'), {
        spec: { minAvailable: null, maxUnavailable: 1 },
      });
      const most = await once(place, 'policy/v1', 'PodDisruptionBudget', ({ status }) => status?.desiredHealthy === 2);
      return [at(few.status, ...fields), at(most.status, ...fields)];
    },
  },
  {
    title: 'a new namespace has its service account and the certificate that pods trust',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
    ask: async (place) => {
      await place.until(() => read(place, 'v1', 'ConfigMap', 'kube-root-ca.crt'));
      const accounts = await place.api.list('v1', 'ServiceAccount', { namespace: place.namespace });
      const maps = await place.api.list('v1', 'ConfigMap', { namespace: place.namespace });
      return [accounts, maps].map((found) => found.map(({ metadata }) => metadata?.name));
    },
  },
  {
    title: 'a claim without a class waits; one that names a volume is bound to it',
    source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding',
    ask: async (place) => {
      const name = `volume-${place.namespace}`;
      await place.api.create({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'given',
          csi: { driver: 'ebs.csi.eks.amazonaws.com', volumeHandle: 'vol-1' },
        },
      });
      await place.api.create(claim('a', place, { storageClassName: 'given', volumeName: name }));
      await place.api.create(claim('b', place, { storageClassName: 'given' }));
      const bound = await once(place, 'v1', 'PersistentVolumeClaim', ({ status }) => status?.phase === 'Bound');
      const volume = await place.api.get({ apiVersion: 'v1', kind: 'PersistentVolume', name });
      const waiting = await read(place, 'v1', 'PersistentVolumeClaim', 'b');
      await place.api.delete({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: 'a',
        namespace: place.namespace,
      });
      const released = await place.until(async () => {
        const found = await place.api.get({ apiVersion: 'v1', kind: 'PersistentVolume', name });
        return found?.status?.phase === 'Bound' ? undefined : found;
      });
      await place.api.delete({ apiVersion: 'v1', kind: 'PersistentVolume', name });
      return [
        at(
          bound,
          'spec.volumeName',
          'status.phase',
          'status.capacity.storage',
          'status.accessModes',
          'metadata.finalizers',
        ),
        at(volume, 'status.phase', 'spec.claimRef.name', 'spec.persistentVolumeReclaimPolicy', 'metadata.finalizers'),
        at(waiting, 'status.phase', 'spec.volumeName'),
        at(released, 'status.phase'),
      ];
    },
  },
];
