import type { KubeObject } from '../../host.ts';

const OPT_IN = 'backup.velero.io/backup-volumes';
const OPT_OUT = 'backup.velero.io/backup-volumes-excludes';

/** Volumes whose data comes from Kubernetes itself, or which the node agent cannot reach. */
const NEVER = ['hostPath', 'secret', 'configMap', 'projected', 'downwardAPI'];

export type PodVolumes = { chosen: string[]; optedOut: string[] };

/**
 * Which of a pod's volumes are backed up from its file system. Velero calls opted out by annotation every claim's volume
 * that is not, whatever the reason. https://github.com/vmware-tanzu/velero/blob/v1.18.3/internal/volumehelper/volume_policy_helper.go,
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/backup/item_backupper.go (Optout)
 */
export function podVolumes({ metadata, spec }: KubeObject, byDefault: boolean): PodVolumes {
  const named = (annotation: string): string[] => metadata.annotations?.[annotation]?.split(',') ?? [];
  const volumes: KubeObject[] = spec.volumes ?? [];
  const reachable = volumes.filter(
    (volume) => NEVER.every((kind) => volume[kind] === undefined) && !volume.name.startsWith('default-token'),
  );
  const chosen = byDefault
    ? reachable.filter(({ name }) => !named(OPT_OUT).includes(name))
    : reachable.filter(({ name }) => named(OPT_IN).includes(name));
  const left = volumes.filter((volume) => volume.persistentVolumeClaim !== undefined && !chosen.includes(volume));
  return { chosen: chosen.map(({ name }) => name), optedOut: left.map(({ name }) => name) };
}

/** The claim behind a pod's volume; undefined for one without a claim, such as an emptyDir. */
export const claimOf = (pod: KubeObject, volume: string): string | undefined =>
  pod.spec.volumes?.find((known: KubeObject) => known.name === volume)?.persistentVolumeClaim?.claimName;

/** Why a volume that was chosen cannot be backed up after all: told as a warning, and its data is nowhere. */
export function unusable(pod: KubeObject, volume: string): string | undefined {
  const where = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const containers: KubeObject[] = pod.spec.containers ?? [];
  const named = (list: 'volumeMounts' | 'volumeDevices'): boolean =>
    containers.some((container) => container[list]?.some((mount: KubeObject) => mount.name === volume));
  if (named('volumeDevices'))
    return `volume ${volume} declared in pod ${where} is a block volume. Block volumes are not supported for fs backup, skipping`;
  if (!named('volumeMounts'))
    return `volume ${volume} is declared in pod ${where} but not mounted by any container, skipping`;
  return undefined;
}

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/backup/item_backupper.go (takePVSnapshot) */
export const NO_SNAPSHOT = 'not satisfy the criteria for VolumePolicy or the legacy snapshot way';

/**
 * Persistent volumes without a backup of their data, and why; by the way in which it was tried. A volume that was
 * backed up once stays off the list.
 */
export class SkippedVolumes {
  readonly #reasons = new Map<string, Map<string, string>>();
  readonly #backedUp = new Set<string>();

  skip(pv: string | undefined, approach: string, reason: string): void {
    if (pv === undefined || pv === '' || this.#backedUp.has(pv)) return;
    const reasons = this.#reasons.get(pv) ?? new Map();
    reasons.set(approach, reason);
    this.#reasons.set(pv, reasons);
  }

  /** One that was to be backed up from its file system gets no snapshot instead. */
  skipFiles(pv: string | undefined, reason: string): void {
    this.skip(pv, 'podvolume', reason);
    this.skip(pv, 'volumeSnapshot', NO_SNAPSHOT);
  }

  /** Whether it is known why a volume has no snapshot. */
  withoutSnapshot(pv: string): boolean {
    return this.#reasons.get(pv)?.has('volumeSnapshot') ?? false;
  }

  backedUp(pv: string | undefined): void {
    if (pv === undefined) return;
    this.#backedUp.add(pv);
    this.#reasons.delete(pv);
  }

  /** `podvolume: opted out due to annotation in pod web-0;` by volume. */
  summary(): [pv: string, reason: string][] {
    return [...this.#reasons.keys()].sort().map((pv) => {
      const reasons = [...(this.#reasons.get(pv) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      return [pv, reasons.map(([approach, reason]) => `${approach}: ${reason};`).join('')];
    });
  }
}
