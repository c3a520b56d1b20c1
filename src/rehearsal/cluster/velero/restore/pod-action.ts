import type { KubeObject } from '../../host.ts';
import { refuse } from '../refuse.ts';
import type { Server } from '../server.ts';
import { pluginConfig } from './plugin-config.ts';
import type { VolumeBackups } from './volume-backups.ts';

export const RESTORE_WAIT = 'restore-wait';
const LEGACY_WAIT = 'restic-wait';

/**
 * A pod goes to no node yet, and waits for its volumes in an init container before all others.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/restore/actions/pod_volume_restore_action.go
 */
export function preparePod(
  server: Server,
  object: KubeObject,
  restore: KubeObject,
  volumeBackups: VolumeBackups,
): KubeObject {
  refuseHooks(server, object);
  const { nodeName: _node, priority: _priority, ...spec } = object.spec;
  const tokens = `${spec.serviceAccountName ?? ''}-token-`;
  const notToken = ({ name }: KubeObject): boolean => !name.startsWith(tokens);
  const withoutTokens = (container: KubeObject): KubeObject =>
    container.volumeMounts ? { ...container, volumeMounts: container.volumeMounts.filter(notToken) } : container;
  const inits: KubeObject[] = (spec.initContainers ?? [])
    .filter(({ name }: KubeObject) => name !== RESTORE_WAIT && name !== LEGACY_WAIT)
    .map(withoutTokens);
  const volumes = volumeBackups.ofPod(object.metadata.namespace, object.metadata.name).map(({ volume }) => volume);
  if (volumes.length > 0) inits.unshift(waitContainer(server, object, restore, volumes));
  return {
    ...object,
    spec: {
      ...spec,
      ...(spec.volumes && { volumes: spec.volumes.filter(notToken) }),
      containers: spec.containers.map(withoutTokens),
      ...((inits.length > 0 || spec.initContainers) && { initContainers: inits }),
    },
  };
}

function waitContainer(server: Server, pod: KubeObject, restore: KubeObject, volumes: string[]): KubeObject {
  const config = pluginConfig(server, 'velero.io/pod-volume-restore')?.data ?? {};
  const quantities = (cpu: string | undefined, memory: string | undefined) => ({
    cpu: cpu ?? '100m',
    memory: memory ?? '128Mi',
  });
  return {
    name: RESTORE_WAIT,
    image: imageOf(server, config.image),
    command: [config.command || '/velero-restore-helper'],
    args: [restore.metadata.uid],
    env: [
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    resources: {
      requests: quantities(config.cpuRequest, config.memRequest),
      limits: quantities(config.cpuLimit, config.memLimit),
    },
    securityContext: pod.spec.containers?.[0]?.securityContext ?? {
      runAsUser: 1000,
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: volumes.map((name) => ({ name, mountPath: `/restores/${name}` })),
  };
}

/** The server's own image, unless the plugin's ConfigMap names one with its registry. */
function imageOf(server: Server, configured: string | undefined): string {
  const own: string = server.process.given.container.image;
  if (!configured?.includes('/')) return own;
  const name = configured.slice(configured.lastIndexOf('/'));
  return name.includes(':') ? configured : `${configured}:v${server.process.version}`;
}

function refuseHooks(server: Server, { metadata }: KubeObject): void {
  const hook = Object.keys(metadata.annotations ?? {}).find((name) => /\.hook\.restore\.velero\.io\//.test(name));
  if (hook !== undefined)
    refuse(server.cluster.host, `the restore hook ${hook} of the pod ${metadata.namespace}/${metadata.name}`);
}
