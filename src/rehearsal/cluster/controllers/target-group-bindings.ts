import { NotSimulated } from '../../kernel/not-simulated.ts';
import type { ControlPlane, ServingCluster } from '../control-plane.ts';
import type { KubeObject, Target } from '../host.ts';
import { isReady } from '../pods.ts';
import { servePod } from '../serving.ts';
import { podsOfService, portAt } from './endpoints.ts';

/**
 * Registers a Service's ready pods as the targets of a target group that is there already.
 * https://docs.aws.amazon.com/eks/latest/userguide/migrate-auto.html (Auto Mode's own API group),
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
 */
export function controlTargetGroupBindings(cluster: ControlPlane): void {
  const { store } = cluster;
  const resource = cluster.host.autoMode
    ? 'targetgroupbindings.eks.amazonaws.com'
    : 'targetgroupbindings.elbv2.k8s.aws';
  const enqueue = cluster.reconcile(resource, (binding) => register(cluster, binding));
  const enqueueFor = (namespace: string, service: string): void => {
    for (const binding of store.list(resource, { namespace }))
      if (binding.spec.serviceRef?.name === service) enqueue(binding.metadata.uid);
  };
  store.watch('endpoints', ({ object }) => enqueueFor(object.metadata.namespace, object.metadata.name));
  store.watch('services', ({ object }) => enqueueFor(object.metadata.namespace, object.metadata.name));
  store.watch(resource, ({ type, object }) => {
    if (type === 'DELETED') cluster.host.setTargets(object.spec.targetGroupARN, []);
  });
}

function register(cluster: ControlPlane, binding: KubeObject): void {
  const { serviceRef, targetGroupARN, targetType } = binding.spec;
  const { namespace, generation } = binding.metadata;
  if (targetType === 'instance')
    cluster.host.kernel.fail(new NotSimulated('a TargetGroupBinding with targets of type instance'));
  const targets = targetsOf(cluster, binding);
  if (targets === undefined)
    cluster.events.warn(
      binding,
      'BackendNotFound',
      `backend not found: service "${namespace}/${serviceRef.name}" port ${serviceRef.port}`,
    );
  cluster.host.setTargets(targetGroupARN, targets ?? []);
  if (targets !== undefined) cluster.store.setStatus(binding, { observedGeneration: generation });
}

/** The Service's ready pods; undefined where there is no such Service or port. */
export function targetsOf(cluster: ServingCluster, { spec, metadata }: KubeObject): Target[] | undefined {
  const { serviceRef } = spec;
  const { namespace } = metadata;
  const service = cluster.store.get({ resource: 'services', namespace, name: serviceRef.name });
  const port = service?.spec.ports?.find(
    (each: KubeObject) => each.port === serviceRef.port || each.name === serviceRef.port,
  );
  if (service === undefined || port === undefined) return undefined;
  return podsOfService(cluster, service)
    .filter(isReady)
    .flatMap((pod) => {
      const number = portAt(pod, port.targetPort ?? port.port);
      return number === undefined ? [] : [{ ip: pod.status.podIP, port: number, serve: servePod(cluster, pod) }];
    });
}
