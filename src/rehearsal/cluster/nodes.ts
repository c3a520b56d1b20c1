import type { ControlPlane } from './control-plane.ts';
import type { KubeObject } from './host.ts';

export type NodeSpec = {
  zone: string;
  /** Default: one that a node of this cluster would have. */
  name?: string;
  instanceType?: string;
  /** What pods may use, after the system's part. */
  cpu?: number;
  memoryBytes?: number;
  pods?: number;
  labels?: Record<string, string>;
  taints?: KubeObject[];
};

const GIB = 2 ** 30;

/**
 * Instance types, smallest first, with what is left for pods after the kubelet's and the system's share.
 * https://github.com/awslabs/amazon-eks-ami (bootstrap's kube-reserved and max-pods)
 */
export const INSTANCE_TYPES = [
  { instanceType: 'm6a.xlarge', cpu: 3.92, memoryBytes: 14.5 * GIB, pods: 58 },
  { instanceType: 'm6a.2xlarge', cpu: 7.91, memoryBytes: 29.6 * GIB, pods: 58 },
  { instanceType: 'm6a.4xlarge', cpu: 15.89, memoryBytes: 57.6 * GIB, pods: 234 },
  { instanceType: 'm6a.12xlarge', cpu: 47.81, memoryBytes: 180 * GIB, pods: 234 },
];

/** Adds Ready nodes; answers their names. */
export function addNodes(cluster: ControlPlane, specs: NodeSpec[]): string[] {
  return specs.map((spec) => cluster.store.create(nodeOf(cluster, spec)).metadata.name);
}

export const zoneOf = (node: KubeObject): string => node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';

function nodeOf(cluster: ControlPlane, spec: NodeSpec): KubeObject {
  const size = { ...(INSTANCE_TYPES[0] as (typeof INSTANCE_TYPES)[number]), ...spec };
  const [third, fourth] = [cluster.random.below(256), 1 + cluster.random.below(254)];
  const name = spec.name ?? `i-0${cluster.random.hex(16)}`;
  const capacity = { cpu: String(size.cpu), memory: String(Math.floor(size.memoryBytes)), pods: String(size.pods) };
  const now = cluster.store.timestamp();
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        'node.kubernetes.io/instance-type': size.instanceType,
        'topology.kubernetes.io/region': cluster.host.region,
        'topology.kubernetes.io/zone': spec.zone,
        // The EBS CSI driver's own, which volumes that it made ask for.
        ...(!cluster.host.autoMode && { 'topology.ebs.csi.aws.com/zone': spec.zone }),
        ...spec.labels,
      },
    },
    spec: { providerID: `aws:///${spec.zone}/${name}`, ...(spec.taints && { taints: spec.taints }) },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [{ type: 'InternalIP', address: `10.0.${third}.${fourth}` }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: now }],
      nodeInfo: { kubeletVersion: cluster.host.version, architecture: 'amd64', operatingSystem: 'linux' },
    },
  };
}
