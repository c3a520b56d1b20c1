import type { KubeObject } from '../host.ts';
import { SNAPSHOT_DEFINITIONS } from './definitions.ts';

export const SNAPSHOT_ADD_ON = 'snapshot-controller';
const VERSION = 'v8.3.0-eksbuild.1';

/**
 * What the EKS add-on `snapshot-controller` puts into a cluster: the definitions, and a Deployment of two replicas, for
 * which Auto Mode keeps a node.
 * https://docs.aws.amazon.com/eks/latest/userguide/csi-snapshot-controller.html,
 * https://github.com/kubernetes-csi/external-snapshotter/blob/v8.4.0/deploy/kubernetes/snapshot-controller/setup-snapshot-controller.yaml
 */
export function snapshotControllerAddOn(region: string, version = VERSION): KubeObject[] {
  const metadata = { namespace: 'kube-system', name: SNAPSHOT_ADD_ON };
  const labels = { 'app.kubernetes.io/name': SNAPSHOT_ADD_ON };
  const container = {
    name: SNAPSHOT_ADD_ON,
    image: `602401143452.dkr.ecr.${region}.amazonaws.com/eks/${SNAPSHOT_ADD_ON}:${version}`,
    args: ['--v=5', '--leader-election=true'],
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
  };
  return [
    ...SNAPSHOT_DEFINITIONS,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, labels },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: SNAPSHOT_ADD_ON,
            priorityClassName: 'system-cluster-critical',
            tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
            containers: [container],
          },
        },
      },
    },
  ];
}
