import type { ServingCluster } from './control-plane.ts';
import { podsOfService, portAt } from './controllers/endpoints.ts';
import type { KubeObject, Serve } from './host.ts';
import { isReady } from './pods.ts';

const UNAVAILABLE = { status: 503, body: 'no endpoint is available' };
const METRIC = /\b[a-zA-Z_:][a-zA-Z0-9_:]*_(?:total|seconds|bytes)\b/g;
const ALWAYS_SERVED = ['/', '/health', '/healthz', '/ready', '/metrics'];

/** A service's answer: that of its ready pods, in turn; 503 when none is. `port` is a number or a name of the service's. */
export function serveService(cluster: ServingCluster, namespace: string, name: string, port?: number | string): Serve {
  let turn = 0;
  return (request) => {
    const service = cluster.store.get({ resource: 'services', namespace, name });
    if (service === undefined) return UNAVAILABLE;
    const wanted = findPort(service, port);
    if (port !== undefined && wanted === undefined) return UNAVAILABLE;
    const pods = podsOfService(cluster, service).filter((pod) => isReady(pod) && listens(pod, wanted));
    const pod = pods[turn++ % Math.max(1, pods.length)];
    return pod === undefined ? UNAVAILABLE : servePod(cluster, pod)(request);
  };
}

const findPort = (service: KubeObject, port: number | string | undefined): KubeObject | undefined =>
  service.spec.ports?.find(
    (each: KubeObject) => port === undefined || String(each.port) === String(port) || each.name === port,
  );

/** A container port that is not declared may be open all the same; a name that no container has is not. */
const listens = (pod: KubeObject, port: KubeObject | undefined): boolean =>
  port === undefined || portAt(pod, port.targetPort ?? port.port) !== undefined;

/**
 * What a pod answers over HTTP while it is ready: 200 for the paths of its probes, for `/`, for the usual paths of
 * health, and for `/metrics` with the metrics that its own configuration names; 404 for the rest.
 */
export function servePod(cluster: ServingCluster, pod: KubeObject): Serve {
  const { uid } = pod.metadata;
  return ({ path }) => {
    if (!cluster.kubelet.serves(uid)) return UNAVAILABLE;
    const asked = path.split('?')[0] ?? '/';
    const metricsPath = pod.metadata.annotations?.['prometheus.io/path'] ?? '/metrics';
    if (asked === metricsPath) return { status: 200, body: metricsOf(cluster, pod) };
    if (ALWAYS_SERVED.includes(asked) || probePaths(pod).has(asked)) return { status: 200, body: 'ok' };
    return { status: 404, body: 'not found' };
  };
}

function probePaths(pod: KubeObject): Set<string> {
  const paths = new Set<string>();
  for (const { readinessProbe, livenessProbe, startupProbe } of pod.spec.containers)
    for (const probe of [readinessProbe, livenessProbe, startupProbe])
      if (probe?.httpGet) paths.add((probe.httpGet.path ?? '/').split('?')[0]);
  return paths;
}

/** Every word that looks like a metric's name in the pod's arguments, environment, annotations and mounted ConfigMaps. */
function metricsOf(cluster: ServingCluster, pod: KubeObject): string {
  const names = new Set<string>();
  for (const text of texts(cluster, pod)) for (const name of text.match(METRIC) ?? []) names.add(name);
  return ['up 1', ...[...names].map((name) => `${name} 1`), ''].join('\n');
}

function* texts(cluster: ServingCluster, pod: KubeObject): Iterable<string> {
  const { namespace, annotations } = pod.metadata;
  yield* Object.values(annotations ?? {}) as string[];
  for (const container of pod.spec.containers) {
    yield [...(container.command ?? []), ...(container.args ?? [])].join(' ');
    for (const { value } of container.env ?? []) if (value) yield String(value);
    for (const { configMapRef } of container.envFrom ?? []) yield* dataOf(cluster, namespace, configMapRef?.name);
  }
  for (const volume of pod.spec.volumes ?? []) yield* dataOf(cluster, namespace, volume.configMap?.name);
}

function dataOf(cluster: ServingCluster, namespace: string, name: string | undefined): string[] {
  if (name === undefined) return [];
  return Object.values(cluster.store.get({ resource: 'configmaps', namespace, name })?.data ?? {});
}
