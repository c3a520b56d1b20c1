import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import { addNodes, INSTANCE_TYPES, zoneOf } from '../nodes.ts';
import { hasEnded, withCondition } from '../pods.ts';

/** How long a silent node is believed. https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ (node-monitor-grace-period) */
const GRACE_MS = 50_000;
/** The cloud's node controller asks for the instances of silent nodes this often. https://kubernetes.io/docs/concepts/architecture/cloud-controller/ */
const CLOUD_CHECK_MS = 5_000;

/** Pods of nodes that are gone go too. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection */
export function controlNodeLifecycle(cluster: ControlPlane): void {
  const { store } = cluster;
  store.watch('nodes', ({ type, object }) => {
    if (type !== 'DELETED') return;
    cluster.kubelet.nodeLost(object.metadata.name);
    for (const pod of podsOn(cluster, object.metadata.name)) store.remove(store.refOf(pod), { gracePeriodSeconds: 0 });
  });
  cluster.onResync(() => {
    for (const { metadata } of store.list('nodes'))
      if (cluster.kubelet.isLost(metadata.name)) noticeLoss(cluster, metadata.name);
  });
}

/** The instance is gone. Its pods stop at once; the cluster notices after the grace period, and the group replaces it. */
export function loseNode(cluster: ControlPlane, name: string): void {
  const { store, kubelet } = cluster;
  const node = store.get({ resource: 'nodes', name });
  if (node === undefined || kubelet.isLost(name)) return;
  cluster.host.record('node lost', { node: name, zone: zoneOf(node) });
  kubelet.nodeLost(name);
  noticeLoss(cluster, name);
  if (!cluster.host.autoMode) replace(cluster, node);
}

function noticeLoss(cluster: ControlPlane, name: string): void {
  const { store } = cluster;
  cluster.after(GRACE_MS, () => {
    noteSilence(cluster, name);
    cluster.after(CLOUD_CHECK_MS, () => {
      if (store.get({ resource: 'nodes', name })) store.remove({ resource: 'nodes', name });
    });
  });
}

function noteSilence(cluster: ControlPlane, name: string): void {
  const { store } = cluster;
  const now = store.timestamp();
  const node = store.get({ resource: 'nodes', name });
  if (node === undefined) return;
  const silent = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  };
  store.setStatus(node, { conditions: withCondition(node.status.conditions, silent, now) });
  for (const pod of podsOn(cluster, name)) {
    if (hasEnded(pod)) continue;
    const unready = { type: 'Ready', status: 'False', reason: 'NodeNotReady' };
    store.setStatus(pod, { conditions: withCondition(pod.status?.conditions, unready, now) });
  }
}

const podsOn = (cluster: ControlPlane, node: string): KubeObject[] =>
  cluster.store.list('pods').filter((pod) => pod.spec.nodeName === node);

/** A managed node group launches another instance, in the same zone if it can. */
function replace(cluster: ControlPlane, node: KubeObject): void {
  cluster.later('eks.scaleNodes', () => {
    const { host } = cluster;
    const zone = [zoneOf(node), ...host.zones].find((each) => host.capacityProblem(each) === undefined);
    if (zone === undefined) return void cluster.after(GRACE_MS, () => replace(cluster, node));
    const size = INSTANCE_TYPES.find(
      (each) => each.instanceType === node.metadata.labels['node.kubernetes.io/instance-type'],
    );
    addNodes(cluster, [{ zone, ...size, ...(node.spec.taints && { taints: node.spec.taints }) }]);
  });
}
