import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';

/** EKS's service range where the VPC is not in 10.0.0.0/8. https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html */
const SERVICE_RANGE = '10.100';
const NODE_PORTS = { first: 30_000, many: 2_768 };

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html */
export const AUTO_MODE_NLB = 'eks.amazonaws.com/nlb';

/** Type, addresses and ports, as the service registry allocates them. */
export function serviceDefaults(service: KubeObject, cluster: ControlPlane): KubeObject {
  const known = service.metadata.uid === undefined ? undefined : cluster.store.byUid(service.metadata.uid)?.spec;
  const spec = { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ...service.spec };
  const reachable = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (spec.type !== 'ExternalName') {
    spec.clusterIP ||= known?.clusterIP ?? freeAddress(cluster);
    spec.clusterIPs = [spec.clusterIP];
    spec.ipFamilies ??= ['IPv4'];
    spec.ipFamilyPolicy ??= 'SingleStack';
  }
  // https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/v1/defaults.go (SetDefaults_Service)
  if (reachable) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  if (spec.ports !== undefined)
    spec.ports = spec.ports.map((port: KubeObject, index: number) => {
      const complete = { protocol: 'TCP', targetPort: port.port, ...port };
      if (reachable && complete.nodePort === undefined)
        complete.nodePort = known?.ports?.[index]?.nodePort ?? freeNodePort(cluster);
      return complete;
    });
  if (spec.type === 'LoadBalancer' && cluster.host.autoMode) spec.loadBalancerClass ??= AUTO_MODE_NLB;
  const complete = { ...service, spec };
  return complete.status === undefined ? { ...complete, status: { loadBalancer: {} } } : complete;
}

function freeAddress(cluster: ControlPlane): string {
  const taken = new Set(cluster.store.list('services').map((service) => service.spec?.clusterIP));
  for (;;) {
    const address = `${SERVICE_RANGE}.${cluster.random.below(256)}.${1 + cluster.random.below(254)}`;
    if (!taken.has(address)) return address;
  }
}

function freeNodePort(cluster: ControlPlane): number {
  const services = cluster.store.list('services');
  const taken = new Set(services.flatMap((service) => service.spec?.ports?.map((port: KubeObject) => port.nodePort)));
  for (;;) {
    const port = NODE_PORTS.first + cluster.random.below(NODE_PORTS.many);
    if (!taken.has(port)) return port;
  }
}
