import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import type { Api } from './api.ts';

export type Node = { name: string; labels: Record<string, string> };

/** Where the API server looks for a kubelet. */
const ADDRESS = '127.0.0.1';
const SIZE = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' };

export const nodesOf = (names: string[], region: string): Node[] =>
  names.map((name, index) => ({
    name,
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': process.arch === 'arm64' ? 'arm64' : 'amd64',
      'topology.kubernetes.io/region': region,
      'topology.kubernetes.io/zone': `${region}${'abc'[index % 3]}`,
    },
  }));

/**
 * Nobody watches over their leases, so they stay ready.
 * @param kubeletPort of the endpoint for `exec`
 */
export async function register(api: Api, node: Node, kubeletPort: number, now: string): Promise<void> {
  const path = `/api/v1/nodes/${node.name}`;
  await api.post('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels: node.labels },
    spec: { providerID: `aws:///${node.labels['topology.kubernetes.io/zone']}/${node.name}` },
  });
  await api.reportStatus(path, statusOf(node, kubeletPort, now));
  // A new node is given a taint, which the node lifecycle controller would take away once it is ready.
  // https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#taintnodesbycondition
  await api.merge(path, { spec: { taints: null } });
}

function statusOf({ labels }: Node, kubeletPort: number, now: string): KubeObject {
  const condition = (type: string, status: string, reason: string) => ({
    ...{ type, status, reason, message: reason },
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    capacity: SIZE,
    allocatable: SIZE,
    addresses: [{ type: 'InternalIP', address: ADDRESS }],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    conditions: [
      condition('Ready', 'True', 'KubeletReady'),
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
    ],
    nodeInfo: {
      ...{ architecture: labels['kubernetes.io/arch'], operatingSystem: 'linux', osImage: 'stand-in' },
      ...{ kubeletVersion: 'v1.35.4', kubeProxyVersion: '', containerRuntimeVersion: 'stand-in://1' },
      ...{ kernelVersion: '', machineID: '', systemUUID: '', bootID: '' },
    },
  };
}
