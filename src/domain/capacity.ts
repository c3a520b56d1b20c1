import type { PodRequest } from './captured.ts';
import { LIFEBOAT_NAMESPACE, type Manifest } from './velero.ts';

/**
 * Nodes must be there, each with Velero's node agent, before a restore begins: Velero fills a volume through the agent
 * on its pod's node, and fails it at once where none runs yet, as on a node that has just come.
 * https://github.com/velero-io/velero/blob/v1.18.2/pkg/podvolume/restorer.go
 *
 * So the standby is first filled with placeholders of the sizes that the primary's pods had. Their priority is lower
 * than any other's: restored pods take their places, on nodes that are ready.
 * https://kubernetes.io/docs/tasks/administer-cluster/node-overprovisioning/
 */
const PRIORITY_CLASS = 'lifeboat-placeholder';
const PRIORITY = -1000;
export const PLACEHOLDER_LABEL = 'lifeboat.dev/placeholder';

/** Without capacity to be had in time, the restore goes on with what there is; its own checks tell the rest. */
const LIMIT_SECONDS = 6 * 60;

/** Kubernetes quantities: 250m, 2, 1.5; and 128Mi, 1Gi, 500M, plain bytes. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const SUFFIX: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  m: 1e-3,
};

export function quantity(text: unknown): number {
  const [, number = '0', suffix = ''] = /^([0-9.]+(?:e[0-9]+)?)([kMGTm]i?)?$/.exec(String(text ?? '0')) ?? [];
  return Number(number) * (SUFFIX[suffix] ?? 1);
}

type Container = { resources?: { requests?: { cpu?: unknown; memory?: unknown } } };

/** What pods ask for, counted by size; sizes are rounded up so that alike pods are alike. */
export function podRequests(pods: Container[][]): PodRequest[] {
  const sizes = new Map<string, PodRequest>();
  for (const containers of pods) {
    const sum = (resource: 'cpu' | 'memory') =>
      containers.reduce((total, one) => total + quantity(one.resources?.requests?.[resource]), 0);
    const cpuMillis = Math.ceil((sum('cpu') * 1000) / 50) * 50;
    const memoryMi = Math.ceil(sum('memory') / 2 ** 20 / 64) * 64;
    const known = sizes.get(`${cpuMillis}/${memoryMi}`);
    if (known !== undefined) known.pods++;
    else sizes.set(`${cpuMillis}/${memoryMi}`, { cpuMillis, memoryMi, pods: 1 });
  }
  return [...sizes.values()].sort((a, b) => b.cpuMillis - a.cpuMillis || b.memoryMi - a.memoryMi);
}

/**
 * Bare pods, not a Deployment's: one that has made room does not come back to ask for yet another node. The image is
 * Velero's own, which holds a program that does nothing.
 */
export function placeholders(requests: PodRequest[], image: string): Manifest[] {
  const priorityClass: Manifest = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: PRIORITY_CLASS },
    value: PRIORITY,
    preemptionPolicy: 'Never',
    globalDefault: false,
    description: 'Keeps nodes ready for what is about to be restored.',
  };
  const pods = requests.flatMap((request) =>
    Array.from({ length: request.pods }, (_, index) => placeholder(request, index, image)),
  );
  return [priorityClass, ...pods];
}

function placeholder({ cpuMillis, memoryMi }: PodRequest, index: number, image: string): Manifest {
  const container = {
    name: 'pause',
    image,
    command: ['/velero-helper', 'pause'],
    resources: { requests: { cpu: `${cpuMillis}m`, memory: `${memoryMi}Mi` } },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `placeholder-${cpuMillis}m-${memoryMi}mi-${index}`,
      namespace: LIFEBOAT_NAMESPACE,
      labels: { [PLACEHOLDER_LABEL]: 'true' },
    },
    spec: { priorityClassName: PRIORITY_CLASS, terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

export type CapacityFacts = {
  placeholdersWanted: number;
  placeholdersPlaced: number;
  readyNodes: number;
  agentsWanted: number;
  agentsReady: number;
  waitedSeconds: number;
};

export type CapacityDecision = { kind: 'ready'; reason: string } | { kind: 'wait'; waitingFor: string };

/** Whether the nodes that a restore will need are there, each with its agent. */
export function decideCapacity(facts: CapacityFacts): CapacityDecision {
  const { placeholdersWanted, placeholdersPlaced, readyNodes, agentsWanted, agentsReady, waitedSeconds } = facts;
  const placed = `${placeholdersPlaced} of ${placeholdersWanted} pods placed on ${readyNodes} nodes`;
  const agents = `${agentsReady} of ${agentsWanted} node agents ready`;
  if (placeholdersWanted === 0) return { kind: 'ready', reason: 'the primary had no pods' };
  if (placeholdersPlaced >= placeholdersWanted && agentsReady >= Math.max(agentsWanted, readyNodes) && readyNodes > 0)
    return { kind: 'ready', reason: placed };
  if (waitedSeconds > LIMIT_SECONDS)
    return { kind: 'ready', reason: `goes on with what there is: ${placed}, ${agents}` };
  return { kind: 'wait', waitingFor: `${placed}, ${agents}` };
}
