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

/** Of most, no schema is published. */
const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const TEXT = { type: 'string' };
const PORT = { 'x-kubernetes-int-or-string': true };
const objectOf = (properties: KubeObject, ...required: string[]): KubeObject => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

/**
 * As the controller's own kind, which the one of Auto Mode takes the place of.
 * https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/01a619fe7e53a9242cef0b78e471bcc845b6d305/config/crd/bases/elbv2.k8s.aws_targetgroupbindings.yaml
 */
const TARGET_GROUP_BINDING = objectOf(
  {
    ipAddressType: { ...TEXT, enum: ['ipv4', 'ipv6'] },
    networking: ANYTHING,
    nodeSelector: ANYTHING,
    serviceRef: objectOf({ name: TEXT, port: PORT }, 'name', 'port'),
    targetGroupARN: { ...TEXT, minLength: 1 },
    targetType: { ...TEXT, enum: ['instance', 'ip'] },
  },
  'serviceRef',
  'targetGroupARN',
);

const SPECS: Record<string, KubeObject> = { TargetGroupBinding: TARGET_GROUP_BINDING };

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
        schema: {
          openAPIV3Schema: { type: 'object', properties: { spec: SPECS[kind] ?? ANYTHING, status: ANYTHING } },
        },
      },
    ],
  },
}));
