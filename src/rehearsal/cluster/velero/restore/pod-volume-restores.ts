import type { KubeObject } from '../../host.ts';
import { nodeAgentOn, nodeAgents } from '../node-agent-presence.ts';
import { ensureRepository } from '../repositories.ts';
import type { Server } from '../server.ts';
import type { VolumeBackup } from './volume-backups.ts';

const ENDED = ['Completed', 'Failed', 'Canceled'];
const SCHEDULED_TIMEOUT_MS = 600_000;

/**
 * Has the node agents fill the volumes of restored pods. Answers what went wrong; a pod that has no repository to
 * read from gets no PodVolumeRestores, and waits for ever.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/podvolume/restorer.go
 */
export async function restorePodVolumes(
  server: Server,
  restore: KubeObject,
  location: KubeObject,
  pod: KubeObject,
  sourceNamespace: string,
  volumes: VolumeBackup[],
): Promise<string[]> {
  if (nodeAgents(server.store, server.namespace).length === 0)
    return ['error to check node agent status: daemonset pod not found in running state in namespace velero'];
  try {
    await ensureRepository(server, sourceNamespace, location);
  } catch (error) {
    return [(error as Error).message];
  }
  const uids = new Set<string>();
  for (const volume of volumes) {
    const object = server.store.create(podVolumeRestore(server, restore, location, pod, sourceNamespace, volume));
    uids.add(object.metadata.uid);
  }
  return new Waiting(server, pod, uids).ended();
}

/** Waits for all PodVolumeRestores of a pod, or for the reason why they will not come. */
class Waiting {
  readonly #server: Server;
  readonly #pod: KubeObject;
  readonly #open: Set<string>;
  readonly #errors: string[] = [];

  constructor(server: Server, pod: KubeObject, uids: Set<string>) {
    this.#server = server;
    this.#pod = pod;
    this.#open = uids;
  }

  ended(): Promise<string[]> {
    const { process, store, cluster, options } = this.#server;
    return process.alive(
      new Promise((resolve) => {
        const stops: (() => void)[] = [];
        const finish = (): void => {
          for (const stop of stops.splice(0)) stop();
          cluster.host.kernel.touched();
          resolve(this.#errors);
        };
        stops.push(
          store.watch('podvolumerestores.velero.io', ({ object }) => {
            if (this.#note(object) && this.#open.size === 0) finish();
          }),
          store.watch('pods', ({ object }) => {
            if (object.metadata.uid === this.#pod.metadata.uid && this.#withoutAgent(object)) finish();
          }),
          cluster.after(options.podVolumeTimeout, () => {
            this.#errors.push('timed out waiting for all PodVolumeRestores to complete');
            finish();
          }),
        );
        process.onEnd(() => stops.splice(0).forEach((stop) => void stop()));
        const now = store.byUid(this.#pod.metadata.uid);
        if (now !== undefined && this.#withoutAgent(now)) finish();
      }),
    );
  }

  #note({ metadata, status }: KubeObject): boolean {
    if (!ENDED.includes(status?.phase) || !this.#open.delete(metadata.uid)) return false;
    if (status.phase === 'Failed') this.#errors.push(`pod volume restore failed: ${status.message}`);
    if (status.phase === 'Canceled') this.#errors.push(`pod volume restore canceled: ${status.message}`);
    return true;
  }

  /** A pod on a node where no node agent runs will not be served. */
  #withoutAgent({ metadata, spec }: KubeObject): boolean {
    if (!spec.nodeName || this.#server.cluster.now - Date.parse(metadata.creationTimestamp) > SCHEDULED_TIMEOUT_MS)
      return false;
    if (nodeAgentOn(this.#server.store, this.#server.namespace, spec.nodeName)) return false;
    this.#errors.push(
      `node-agent pod is not running in node ${spec.nodeName}: daemonset pod not found in running state in node ${spec.nodeName}`,
    );
    return true;
  }
}

function podVolumeRestore(
  server: Server,
  restore: KubeObject,
  location: KubeObject,
  pod: KubeObject,
  sourceNamespace: string,
  { volume, snapshotId, size }: VolumeBackup,
): KubeObject {
  const { namespace, name, uid } = pod.metadata;
  const claim = pod.spec.volumes?.find((known: KubeObject) => known.name === volume)?.persistentVolumeClaim?.claimName;
  const pvcUid =
    claim && server.store.get({ resource: 'persistentvolumeclaims', namespace, name: claim })?.metadata.uid;
  return {
    apiVersion: 'velero.io/v1',
    kind: 'PodVolumeRestore',
    metadata: {
      namespace: server.namespace,
      generateName: `${restore.metadata.name}-`,
      ownerReferences: [
        {
          apiVersion: 'velero.io/v1',
          kind: 'Restore',
          name: restore.metadata.name,
          uid: restore.metadata.uid,
          controller: true,
        },
      ],
      labels: {
        'velero.io/restore-name': restore.metadata.name,
        'velero.io/restore-uid': restore.metadata.uid,
        'velero.io/pod-uid': uid,
        ...(pvcUid && { 'velero.io/pvc-uid': pvcUid }),
      },
    },
    spec: {
      pod: { kind: 'Pod', namespace, name, uid },
      volume,
      snapshotID: snapshotId,
      snapshotSize: size,
      backupStorageLocation: location.metadata.name,
      repoIdentifier: '',
      uploaderType: 'kopia',
      sourceNamespace,
    },
  };
}
