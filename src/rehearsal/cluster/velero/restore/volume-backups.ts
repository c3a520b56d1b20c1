import type { KubeObject } from '../../host.ts';

export type VolumeBackup = { volume: string; snapshotId: string; size: number };

/** The PodVolumeBackups that the cluster knows of a backup. Where they were never synced there are none, and nobody complains. */
export class VolumeBackups {
  readonly #objects: KubeObject[];

  constructor(objects: KubeObject[]) {
    this.#objects = objects;
  }

  /** The volumes of a pod, by its namespace in the backup, that have data. An empty volume's backup has no snapshot. */
  ofPod(namespace: string, name: string): VolumeBackup[] {
    return this.#objects
      .filter(({ spec, status }) => spec.pod.namespace === namespace && spec.pod.name === name && status?.snapshotID)
      .map(({ spec, status }) => ({
        volume: spec.volume,
        snapshotId: status.snapshotID,
        size: status.progress?.totalBytes ?? 0,
      }));
  }

  hasClaim(namespace: string, claim: string): boolean {
    return this.#objects.some(
      ({ metadata, spec }) =>
        spec.pod.namespace === namespace && metadata.annotations?.['velero.io/pvc-name'] === claim,
    );
  }
}
