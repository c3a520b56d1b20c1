import { groupOf, inside, listOf, type ManifestObject, textOf } from './manifest-object.ts';

type Backend = { path: string; service: string; port: number };

const HOST = /^([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i;
const PATH = /^\/\S*$/;

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/, …/service/annotations/ */
const HEALTH_ANNOTATIONS = [
  'alb.ingress.kubernetes.io/healthcheck-path',
  'service.beta.kubernetes.io/aws-load-balancer-healthcheck-path',
];

/** The services behind a Service of type LoadBalancer or an Ingress: those whose port can be told. */
export function backendsOf(object: ManifestObject, objects: readonly ManifestObject[]): Backend[] {
  if (object.kind === 'Service') {
    const port = mainPort(object);
    return port === undefined ? [] : [{ path: '/', service: object.metadata.name, port }];
  }
  const spec = inside(object, 'spec');
  const fallback = inside(spec, 'defaultBackend') ?? inside(spec, 'backend');
  const rules = listOf(inside(spec, 'rules')).flatMap((rule) => listOf(inside(rule, 'http', 'paths')));
  const routes = [
    ...rules.map((route) => ({ path: plainPath(inside(route, 'path')), backend: inside(route, 'backend') })),
    ...(fallback === undefined ? [] : [{ path: '/', backend: fallback }]),
  ];
  const backends = routes.flatMap(({ path, backend }) => {
    const service = textOf(inside(backend, 'service', 'name') ?? inside(backend, 'serviceName'));
    const port = portOf(backend, service, object.metadata.namespace, objects);
    return service === undefined || port === undefined || path === undefined ? [] : [{ path, service, port }];
  });
  return backends.filter((one, index) => backends.findIndex((other) => other.path === one.path) === index);
}

/** The path that tells the health of what is behind it; undefined when nothing says one. */
export function healthOf(
  object: ManifestObject,
  backends: readonly Backend[],
  objects: readonly ManifestObject[],
): string | undefined {
  const annotated = HEALTH_ANNOTATIONS.map((key) => inside(object.metadata, 'annotations', key));
  const probed = backends.map(({ service }) => probePath(service, object.metadata.namespace, objects));
  return [...annotated, ...probed].map(textOf).find((path) => path !== undefined && PATH.test(path));
}

/** The load balancer's name, if the manifests were exported from where it stands. */
export function loadBalancerOf(object: ManifestObject): string | undefined {
  const host = textOf(inside(object, 'status', 'loadBalancer', 'ingress', 0, 'hostname'));
  return host !== undefined && HOST.test(host) ? host : undefined;
}

/** `/files/*` is a load balancer's way to write a prefix. */
function plainPath(path: unknown): string | undefined {
  const plain = (textOf(path) ?? '/').replace(/\*+$/, '') || '/';
  return PATH.test(plain) ? plain : undefined;
}

function portOf(
  backend: unknown,
  service: string | undefined,
  namespace: string | undefined,
  objects: readonly ManifestObject[],
): number | undefined {
  const port =
    inside(backend, 'service', 'port', 'number') ??
    inside(backend, 'service', 'port', 'name') ??
    inside(backend, 'servicePort');
  if (isPort(port)) return port;
  const found = objects.find(
    (object) => isService(object) && object.metadata.name === service && object.metadata.namespace === namespace,
  );
  const named = listOf(inside(found, 'spec', 'ports')).find((candidate) => inside(candidate, 'name') === port);
  const number = inside(named, 'port');
  return isPort(number) ? number : undefined;
}

/** Of several ports, the one that answers HTTP, by its name or number; otherwise the first that speaks TCP. */
function mainPort(service: ManifestObject): number | undefined {
  const ports = listOf(inside(service, 'spec', 'ports')).filter(
    (port) => (inside(port, 'protocol') ?? 'TCP') === 'TCP',
  );
  const web =
    ports.find((port) => /^(http|web)/.test(textOf(inside(port, 'name')) ?? '')) ??
    ports.find((port) => [80, 8080, 443, 8443].includes(Number(inside(port, 'port'))));
  const number = inside(web ?? ports[0], 'port');
  return isPort(number) ? number : undefined;
}

/** The path of the readiness probe of the pods behind a service. */
function probePath(
  service: string,
  namespace: string | undefined,
  objects: readonly ManifestObject[],
): string | undefined {
  const here = objects.filter((object) => object.metadata.namespace === namespace);
  const selector = Object.entries(
    inside(
      here.find((object) => isService(object) && object.metadata.name === service),
      'spec',
      'selector',
    ) ?? {},
  );
  if (selector.length === 0) return undefined;
  const pods = here
    .map((object) => (object.kind === 'Pod' ? object : inside(object, 'spec', 'template')))
    .filter((pod) => selector.every(([key, value]) => inside(pod, 'metadata', 'labels', key) === value));
  const containers = pods.flatMap((pod) => listOf(inside(pod, 'spec', 'containers')));
  const probes = containers
    .map((container) => inside(container, 'readinessProbe', 'httpGet'))
    .filter((probe) => probe !== undefined);
  return probes.length === 0 ? undefined : (textOf(inside(probes[0], 'path')) ?? '/');
}

const isService = (object: ManifestObject): boolean => object.kind === 'Service' && groupOf(object) === '';

const isPort = (port: unknown): port is number =>
  typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
