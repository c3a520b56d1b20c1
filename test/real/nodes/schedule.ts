import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { type Api, attempt } from './api.ts';
import { claimNames } from './claims.ts';
import type { Node } from './node-objects.ts';

type Seen = { pods: KubeObject[]; claims: KubeObject[] };
type Requirement = { key: string; operator: string; values?: string[] };

const OVER = ['Succeeded', 'Failed'];

/** Gives each pod that has none a node that its selector and its required affinity allow: the one with the fewest pods. */
export async function schedule(api: Api, nodes: Node[], { pods, claims }: Seen): Promise<void> {
  const many = new Map(nodes.map(({ name }) => [name, 0]));
  const count = (name: string) => many.set(name, (many.get(name) ?? 0) + 1);
  for (const { spec, status } of pods) if (spec.nodeName && !OVER.includes(status?.phase)) count(spec.nodeName);
  for (const pod of pods.filter((one) => isWaiting(one) && hasClaims(one, claims))) {
    const fitting = nodes.filter((node) => fits(pod, node));
    const [first] = fitting.sort((a, b) => (many.get(a.name) ?? 0) - (many.get(b.name) ?? 0));
    if (first === undefined) continue;
    count(first.name);
    await attempt(() => bind(api, pod, first));
  }
}

const isWaiting = ({ spec, metadata }: KubeObject): boolean =>
  !spec.nodeName && metadata?.deletionTimestamp === undefined && (spec.schedulingGates ?? []).length === 0;

const hasClaims = (pod: KubeObject, claims: KubeObject[]): boolean =>
  claimNames(pod).every((name) =>
    claims.some(({ metadata }) => metadata?.name === name && metadata.namespace === pod.metadata?.namespace),
  );

const bind = (api: Api, { metadata }: KubeObject, node: Node): Promise<KubeObject> =>
  api.post(`/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: metadata?.name, uid: metadata?.uid },
    target: { apiVersion: 'v1', kind: 'Node', name: node.name },
  });

/** Of a list of terms one must hold, in a term everything. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ */
function fits({ spec }: KubeObject, { name, labels }: Node): boolean {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const holdsOf = (requirements: Requirement[] = [], values: Record<string, string>) =>
    requirements.every((one) => holds(one, values[one.key]));
  return (
    selected &&
    (terms === undefined ||
      terms.some(
        ({ matchExpressions, matchFields }: Record<string, Requirement[]>) =>
          holdsOf(matchExpressions, labels) && holdsOf(matchFields, { 'metadata.name': name }),
      ))
  );
}

function holds({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new Error(`the stand-in's scheduler does not know the operator ${operator}`);
  }
}
