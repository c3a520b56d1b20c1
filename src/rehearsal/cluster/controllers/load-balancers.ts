import { AUTO_MODE_NLB } from '../api/service-defaults.ts';
import type { ControlPlane, ServingCluster } from '../control-plane.ts';
import type { KubeObject, Serve } from '../host.ts';

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/ */
const CONTROLLER_NLB = 'service.k8s.aws/nlb';
/** https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html */
const AUTO_MODE_ALB = 'eks.amazonaws.com/alb';
const CONTROLLER_ALB = 'ingress.k8s.aws/alb';
const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 300_000;

/**
 * Asks the cloud for a load balancer for each Service of type LoadBalancer and each Ingress that is this cluster's
 * to serve. A cluster with nodes of its own is taken to have the AWS Load Balancer Controller.
 */
export function controlLoadBalancers(cluster: ControlPlane): void {
  const tries = new Map<string, number>();
  const retry = (uid: string, enqueue: (uid: string) => void): void => {
    const count = tries.get(uid) ?? 0;
    tries.set(uid, count + 1);
    cluster.after(Math.min(FIRST_RETRY_MS * 2 ** count, LONGEST_RETRY_MS), () => enqueue(uid));
  };
  const enqueueService = cluster.reconcile('services', (service) => {
    if (wantsLoadBalancer(cluster, service) && !expose(cluster, service)) retry(service.metadata.uid, enqueueService);
  });
  const enqueueIngress = cluster.reconcile('ingresses.networking.k8s.io', (ingress) => {
    if (isOurs(cluster, ingress) && !expose(cluster, ingress)) retry(ingress.metadata.uid, enqueueIngress);
  });
  cluster.store.watch('ingressclasses.networking.k8s.io', () => {
    for (const ingress of cluster.store.list('ingresses.networking.k8s.io')) enqueueIngress(ingress.metadata.uid);
  });
}

function wantsLoadBalancer(cluster: ControlPlane, { spec, metadata }: KubeObject): boolean {
  if (spec.type !== 'LoadBalancer' || metadata.deletionTimestamp !== undefined) return false;
  if (cluster.host.autoMode) return spec.loadBalancerClass === AUTO_MODE_NLB;
  return spec.loadBalancerClass === undefined || spec.loadBalancerClass === CONTROLLER_NLB;
}

function isOurs(cluster: ControlPlane, ingress: KubeObject): boolean {
  const annotated = ingress.metadata.annotations?.['kubernetes.io/ingress.class'];
  if (!cluster.host.autoMode && annotated === 'alb') return true;
  const name = ingress.spec.ingressClassName;
  const found = name && cluster.store.get({ resource: 'ingressclasses.networking.k8s.io', name });
  return found?.spec?.controller === (cluster.host.autoMode ? AUTO_MODE_ALB : CONTROLLER_ALB);
}

/** False while there is no load balancer yet. */
function expose(cluster: ControlPlane, object: KubeObject): boolean {
  if (object.status?.loadBalancer?.ingress?.length > 0) return true;
  const { namespace, name } = object.metadata;
  const serve = object.kind === 'Service' ? cluster.serve(namespace, name) : serveIngress(cluster, namespace, name);
  const hostname = cluster.host.loadBalancer(object.kind, namespace, name, serve);
  if (hostname === undefined) return false;
  cluster.store.setStatus(object, { loadBalancer: { ingress: [{ hostname }] } });
  return true;
}

/** Routes by host and path as the Ingress says now. https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types */
export function serveIngress(cluster: ServingCluster, namespace: string, name: string): Serve {
  return (request) => {
    const ingress = cluster.store.get({ resource: 'ingresses.networking.k8s.io', namespace, name });
    const backend = ingress && backendFor(ingress.spec, request.host, request.path);
    if (backend?.service === undefined) return { status: 404, body: 'no rule matches' };
    const { name: service, port } = backend.service;
    return cluster.serve(namespace, service, port?.number ?? port?.name)(request);
  };
}

function backendFor(spec: KubeObject, host: string, path: string): KubeObject {
  let best: { length: number; backend: KubeObject } = { length: -1, backend: spec.defaultBackend };
  for (const rule of spec.rules ?? []) {
    if (rule.host && rule.host !== host && !(rule.host.startsWith('*.') && host.endsWith(rule.host.slice(1)))) continue;
    for (const each of rule.http?.paths ?? [])
      if (matchesPath(each, path) && (each.path ?? '/').length > best.length)
        best = { length: (each.path ?? '/').length, backend: each.backend };
  }
  return best.backend;
}

function matchesPath({ path = '/', pathType }: KubeObject, asked: string): boolean {
  if (pathType === 'Exact') return asked === path;
  const prefix = path.replace(/\/?\*?$/, '');
  return asked === prefix || asked.startsWith(`${prefix}/`);
}
