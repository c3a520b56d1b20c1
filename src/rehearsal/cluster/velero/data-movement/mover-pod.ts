import type { KubeObject } from '../../host.ts';
import type { Agent } from './agent.ts';
import { ownerOf } from './exposer.ts';

type Given = {
  /** The DataUpload or DataDownload that it works for, whose name it has. */
  movement: KubeObject;
  mode: 'backup' | 'restore';
  label: string;
  group: string;
  nodeSelector: Record<string, string>;
  /** Where the volume can be had; anywhere when empty. */
  topology: KubeObject[];
};

/**
 * The pod that moves a volume's data, in Velero's namespace: it inherits image, account and environment from the node
 * agents. Its image is never pulled: on a node where none of them ran yet it cannot start.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/exposer/csi_snapshot.go (createBackupPod),
 * https://github.com/velero-io/velero/issues/9411
 */
export function moverPod(agent: Agent, { movement, mode, label, group, nodeSelector, topology }: Given): KubeObject {
  const inherited = agentSpec(agent);
  const [container] = inherited.containers;
  const { name, uid } = movement.metadata;
  const flag = mode === 'backup' ? 'data-upload' : 'data-download';
  const notWindows = { key: 'kubernetes.io/os', operator: 'NotIn', values: ['windows'] };
  const terms = (topology.length > 0 ? topology : [{}]).map((term) => ({
    ...term,
    matchExpressions: [...(term.matchExpressions ?? []), notWindows],
  }));
  const labels = { [label]: name, 'velero.io/exposer-pod-group': group };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: agent.namespace, name, labels, ownerReferences: [ownerOf(movement)] },
    spec: {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { 'velero.io/exposer-pod-group': group } },
        },
      ],
      nodeSelector,
      os: { name: 'linux' },
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
      containers: [
        {
          name: uid,
          image: container.image,
          imagePullPolicy: 'Never',
          command: ['/velero', 'data-mover', mode],
          args: [
            `--volume-path=/${uid}`,
            '--volume-mode=Filesystem',
            `--${flag}=${name}`,
            `--resource-timeout=${movement.spec.operationTimeout}`,
          ],
          volumeMounts: [{ name: uid, mountPath: `/${uid}` }, ...(container.volumeMounts ?? [])],
          env: container.env,
        },
      ],
      serviceAccountName: inherited.serviceAccountName,
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: uid, persistentVolumeClaim: { claimName: name } }, ...(inherited.volumes ?? [])],
      restartPolicy: 'Never',
      securityContext: { runAsUser: 0 },
    },
  };
}

function agentSpec({ store, namespace }: Agent): KubeObject {
  const set = store.get({ resource: 'daemonsets.apps', namespace, name: 'node-agent' });
  if (set === undefined)
    throw new Error(
      'error to get inherited pod info from node-agent: error to get node-agent pod template: daemonsets.apps "node-agent" not found',
    );
  return set.spec.template.spec;
}
