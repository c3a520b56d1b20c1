import type { KubeObject } from './host.ts';

/**
 * Custom resources that EKS Auto Mode brings with it.
 * https://docs.aws.amazon.com/eks/latest/userguide/migrate-auto.html (API groups),
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
 */
const KINDS: [group: string, version: string, plural: string, kind: string, scope: 'Cluster' | 'Namespaced'][] = [
  ['eks.amazonaws.com', 'v1', 'targetgroupbindings', 'TargetGroupBinding', 'Namespaced'],
  ['eks.amazonaws.com', 'v1', 'ingressclassparams', 'IngressClassParams', 'Cluster'],
  ['eks.amazonaws.com', 'v1', 'nodeclasses', 'NodeClass', 'Cluster'],
  ['karpenter.sh', 'v1', 'nodepools', 'NodePool', 'Cluster'],
  ['karpenter.sh', 'v1', 'nodeclaims', 'NodeClaim', 'Cluster'],
];

/** Their own schemas are not published. */
const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const AUTO_MODE_DEFINITIONS: KubeObject[] = KINDS.map(([group, version, plural, kind, scope]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope,
    names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: ANYTHING, status: ANYTHING } } },
      },
    ],
  },
}));
