import type { Manifest } from './velero.ts';

/** Marks the class by which Velero takes a driver's snapshots. https://velero.io/docs/v1.18/csi/ */
const VELEROS = 'velero.io/csi-volumesnapshot-class';
/** Drivers of file systems, which have no snapshots. https://kubernetes-csi.github.io/docs/drivers.html */
const WITHOUT_SNAPSHOTS = new Set(['efs.csi.aws.com', 's3.csi.aws.com', 'fsx.csi.aws.com']);

export const SNAPSHOT_API = 'snapshot.storage.k8s.io/v1';

type Volume = {
  metadata?: { name?: string };
  spec?: { csi?: { driver?: string }; claimRef?: { namespace?: string; name?: string } };
};
type SnapshotClass = { metadata?: { labels?: Record<string, string> }; driver?: string };

export type SnapshotClasses = {
  /** What is lacking, one for each driver. */
  wanted: Manifest[];
  /** A sentence for each claim whose volume has no snapshots. */
  findings: string[];
};

/**
 * A class for each driver that has none of Velero's. People's own stay as they are.
 * @param volumes every volume of the cluster
 * @param classes every VolumeSnapshotClass
 * @param protectedNamespaces whose claims are backed up
 */
export function snapshotClasses(
  volumes: Volume[],
  classes: SnapshotClass[],
  protectedNamespaces: readonly string[],
): SnapshotClasses {
  const served = new Set(classes.filter(({ metadata }) => metadata?.labels?.[VELEROS] === 'true').map(driverOf));
  const ours = volumes.filter(({ spec }) => protectedNamespaces.includes(spec?.claimRef?.namespace ?? ''));
  const [taken, others] = [ours.filter(hasSnapshots), ours.filter((volume) => !hasSnapshots(volume))];
  const drivers = new Set(taken.map(({ spec }) => spec?.csi?.driver ?? ''));
  return {
    wanted: [...drivers].filter((driver) => !served.has(driver)).map(snapshotClass),
    findings: others.map(
      ({ spec }) =>
        `the volume of ${spec?.claimRef?.namespace}/${spec?.claimRef?.name} has no snapshots (${spec?.csi?.driver ?? 'no CSI driver'}): it is backed up only if its pod's annotation backup.velero.io/backup-volumes names it`,
    ),
  };
}

const driverOf = ({ driver }: SnapshotClass): string => driver ?? '';
const hasSnapshots = ({ spec }: Volume): boolean =>
  spec?.csi?.driver !== undefined && !WITHOUT_SNAPSHOTS.has(spec.csi.driver);

/** Velero deletes a snapshot once its data is moved; what it did not come to goes with the class's policy. */
const snapshotClass = (driver: string): Manifest => ({
  apiVersion: SNAPSHOT_API,
  kind: 'VolumeSnapshotClass',
  metadata: { name: `lifeboat-${driver}`, labels: { [VELEROS]: 'true' } },
  driver,
  deletionPolicy: 'Delete',
});
