import type { ControlPlane, ServingCluster } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { hasEnded, isReady, ownerReference } from '../pods.ts';
import { same } from '../same.ts';
import { matchesMap } from '../selectors.ts';

const SLICES = 'endpointslices.discovery.k8s.io';
const SERVICE_NAME = 'kubernetes.io/service-name';

/** Endpoints and EndpointSlices of every Service with a selector. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/ */
export function controlEndpoints(cluster: ControlPlane): void {
  const { store } = cluster;
  const enqueue = cluster.reconcile('services', (service) => reconcile(cluster, service));
  store.watch('pods', ({ type, object, old }) => {
    if (type === 'MODIFIED' && old !== undefined && sameForEndpoints(object, old)) return;
    for (const service of store.list('services', { namespace: object.metadata.namespace }))
      if (matchesMap(service.spec.selector, object) || (old && matchesMap(service.spec.selector, old)))
        enqueue(service.metadata.uid);
  });
  store.watch('services', ({ type, object }) => {
    const { namespace, name } = object.metadata;
    if (type === 'DELETED' && store.get({ resource: 'endpoints', namespace, name }))
      store.remove({ resource: 'endpoints', namespace, name });
  });
}

const sameForEndpoints = (a: KubeObject, b: KubeObject): boolean =>
  a.status?.podIP === b.status?.podIP &&
  isReady(a) === isReady(b) &&
  hasEnded(a) === hasEnded(b) &&
  a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
  a.metadata.labels === b.metadata.labels;

/** The pods that a service selects and that have an address. */
export const podsOfService = (cluster: Pick<ServingCluster, 'store'>, service: KubeObject): KubeObject[] =>
  cluster.store
    .list('pods', { namespace: service.metadata.namespace })
    .filter((pod) => pod.status?.podIP && !hasEnded(pod) && matchesMap(service.spec.selector, pod));

/** The number behind a service's port at a pod: as it is, or by the name of a container's port. */
export function portAt(pod: KubeObject | undefined, target: number | string): number | undefined {
  if (typeof target === 'number') return target;
  for (const container of pod?.spec.containers ?? [])
    for (const port of container.ports ?? []) if (port.name === target) return port.containerPort;
  return undefined;
}

function reconcile(cluster: ControlPlane, service: KubeObject): void {
  if (service.spec.selector === undefined || service.spec.type === 'ExternalName') return;
  const pods = podsOfService(cluster, service);
  const published = service.spec.publishNotReadyAddresses === true;
  const isServing = (pod: KubeObject): boolean =>
    isReady(pod) || (published && pod.metadata.deletionTimestamp === undefined);
  const ports = portsOf(service, pods[0]);
  writeEndpoints(cluster, service, pods, isServing, ports);
  writeSlice(cluster, service, pods, isServing, ports);
}

function portsOf(service: KubeObject, pod: KubeObject | undefined): KubeObject[] {
  return (service.spec.ports ?? []).flatMap((port: KubeObject) => {
    const number = portAt(pod, port.targetPort ?? port.port);
    return number === undefined
      ? []
      : [{ ...(port.name && { name: port.name }), port: number, protocol: port.protocol ?? 'TCP' }];
  });
}

const targetRef = ({ metadata }: KubeObject): KubeObject => ({
  kind: 'Pod',
  name: metadata.name,
  namespace: metadata.namespace,
  uid: metadata.uid,
});

function writeEndpoints(
  cluster: ControlPlane,
  service: KubeObject,
  pods: KubeObject[],
  isServing: (pod: KubeObject) => boolean,
  ports: KubeObject[],
): void {
  const address = (pod: KubeObject): KubeObject => ({
    ip: pod.status.podIP,
    nodeName: pod.spec.nodeName,
    targetRef: targetRef(pod),
  });
  const ready = pods.filter(isServing).map(address);
  const waiting = pods.filter((pod) => !isServing(pod) && pod.metadata.deletionTimestamp === undefined).map(address);
  const subset = {
    ...(ready.length > 0 && { addresses: ready }),
    ...(waiting.length > 0 && { notReadyAddresses: waiting }),
    ports,
  };
  const subsets = ready.length + waiting.length > 0 ? [subset] : [];
  const { name, namespace, labels } = service.metadata;
  const { store } = cluster;
  const known = store.get({ resource: 'endpoints', namespace, name });
  if (known !== undefined) {
    if (!same(known.subsets ?? [], subsets)) store.update({ ...known, subsets });
    return;
  }
  store.create({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace, ...(labels && { labels }) },
    subsets,
  });
}

function writeSlice(
  cluster: ControlPlane,
  service: KubeObject,
  pods: KubeObject[],
  isServing: (pod: KubeObject) => boolean,
  ports: KubeObject[],
): void {
  const { store } = cluster;
  const endpoints = pods.map((pod) => ({
    addresses: [pod.status.podIP],
    conditions: {
      ready: isServing(pod),
      serving: isServing(pod),
      terminating: pod.metadata.deletionTimestamp !== undefined,
    },
    nodeName: pod.spec.nodeName,
    targetRef: targetRef(pod),
  }));
  const known = store.dependents(service.metadata.uid, SLICES)[0];
  if (known !== undefined) {
    if (!same(known.endpoints, endpoints) || !same(known.ports, ports)) store.update({ ...known, endpoints, ports });
    return;
  }
  const { name, namespace } = service.metadata;
  const labels = { [SERVICE_NAME]: name, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  store.create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [ownerReference(service)] },
    addressType: 'IPv4',
    endpoints,
    ports,
  });
}
