import type { KubeObject } from '../../host.ts';
import type { Log } from '../log.ts';
import { nodeAgentOn } from '../node-agent-presence.ts';
import { ensureRepository } from '../repositories.ts';
import type { Server } from '../server.ts';
import { podVolumeBackup } from './pod-volume-backup.ts';
import { claimOf, podVolumes, SkippedVolumes, unusable } from './volumes.ts';

const ENDED = ['Completed', 'Failed', 'Canceled'];
/** Of the overhead of a volume, what comes after its data was written. */
const AFTERWARDS = 0.6;

/**
 * The file-system backups of one backup's volumes: a PodVolumeBackup each, one after another, done by the node agent
 * beside the pod. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/podvolume/backupper.go
 */
export class PodVolumeBackups {
  readonly skipped = new SkippedVolumes();
  readonly #server: Server;
  readonly #backup: KubeObject;
  readonly #location: KubeObject;
  readonly #log: Log;
  readonly #uids: string[] = [];
  /** Claims that another pod's backup has taken already. */
  readonly #taken = new Set<string>();

  constructor(server: Server, backup: KubeObject, location: KubeObject, log: Log) {
    this.#server = server;
    this.#backup = backup;
    this.#location = location;
    this.#log = log;
  }

  /** Whether there is anything to do or to note about the pod's volumes. */
  concern(pod: KubeObject): boolean {
    const { chosen, optedOut } = podVolumes(pod, this.#backup.spec.defaultVolumesToFsBackup);
    return chosen.length + optedOut.length > 0;
  }

  /** Velero notes it before anything else of the pod's volumes is seen to. */
  noteOptedOut(pod: KubeObject): void {
    const { optedOut } = podVolumes(pod, this.#backup.spec.defaultVolumesToFsBackup);
    const reason = `opted out due to annotation in pod ${pod.metadata.name}`;
    for (const volume of optedOut) this.skipped.skip(this.#pvOf(pod, volume), 'podvolume', reason);
  }

  async backUp(pod: KubeObject): Promise<void> {
    const { chosen } = podVolumes(pod, this.#backup.spec.defaultVolumesToFsBackup);
    this.noteOptedOut(pod);
    const wanted = chosen.filter((volume) => !this.#taken.has(this.#claimKey(pod, volume)));
    if (wanted.length === 0) return;
    const problem = await this.#problem(pod);
    if (problem !== undefined) return this.#skipAll(pod, wanted, problem);
    for (const volume of wanted) await this.#backUpVolume(pod, volume);
  }

  /** The PodVolumeBackups as they ended; what failed is told as an error. */
  finish(): KubeObject[] {
    const ended = this.#uids.map((uid) => this.#server.store.byUid(uid)).filter((known) => known !== undefined);
    for (const { status } of ended) {
      if (status?.phase === 'Failed') this.#log.error(`pod volume backup failed: ${status.message}`);
      if (status?.phase === 'Canceled') this.#log.error(`pod volume backup canceled: ${status.message}`);
    }
    return ended;
  }

  /** Why none of the pod's volumes can be backed up now. A pod that does not run is a warning, the rest are errors. */
  async #problem(pod: KubeObject): Promise<{ message: string; error: boolean } | undefined> {
    const current = this.#server.store.byUid(pod.metadata.uid) ?? pod;
    const { namespace, name } = pod.metadata;
    if (current.status?.phase !== 'Running') {
      const phase = current.status?.phase ?? '';
      return {
        message: `pod is not in the expected status, name=${name}, namespace=${namespace}, status=${phase}: pod is not running`,
        error: false,
      };
    }
    const node = current.spec.nodeName;
    if (!nodeAgentOn(this.#server.store, this.#server.namespace, node))
      return { message: `daemonset pod not found in running state in node ${node}`, error: true };
    try {
      await ensureRepository(this.#server, namespace, this.#location);
      return undefined;
    } catch (error) {
      return { message: (error as Error).message, error: true };
    }
  }

  #skipAll(pod: KubeObject, volumes: string[], { message, error }: { message: string; error: boolean }): void {
    const { namespace, name } = pod.metadata;
    for (const volume of volumes) {
      this.#log.warn(`Skip pod volume ${volume}`, { resource: 'pods', namespace, name, error: message });
      const reason = `encountered a problem with backing up the PVC of pod ${namespace}/${name}: ${message}`;
      this.skipped.skipFiles(this.#pvOf(pod, volume), reason);
    }
    if (error) this.#log.error('Error backing up item', { resource: 'pods', namespace, name, error: message });
  }

  async #backUpVolume(pod: KubeObject, volume: string): Promise<void> {
    const { namespace, name } = pod.metadata;
    if (!pod.spec.volumes?.some((known: KubeObject) => known.name === volume)) {
      this.#log.warn(`No volume named ${volume} found in pod ${namespace}/${name}, skipping`, {
        resource: 'pods',
        namespace,
        name,
      });
      return;
    }
    const reason = unusable(pod, volume);
    if (reason !== undefined) {
      this.#log.warn(reason, { resource: 'pods', namespace, name });
      this.skipped.skipFiles(this.#pvOf(pod, volume), reason);
      return;
    }
    this.#taken.add(this.#claimKey(pod, volume));
    const object = this.#server.store.create(
      podVolumeBackup(this.#server.store, {
        namespace: this.#server.namespace,
        backup: this.#backup.metadata,
        location: this.#location.metadata.name,
        pod: this.#server.store.byUid(pod.metadata.uid) ?? pod,
        volume,
      }),
    );
    this.#uids.push(object.metadata.uid);
    this.skipped.backedUp(this.#pvOf(pod, volume));
    await this.#ended(object.metadata.uid);
    const { latencies } = this.#server.cluster.host;
    await this.#server.process.sleep(AFTERWARDS * latencies.draw('velero.volumeOverhead'));
  }

  /** Resolves when the node agent is done, or when the time for it is over. */
  #ended(uid: string): Promise<void> {
    const { process, store, options, cluster } = this.#server;
    return process.alive(
      new Promise<void>((resolve) => {
        const finish = (): void => {
          stopWatching();
          stopTimer();
          cluster.host.kernel.touched();
          resolve();
        };
        const stopWatching = store.watch('podvolumebackups.velero.io', ({ object, type }) => {
          if (object.metadata.uid === uid && (type === 'DELETED' || ENDED.includes(object.status?.phase))) finish();
        });
        const stopTimer = cluster.after(options.podVolumeTimeout, () => {
          this.#log.error('timed out waiting for all PodVolumeBackups to complete');
          finish();
        });
        process.onEnd(stopWatching);
      }),
    );
  }

  #claimKey(pod: KubeObject, volume: string): string {
    const { namespace, name } = pod.metadata;
    const claim = claimOf(pod, volume);
    return claim === undefined ? `${namespace}/${name}/${volume}` : `${namespace}/${claim}`;
  }

  #pvOf(pod: KubeObject, volume: string): string | undefined {
    const claim = claimOf(pod, volume);
    if (claim === undefined) return undefined;
    const { namespace } = pod.metadata;
    return this.#server.store.get({ resource: 'persistentvolumeclaims', namespace, name: claim })?.spec.volumeName;
  }
}
